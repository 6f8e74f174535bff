// A creation that does not say in which of two initial states.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(close, from = Draft | Imported, to = Closed)]
enum OrderState {
    #[state(initial)]
    Draft,
    #[state(initial)]
    Imported { source: String },
    #[state(terminal)]
    Closed,
}

fn main() {
    let _ = OrderMachine::create(7).commit(tollgate::NoAudit);
}
