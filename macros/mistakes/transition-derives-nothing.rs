// A list of derives without a trait.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition(derive()))]
//                   ^^^^^^ `derive` is empty; name a trait, as in `derive(Clone)`
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
