// A property of an empty name.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
struct CreateTable {
    database: String,
    #[serde(rename = "")]
//                   ^^ the name of `table` is empty; leave it out, or write the recorded name
    table: String,
}

use_event!();
