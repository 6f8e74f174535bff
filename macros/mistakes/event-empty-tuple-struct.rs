// Empty parentheses in place of properties.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
struct Login();
//          ^^ an event cannot be a tuple struct; write `struct Login;`

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let _ = Login().occurred().by("ann").commit(&mut log).unwrap();
}
