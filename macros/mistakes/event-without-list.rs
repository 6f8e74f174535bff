// An empty attribute.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event]
//^^^^^ the attribute is empty; write it as in `#[event(requires(actor))]`
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
