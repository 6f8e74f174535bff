// A transition with several targets, from a state that it does not leave.

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

fn next(light: LightMachine<light_state::Dark>) {
    let _ = light.next().commit(&mut Vec::new());
}

fn main() {}
