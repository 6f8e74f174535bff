// The description of an event, by a literal.

use tollgate::EventType;

fn main() {
    let _ = EventType { name: "login", doc: "", requires: &[], properties: &[] };
}
