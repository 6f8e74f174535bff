// The crate by a path that is relative.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(crate = self::tollgate)]
//              ^^^^^^^^^^^^^^ a generated module uses this path; start it with `crate::` or the dependency's name
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
