// A field that is skipped in a state that is not recorded.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review {
        reviewer: String,
        #[state(skip)]
//              ^^^^ `Review` is not recorded; leave `skip` out, or mark the variant with `#[state(record)]`
        pin: String,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), "1234".into()));
