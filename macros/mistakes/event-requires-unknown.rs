// A requirement that does not exist.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(requires(something))]
//               ^^^^^^^^^ `something` cannot be required; the options are `actor`, `reason`
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
