// A mark on a field that is misspelt.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
struct CreateTable {
    #[event(redacted)]
//          ^^^^^^^^ `redacted` is not a key of `#[event(..)]`; did you mean `redact`?
    database: String,
    table: String,
}

use_event!();
