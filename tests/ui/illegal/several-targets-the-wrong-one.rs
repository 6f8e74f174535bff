// A transition with several targets, used as one that leads to another state.

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(next, from = Red, to = Green)]
#[transition(next, from = Green, to = Yellow)]
#[transition(next, from = Yellow, to = Red)]
#[transition(fail, from = _, to = Dark)]
enum LightState {
    #[state(initial)]
    Red,
    Green,
    Yellow,
    #[state(terminal)]
    Dark,
}

fn next(light: LightMachine<light_state::Red>) -> LightMachine<light_state::Yellow> {
    light.next().commit(tollgate::NoAudit).unwrap()
}

fn main() {}
