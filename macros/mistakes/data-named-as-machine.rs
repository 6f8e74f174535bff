// The data of a state under the name of the machine.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(data = ReportMachine)]
//                 ^^^^^^^^^^^^^ the data of `Review` would be named `ReportMachine`, like the typed machine; rename it with `#[state(data = ..)]`
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

use_report!(7);
