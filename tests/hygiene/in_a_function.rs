//! A machine inside a body: of a function, of a method, of a closure, of a constant; and two in one.

use tollgate::{Record, StateMachine, Subject};

use crate::Tested;
use crate::trail::moves;

#[test]
fn a_machine_and_its_subject_stand_in_a_function() -> Tested {
    #[derive(Subject)]
    struct Lamp {
        #[subject(id)]
        room: String,
        has_bulb: bool,
    }

    fn has_bulb(lamp: &Lamp) -> bool {
        lamp.has_bulb
    }

    #[derive(Debug, Clone, PartialEq)]
    struct Level(u8);

    #[derive(StateMachine)]
    #[machine(subject = Lamp)]
    #[transition(light, from = Off, to = On, guard = has_bulb)]
    #[transition(quench, from = On, to = Off, permission = everybody)]
    enum LampState {
        #[state(initial)]
        Off,
        On {
            level: Level,
        },
    }

    fn everybody(_: &Lamp, _: &tollgate::Actor) -> bool {
        true
    }

    let mut log = Vec::new();
    let off = LampMachine::create(Lamp { room: "hall".to_owned(), has_bulb: true }).commit(&mut log)?;
    let on: LampMachine<lamp_state::On> = off.light(Level(3)).commit(&mut log)?;
    assert_eq!((on.data().level.clone(), on.room.as_str()), (Level(3), "hall"));
    let off = AnyLamp::from(on).fire(LampTransition::Quench)?.by("ann").commit(&mut log)?;
    assert!(matches!(off.into_parts().1, LampState::Off));
    assert_eq!(moves(&log), ["create: -> Off", "light: Off -> On", "quench: On -> Off"]);
    Ok(())
}

#[test]
fn two_machines_stand_in_one_function() -> Tested {
    #[derive(StateMachine)]
    #[transition(open, from = Closed, to = Open)]
    enum DoorState {
        #[state(initial)]
        Closed,
        #[state(terminal)]
        Open,
    }

    #[derive(StateMachine)]
    #[transition(open, from = Closed, to = Open)]
    enum WindowState {
        #[state(initial)]
        Closed,
        #[state(terminal)]
        Open,
    }

    let mut log = Vec::new();
    let door = DoorMachine::create("door").commit(&mut log)?;
    let window = WindowMachine::create("window").commit(&mut log)?;
    let (door, window) = (door.open().commit(&mut log)?, window.open().commit(&mut log)?);
    assert_eq!((door.version(), window.version()), (2, 2));
    let machines: Vec<_> = log.iter().filter_map(|record| record.machine.as_deref()).collect();
    assert_eq!(machines, ["Door", "Window", "Door", "Window"]);
    Ok(())
}

/// The names of two scopes do not collide.
#[test]
fn machines_of_one_name_stand_in_two_scopes() -> Tested {
    let mut log = Vec::new();
    {
        #[derive(StateMachine)]
        #[transition(open, from = Closed, to = Open)]
        enum DoorState {
            #[state(initial)]
            Closed,
            #[state(terminal)]
            Open,
        }

        let door = DoorMachine::create("door").commit(&mut log)?;
        assert_eq!(door.open().commit(&mut log)?.version(), 2);
    }
    let in_a_closure = |log: &mut Vec<Record>| -> Tested {
        #[derive(StateMachine)]
        #[transition(shut, from = Open, to = Closed)]
        enum DoorState {
            #[state(initial)]
            Open,
            #[state(terminal)]
            Closed,
        }

        let door = DoorMachine::create("door").commit(&mut *log)?;
        assert_eq!(door.shut().commit(log)?.version(), 2);
        Ok(())
    };
    in_a_closure(&mut log)?;
    let expected = ["create: -> Closed", "open: Closed -> Open", "create: -> Open", "shut: Open -> Closed"];
    assert_eq!(moves(&log), expected);
    Ok(())
}

struct House;

impl House {
    fn walk(&self) -> Result<Vec<Record>, Box<dyn std::error::Error>> {
        #[derive(StateMachine)]
        #[transition(open, from = Closed, to = Open)]
        enum DoorState {
            #[state(initial)]
            Closed,
            #[state(terminal)]
            Open { wide: bool },
        }

        let mut log = Vec::new();
        let door = DoorMachine::create("door").commit(&mut log)?;
        assert!(door.open(true).commit(&mut log)?.data().wide);
        Ok(log)
    }
}

const STATES: usize = {
    #[derive(StateMachine)]
    #[transition(open, from = Closed, to = Open)]
    enum DoorState {
        #[state(initial)]
        Closed,
        #[state(terminal)]
        Open,
    }

    DoorState::CHART.states.len()
};

#[test]
fn a_machine_stands_in_a_method_and_in_a_constant() -> Tested {
    assert_eq!(moves(&House.walk()?), ["create: -> Closed", "open: Closed -> Open"]);
    assert_eq!(STATES, 2);
    Ok(())
}

async fn in_async_code() -> Result<Vec<Record>, Box<dyn std::error::Error>> {
    #[derive(StateMachine)]
    #[transition(open, from = Closed, to = Open)]
    enum DoorState {
        #[state(initial)]
        Closed,
        #[state(terminal)]
        Open,
    }

    let mut log = Vec::new();
    let door = DoorMachine::create("door").commit(&mut log)?;
    tokio::task::yield_now().await;
    assert_eq!(door.open().commit(&mut log)?.version(), 2);
    Ok(log)
}

#[test]
fn a_machine_stands_in_an_asynchronous_function() -> Tested {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    assert_eq!(moves(&runtime.block_on(in_async_code())?), ["create: -> Closed", "open: Closed -> Open"]);
    Ok(())
}
