// A transition that names another subject.

use tollgate::{Id, StateMachine, SubjectRef};

#[derive(StateMachine)]
#[transition(open, from = Shut, to = Ajar)]
enum DoorState {
    #[state(initial)]
    Shut,
    #[state(terminal)]
    Ajar,
}

fn main() {
    let mut log = Vec::new();
    let door = DoorMachine::create("front").commit(&mut log).unwrap();
    let other = SubjectRef { kind: "Door".into(), id: Id::from("back") };
    let _ = door.open().about(&other).commit(&mut log);
}
