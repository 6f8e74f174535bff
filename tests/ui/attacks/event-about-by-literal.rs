// The subject of an event, put where a step carries what it moves to.

use tollgate::commit::About;

fn main() {
    let _ = About(None);
}
