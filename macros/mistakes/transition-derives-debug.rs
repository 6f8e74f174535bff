// `Debug`, which commands have without the data.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition(derive(Clone, Debug)))]
//                                 ^^^^^ `Debug` is implemented already, without the data, which may be secret; leave it out
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
