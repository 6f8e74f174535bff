// Two initial states whose creations would have one name.

use tollgate::StateMachine;

#[allow(non_camel_case_types)]
#[derive(StateMachine)]
#[transition(close, from = Draft | draft, to = Closed)]
enum OrderState {
    #[state(initial)]
    Draft,
//  ^^^^^ `create_draft` creates `Draft` here
    #[state(initial, rename = "old")]
    draft,
//  ^^^^^ `create_draft` would create both `Draft` and `draft`; rename one of the states
    #[state(terminal)]
    Closed,
}
