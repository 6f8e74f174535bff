// A former name that is the present one, and one that is written twice.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(was = "create-table", was = "made", was = "made")]
//            ^^^^^^^^^^^^^^ the event is recorded as `create-table` still; `was` is for former names
//                                                ^^^^^^ the event has the former name `made` already; once is enough
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
