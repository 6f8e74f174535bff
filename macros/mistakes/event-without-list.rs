// An attribute that says nothing.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event]
//^^^^^ there is nothing to read here; say it as in `#[event(requires(actor))]`
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
