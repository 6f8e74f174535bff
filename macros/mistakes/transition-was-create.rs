// A transition that was recorded under the name of the creation.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review, was = "create")]
//                                                    ^^^^^^^^ `submit` is recorded as `create`, and so is every creation; choose another recorded name
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
