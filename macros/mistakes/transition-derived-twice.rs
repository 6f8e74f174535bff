// One trait in a list twice, under two paths.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition(derive(Clone, PartialEq, std::clone::Clone)))]
//                                            ^^^^^^^^^^^^^^^^^ `std::clone::Clone` is derived already, as `Clone`; remove one of them
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
