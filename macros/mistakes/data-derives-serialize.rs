// `Serialize` for the data, which would ignore the attributes of serde.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(data(derive(Clone, tollgate::serde::Serialize)))]
//                           ^^^^^^^^^^^^^^^^^^^^^^^^^^ `Serialize` of the data would ignore the fields' serde attributes; leave it out
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
