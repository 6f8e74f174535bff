// A requirement, given twice.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(requires(actor, reason, actor))]
//                              ^^^^^ `actor` is given twice
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
