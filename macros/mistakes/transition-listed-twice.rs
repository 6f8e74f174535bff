// Two lists for the enum of transitions.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition(derive(Clone)), transition(name = ReportTransition))]
//                                   ^^^^^^^^^^ `transition` is given twice; write one list: `transition(name = .., derive(..))`
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
