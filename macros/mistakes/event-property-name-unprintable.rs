// The name of a property that changes the direction of a catalog's text.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
struct CreateTable {
    #[serde(rename = "data\u{202e}base")]
//                   ^^^^^^^^^^^^^^^^^^ the name of `database` has the unprintable character U+202E; leave it out
    database: String,
    table: String,
}

use_event!();
