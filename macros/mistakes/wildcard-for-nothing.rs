// A wildcard where every state is terminal or named elsewhere.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
#[transition(archive, from = Draft | Review, to = Published)]
#[transition(archive, from = _, to = Published)]
//           ^^^^^^^ `archive` leaves no state by `from = _`: each is terminal, or `archive` leaves it elsewhere; leave it out
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
