// A wildcard that stands for no state: each is terminal or has another edge.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(archive, from = Draft | Review, to = Published)]
#[transition(archive, from = _, to = Published)]
//           ^^^^^^^ `archive` with `from = _` has no effect: each state is terminal or has another `archive`; remove it
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
