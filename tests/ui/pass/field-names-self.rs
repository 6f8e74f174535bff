// A field that names `Self`, which means the enum in each type that repeats the field.

use tollgate::{Id, StateMachine};

#[derive(StateMachine)]
#[transition(pause, from = Running, to = Paused)]
enum PlayerState {
    #[state(initial)]
    Running,
    #[state(terminal)]
    Paused { before: Box<Self> },
}

fn main() {
    let mut log = Vec::new();
    let player = PlayerMachine::create(Id::from(7)).commit(&mut log).unwrap();
    let _ = AnyPlayer::from(player);
}
