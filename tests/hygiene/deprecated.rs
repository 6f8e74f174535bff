//! A deprecated state and a deprecated field under denied warnings.

#![deny(warnings)]

use tollgate::StateMachine;

use crate::Tested;
use crate::trail::moves;

#[derive(StateMachine)]
#[transition(go, from = Off, to = On)]
#[transition(dim, from = On, to = Dimmed)]
enum LampState {
    #[state(initial)]
    Off,
    #[state(record)]
    On {
        #[deprecated]
        level: u8,
        colour: u8,
    },
    #[deprecated]
    #[state(terminal)]
    Dimmed,
}

#[test]
fn whoever_declares_what_is_deprecated_is_not_warned_of_it() -> Tested {
    let mut log = Vec::new();
    let lamp = LampMachine::create(1).commit(&mut log)?.go(3, 4).commit(&mut log)?;
    assert_eq!(lamp.data().colour, 4);
    assert_eq!(lamp.dim().commit(&mut log)?.version(), 3);
    assert_eq!(moves(&log), ["create: -> Off", "go: Off -> On", "dim: On -> Dimmed"]);
    Ok(())
}
