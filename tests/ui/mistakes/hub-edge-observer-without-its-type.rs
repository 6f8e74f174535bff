//! What hears of transitions is an observer: as a closure it says the type of what it takes.

use tollgate::{Hub, StateMachine};

#[derive(StateMachine)]
#[transition(open, from = Shut, to = Ajar)]
enum DoorState {
    #[state(initial)]
    Shut,
    #[state(terminal)]
    Ajar,
}

fn main() {
    let mut hub = Hub::new();
    let _ = hub.on_edge::<DoorState>("open", "Shut", "Ajar", |record| println!("{}", record.at));
}
