// The crate named by a path that means something else inside the generated module.

mod audit {
    pub use tollgate::*;
}

use tollgate::{Id, StateMachine};

#[derive(StateMachine)]
#[machine(crate = self::audit)]
//                ^^^^^^^^^^^ a generated module uses this path; start it with `crate::` or the dependency's name
#[transition(shut, from = Ajar, to = Shut)]
enum DoorState {
    #[state(initial)]
    Ajar,
    #[state(terminal)]
    Shut,
}

fn main() {
    let mut log = Vec::new();
    let door = DoorMachine::create(Id::from(7)).commit(&mut log).unwrap();
    let _ = door.shut().commit(&mut log);
    let _: Option<audit::Id> = None;
}
