// A key of `#[machine(..)]` that is like none.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(database = "reports")]
//        ^^^^^^^^ `database` is not a key of `#[machine(..)]`; the keys are `subject`, `name`, `was`, `rename_all`, `crate`, `base`, `machine`, `any`, `transition`, `creation`, `module`, `data`
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
