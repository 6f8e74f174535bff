// A command with data that is not `Serialize`.

use tollgate::StateMachine;

struct Name(&'static str);

#[derive(StateMachine)]
#[machine(transition(derive(tollgate::serde::Serialize)))]
#[transition(submit, from = Draft, to = Review)]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Review { reviewer: Name },
}

fn main() {
    let report = ReportMachine::create(7).commit(tollgate::NoAudit).unwrap();
    let report = report.submit(Name("bob")).commit(tollgate::NoAudit).unwrap();
    println!("{}", report.data().reviewer.0);
}
