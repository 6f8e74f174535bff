// An event with a tag among its properties.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[serde(tag = "type")]
//      ^^^ the properties of `CreateTable` must be its fields, but `tag` adds another one; leave it out
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
