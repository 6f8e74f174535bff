// One transition that requires other things in another state.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published, requires(actor))]
//           ^^^^^^^ `publish` requires an actor here
#[transition(publish, from = Draft, to = Published)]
//           ^^^^^^^ `publish` requires nothing here and an actor elsewhere; require the same
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
