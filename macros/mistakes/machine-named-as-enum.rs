// A machine that is called as its enum is.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(machine = ReportState)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum ReportState {
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

fn main() {
    println!("{}", ReportState::CHART.machine);
}
