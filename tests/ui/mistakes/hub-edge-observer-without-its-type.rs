//! An observer of transitions: a closure must name the type of its argument.

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
