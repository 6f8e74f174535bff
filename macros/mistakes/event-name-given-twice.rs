// Two names.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "create-table", name = "make-table")]
//                             ^^^^ `name` is given twice
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
