// Two lists for the data of the states.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(data(derive(Debug)), data(derive(Clone)))]
//                             ^^^^ `data` is given twice
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
