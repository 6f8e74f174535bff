// A key that does not exist.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(level = 3)]
//      ^^^^^ `level` is not a key of `#[event(..)]`; the keys are `name`, `was`, `requires`, `crate`
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
