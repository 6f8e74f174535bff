// Skipping the whole event.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(skip)]
//      ^^^^ `skip` belongs on a field
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
