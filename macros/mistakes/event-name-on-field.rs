// The name of the event on a field.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
struct CreateTable {
    #[event(name = "db")]
//          ^^^^ `name` belongs on the struct
    database: String,
    table: String,
}

use_event!();
