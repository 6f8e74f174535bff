// A mark on a field with a value.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
struct CreateTable {
    #[event(skip = true)]
//               ^ `skip` takes no value; write it alone
    database: String,
    table: String,
}

use_event!();
