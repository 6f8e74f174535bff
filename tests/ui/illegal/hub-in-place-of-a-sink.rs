//! A hub is notified of the records that a sink has accepted. It is not a sink.

use tollgate::events::Login;
use tollgate::{Event, Hub};

fn main() {
    let _ = Login.occurred().commit(Hub::new());
}
