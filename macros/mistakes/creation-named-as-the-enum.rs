// The enum of the creations under the name of another item.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(creation = OrderTransition)]
#[transition(close, from = Draft, to = Closed)]
enum OrderState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Closed,
}

fn main() {}
