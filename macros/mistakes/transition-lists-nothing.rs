// An empty list after `transition`.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(transition())]
//        ^^^^^^^^^^ `transition` is empty; leave it out, or derive a trait, as in `transition(derive(Clone))`
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: String },
}

use_commands_of_report!();
