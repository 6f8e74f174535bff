// Two generated types under one name.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(any = ReportMachine)]
//              ^^^^^^^^^^^^^ the machine in any state would be named `ReportMachine`, like the typed machine; rename it with `#[machine(any = ..)]`
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
