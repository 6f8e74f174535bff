// A value after the name of a trait.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition(derive(Clone = 2)))]
//                                ^ write the name of the trait alone: `Clone`
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
