// Two fields under one name in a command.

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
//      ^^^^^^^^ the field `reviewer` has the name `reviewer` here
        #[serde(rename = "reviewer")]
//                       ^^^^^^^^^^ the field `pin` is read as `reviewer`, and so is `reviewer`; rename one of them
        pin: String,
    },
    #[state(terminal)]
    Published,
}

use_report!(7, submit("bob".into(), "1234".into()));
