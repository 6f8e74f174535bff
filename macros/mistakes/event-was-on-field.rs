// A former name of a property, which is an `alias` of serde.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
struct CreateTable {
    #[event(was = "db")]
//          ^^^ `was` belongs on the struct; `#[serde(alias = "..")]` names a field's former name
    database: String,
    table: String,
}

use_event!();
