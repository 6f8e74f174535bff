// A name that would start a new line in a catalog.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "a\n## x")]
//             ^^^^^^^^^ `name` has the unprintable character U+000A; leave it out
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
