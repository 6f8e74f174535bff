// The enum of the states in place of a state's type.

use tollgate::StateMachine;
use tollgate::machine::resume_in;

#[derive(StateMachine)]
#[transition(pay, from = Open, to = Paid)]
enum OrderState {
    #[state(initial)]
    Open,
    #[state(terminal)]
    Paid,
}

fn main() {
    let _ = resume_in::<OrderState>(7, (), 1);
}
