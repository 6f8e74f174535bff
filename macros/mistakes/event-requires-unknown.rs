// A requirement that there is not.

use serde::{Deserialize, Serialize};
use tollgate::Event;

#[derive(Event, Serialize, Deserialize)]
#[event(requires(something))]
//               ^^^^^^^^^ `something` cannot be required; what can be is `actor`, `reason`
struct CreateTable {
    database: String,
    table: String,
}

use_event!();
