// A state that is skipped as a whole.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record, skip)]
//                  ^^^^ `skip` belongs on a field of the state
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into()));
