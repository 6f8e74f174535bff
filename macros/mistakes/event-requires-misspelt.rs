// A requirement that is misspelt.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(requires(acter))]
//               ^^^^^ `acter` cannot be required; did you mean `actor`?
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
