// A former name that is the present one, and one that is written twice.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(was = "create-table", was = "made", was = "made")]
//            ^^^^^^^^^^^^^^ `create-table` is the current name of the event; `was` is for former names
//                                                ^^^^^^ the event already has the former name `made`; remove one of them
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
