// A name without quotes.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(name = create_table)]
//             ^^^^^^^^^^^^ `name` takes a text in quotes
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
