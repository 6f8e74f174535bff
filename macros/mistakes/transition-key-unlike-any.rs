// A key of `#[transition(..)]` that is like none.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review, timeout = 5)]
//                                              ^^^^^^^ `timeout` is not a key of `#[transition(..)]`; the keys are `from`, `to`, `requires`, `guard`, `permission`, `doc`, `rename`, `was`
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
