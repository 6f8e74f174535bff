// One trait in the list of the data twice.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(data(derive(Clone, Clone)))]
//                           ^^^^^ `Clone` is derived twice; remove one of them
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
