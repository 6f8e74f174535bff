// Two initial states whose creations would have one name.

use tollgate::StateMachine;

#[allow(non_camel_case_types)]
#[derive(StateMachine)]
#[transition(close, from = Draft | draft, to = Closed)]
enum OrderState {
    #[state(initial)]
    Draft,
//  ^^^^^ `create_draft` creates in `Draft` here
    #[state(initial, rename = "old")]
    draft,
//  ^^^^^ `create_draft` creates in `Draft`, and would create in `draft` too; rename one of them
    #[state(terminal)]
    Closed,
}
