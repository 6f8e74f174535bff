// One name for the data of all states.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(data = ReportData)]
//        ^^^^ `data` takes a list: `data(derive(Clone))`; `#[state(data = ..)]` names one struct
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
