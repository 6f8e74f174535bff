// The enum of the creations under the name of another item.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(creation = OrderTransition)]
//                   ^^^^^^^^^^^^^^^ the enum of the creations would be named `OrderTransition`, like the enum of the transitions; rename it with `#[machine(creation = ..)]`
#[transition(close, from = Draft, to = Closed)]
enum OrderState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Closed,
}
