// A trait with arguments.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition(derive(Clone, Into<String>)))]
//                                     ^ write the name of the trait alone: `Into`
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
