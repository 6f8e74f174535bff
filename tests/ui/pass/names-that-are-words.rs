// Transitions with the names of keys and keywords.
#![deny(warnings)]

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(guard, from = Open, to = Watched)]
#[transition(from, from = Watched, to = Open)]
#[transition(r#move, from = Open, to = r#Shut)]
#[transition(open, from = Shut, to = Open)]
#[transition(commit, from = Shut, to = Shut)]
enum GateState {
    #[state(initial)]
    Open,
    Watched,
    Shut,
}

fn main() {
    let gate = GateMachine::create(7).commit(tollgate::NoAudit).unwrap();
    let gate = gate.guard().commit(tollgate::NoAudit).unwrap();
    let gate = gate.from().commit(tollgate::NoAudit).unwrap();
    let gate = gate.r#move().commit(tollgate::NoAudit).unwrap();
    let gate = gate.commit().commit(tollgate::NoAudit).unwrap();
    assert_eq!(gate.open().commit(tollgate::NoAudit).unwrap().version(), 6);
}
