// The subject of an event, in place of the target of a step.

use tollgate::commit::About;

fn main() {
    let _ = About(None);
}
