// The enum of the creations under the name of another item.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(creation = OrderTransition)]
//                   ^^^^^^^^^^^^^^^ the enum of the creations would have the name `OrderTransition`, as the enum of the transitions has; choose another name with `#[machine(creation = ..)]`
#[transition(close, from = Draft, to = Closed)]
enum OrderState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Closed,
}
