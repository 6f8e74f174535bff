// A mutable reference in a pointer as the subject.

use tollgate::{StateMachine, Subject};

#[derive(Subject)]
struct Order {
    #[subject(id)]
    number: u64,
}

#[derive(StateMachine)]
#[machine(subject = Box<&mut Order>)]
//                      ^ a machine must own its subject, but `&mut Order` borrows; use `Order`
#[transition(pay, from = Open, to = Paid)]
enum OrderState {
    #[state(initial)]
    Open,
    #[state(terminal)]
    Paid,
}
