// Two initial states whose creations would have one name.

use tollgate::StateMachine;

#[allow(non_camel_case_types)]
#[derive(StateMachine)]
#[transition(close, from = Draft | draft, to = Closed)]
enum OrderState {
    #[state(initial)]
    Draft,
    #[state(initial, rename = "old")]
    draft,
    #[state(terminal)]
    Closed,
}

fn main() {}
