// A requirement without a list.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(requires)]
//      ^^^^^^^^ `requires` takes a list: `requires(actor)`, `requires(actor, reason)`
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
