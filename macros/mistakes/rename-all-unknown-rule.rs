// A rule for names that does not exist.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(rename_all = "snake-case")]
//                     ^^^^^^^^^^^^ `snake-case` is not a rule for names; did you mean `snake_case`?
#[transition(submit, from = Draft, to = Review)]
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
