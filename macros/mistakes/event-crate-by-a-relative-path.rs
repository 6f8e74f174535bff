// The crate by a path that is relative.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(crate = self::tollgate)]
//              ^^^^^^^^^^^^^^ the crate is named from inside a generated module too; say it as `crate::..`, or by the dependency's name
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
