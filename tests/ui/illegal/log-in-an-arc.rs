// A log in an `Arc`, by value: the log behind it is the sink.

use std::sync::Arc;

use tollgate::{Id, JsonLinesFile, StateMachine};

#[derive(StateMachine)]
#[transition(open, from = Shut, to = Ajar)]
enum DoorState {
    #[state(initial)]
    Shut,
    #[state(terminal)]
    Ajar,
}

fn create(log: Arc<JsonLinesFile>) {
    let _ = DoorMachine::create(Id::from(1)).commit(log);
}

fn main() {}
