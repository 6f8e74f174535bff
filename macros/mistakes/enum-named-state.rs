// An enum whose machine would be called as the derive is.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(submit, from = Draft, to = Review)]
#[transition(reject, from = Review, to = Draft)]
#[transition(publish, from = Review, to = Published)]
enum State {
//   ^^^^^ the typed machine would be called `StateMachine`, as the derive is; call it otherwise with `#[machine(machine = ..)]`
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
