// An empty name.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(name = " ")]
//             ^^^ `name` is empty; leave it out, or say how it is to be recorded
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
