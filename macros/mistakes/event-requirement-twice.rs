// A requirement, said twice.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(requires(actor, reason, actor))]
//                              ^^^^^ `actor` is said twice
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
