// A mark on a field, given twice.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
struct CreateTable {
    #[event(redact)]
    #[event(redact)]
//          ^^^^^^ `redact` is given twice
    database: String,
    table: String,
}

use_event!();
