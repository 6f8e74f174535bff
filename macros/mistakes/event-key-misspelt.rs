// A key that is misspelt.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(nam = "create-table")]
//      ^^^ `nam` is not a key of `#[event(..)]`; did you mean `name`?
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
