// A mark on a field, said twice.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
struct CreateTable {
    #[event(redact)]
    #[event(redact)]
//          ^^^^^^ `redact` is said twice
    database: String,
    table: String,
}

use_event!();
