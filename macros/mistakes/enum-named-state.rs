// An enum whose machine would have the name of the derive.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum State {
//   ^^^^^ the typed machine would be named `StateMachine`, like the derive; rename it with `#[machine(machine = ..)]`
    #[state(initial)]
    Draft,
    Review { reviewer: String },
    #[state(terminal)]
    Published,
}

fn main() {
    match AnyState::resume(7, State::Draft, 1) {
        AnyState::Draft(report) => drop(report.submit("bob".into())),
        AnyState::Review(report) => drop(report.reject().because("no sources")),
        AnyState::Published(report) => drop(report.into_parts()),
    }
}
