//! A hub is told of what a sink has accepted. It accepts nothing itself.

use tollgate::events::Login;
use tollgate::{Event, Hub};

fn main() {
    let _ = Login.occurred().commit(Hub::new());
}
