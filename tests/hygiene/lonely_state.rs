//! A state that is initial and terminal, and no transitions at all.

#![deny(warnings)]

use tollgate::StateMachine;

use crate::Tested;
use crate::trail::moves;

#[derive(Debug, PartialEq, StateMachine)]
enum MomentState {
    #[state(initial, terminal)]
    Now,
}

#[derive(Debug, PartialEq, StateMachine)]
enum EventState {
    #[state(initial, terminal, record)]
    Happened { what: String },
}

#[test]
fn it_is_created_and_that_is_all() -> Tested {
    let mut log = Vec::new();
    let now = MomentMachine::create(1).commit(&mut log)?;
    let now = AnyMoment::from(now);
    assert_eq!((now.allowed().len(), now.version()), (0, 1));
    assert_eq!(now.into_parts().1, MomentState::Now);
    assert_eq!(moves(&log), ["create: -> Now"]);
    assert!(tollgate::serde_json::from_str::<MomentTransition>("\"go\"").is_err());
    Ok(())
}

#[test]
fn it_may_have_data() -> Tested {
    let mut log = Vec::new();
    let event = EventMachine::create(1, "rain".to_owned()).commit(&mut log)?;
    assert_eq!(event.data().what, "rain");
    assert_eq!(AnyEvent::replay(1, &log)?.into_parts().1, EventState::Happened { what: "rain".to_owned() });
    assert_eq!(moves(&log), ["create: -> Happened"]);
    Ok(())
}
