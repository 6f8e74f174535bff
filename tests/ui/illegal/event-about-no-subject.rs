// An event about something that names no subject.

use tollgate::events::Login;
use tollgate::{Event, Record};

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let _ = Login.occurred().about(&"ann").commit(&mut log);
}
