// A skipped field without a name.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review(#[state(skip)] String),
//                 ^^^^ only a named field can be skipped; write `Review { name: .. }`
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into()));
