// A mistake in each of two machines.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(open, from = Shutt, to = Ajar)]
#[transition(shut, from = Ajar, to = Shut)]
enum DoorState {
    #[state(initial)]
    Shut,
    Ajar,
}

#[derive(StateMachine)]
#[transition(turn_on, from = Off, to = On)]
enum LampState {
    #[state(initial)]
    Off,
    On,
}

fn main() {
    let door = DoorMachine::create(1).commit(tollgate::NoAudit).unwrap();
    let door = door.open().commit(tollgate::NoAudit).unwrap();
    let lamp = LampMachine::create(2).commit(tollgate::NoAudit).unwrap();
    let lamp = lamp.turn_on().commit(tollgate::NoAudit).unwrap();
    println!("{door:?} {lamp:?}");
}
