// A mistake in each of two machines.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(open, from = Shutt, to = Ajar)]
//                        ^^^^^ `open` leaves `Shutt`, which is not a state; did you mean `Shut`?
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
//  ^^ `On` is a dead end: no transition leaves it; declare one, or mark it with `#[state(terminal)]`
}

fn main() {
    let door = DoorMachine::create(1).commit(tollgate::NoAudit).unwrap();
    let door = door.open().commit(tollgate::NoAudit).unwrap();
    let lamp = LampMachine::create(2).commit(tollgate::NoAudit).unwrap();
    let lamp = lamp.turn_on().commit(tollgate::NoAudit).unwrap();
    println!("{door:?} {lamp:?}");
}
