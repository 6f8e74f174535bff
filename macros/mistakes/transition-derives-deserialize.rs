// `Deserialize`, which commands have already.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition(derive(tollgate::serde::Deserialize)))]
//                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `Deserialize` is implemented already; leave it out
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
