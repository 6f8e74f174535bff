// An empty name.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(name = " ")]
//             ^^^ `name` is empty; leave it out, or write the recorded name
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
