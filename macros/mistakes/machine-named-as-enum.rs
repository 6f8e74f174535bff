// A machine that is called as its enum is.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[machine(machine = ReportState)]
//                  ^^^^^^^^^^^ the typed machine would be called `ReportState`, as the enum is; call it otherwise with `#[machine(machine = ..)]`
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
