// `derive` with a value.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition(derive = Clone))]
//                   ^^^^^^ `derive` takes a list of traits: `derive(Clone, PartialEq)`
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
