// A creation as data, in a state that is not initial.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(close, from = Draft, to = Closed)]
enum OrderState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Closed,
}

fn main() {
    let _ = AnyOrder::create(7, OrderCreation::Closed).commit(tollgate::NoAudit);
}
