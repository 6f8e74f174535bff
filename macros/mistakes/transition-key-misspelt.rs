// A key of `transition(..)` that is not one.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition(derives(Clone)))]
//                   ^^^^^^^ `derives` is not a key of `transition(..)`; did you mean `derive`?
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
