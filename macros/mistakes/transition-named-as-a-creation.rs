// A transition that has the name of a creation.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(create_draft, from = Imported, to = Draft)]
//           ^^^^^^^^^^^^ `create_draft` is the creation method of `Draft`; rename the transition and record it with `rename = "create_draft"`
#[transition(close, from = Draft, to = Closed)]
enum OrderState {
    #[state(initial)]
    Draft,
    #[state(initial)]
    Imported,
    #[state(terminal)]
    Closed,
}

fn main() {
    let order = OrderMachine::create_draft(7).commit(tollgate::NoAudit).unwrap();
    let _ = order.close();
}
