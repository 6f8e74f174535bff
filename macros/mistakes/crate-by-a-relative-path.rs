// The crate named by a path that means something else inside the generated module.

mod audit {
    pub use tollgate::*;
}

use tollgate::{Id, StateMachine};

#[derive(StateMachine)]
#[machine(crate = self::audit)]
//                ^^^^^^^^^^^ the crate is named from inside a generated module too; say it as `crate::..`, or by the dependency's name
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
