//! Enums, subjects and generated types with the names of the type parameters of generated code.

use crate::Tested;
use crate::trail::moves;

mod enum_s {
    #[derive(tollgate::StateMachine)]
    #[transition(go, from = Off, to = On)]
    pub(crate) enum S {
        #[state(initial)]
        Off,
        #[state(terminal)]
        On,
    }
}

mod enum_i {
    #[derive(tollgate::StateMachine)]
    #[transition(go, from = Off, to = On)]
    pub(crate) enum I {
        #[state(initial)]
        Off,
        #[state(terminal)]
        On,
    }
}

mod subject_i {
    #[derive(tollgate::Subject)]
    pub(crate) struct I {
        #[subject(id)]
        pub(crate) id: u64,
    }

    #[derive(tollgate::StateMachine)]
    #[machine(subject = I)]
    #[transition(go, from = Off, to = On)]
    pub(crate) enum LampState {
        #[state(initial)]
        Off,
        #[state(terminal)]
        On,
    }
}

mod machine_s {
    #[derive(tollgate::StateMachine)]
    #[machine(machine = S)]
    #[transition(go, from = Off, to = On)]
    pub(crate) enum LampState {
        #[state(initial)]
        Off,
        #[state(terminal)]
        On,
    }
}

mod any_s {
    #[derive(tollgate::StateMachine)]
    #[machine(any = S, transition = I)]
    #[transition(go, from = Off, to = On)]
    pub(crate) enum LampState {
        #[state(initial)]
        Off,
        #[state(terminal)]
        On,
    }
}

mod data_s {
    #[derive(tollgate::StateMachine)]
    #[transition(go, from = Off, to = On)]
    pub(crate) enum LampState {
        #[state(initial)]
        Off,
        #[state(terminal, record, data = S)]
        On { level: u8 },
    }
}

#[test]
fn names_are_those_of_type_parameters() -> Tested {
    let mut log = Vec::new();
    assert_eq!(enum_s::SMachine::create(1).commit(&mut log)?.go().commit(&mut log)?.version(), 2);
    assert_eq!(enum_i::IMachine::create(1).commit(&mut log)?.go().commit(&mut log)?.version(), 2);
    let lamp = subject_i::LampMachine::create(subject_i::I { id: 7 }).commit(&mut log)?;
    assert_eq!(lamp.go().commit(&mut log)?.id, 7);
    assert_eq!(machine_s::S::create(1).commit(&mut log)?.go().commit(&mut log)?.version(), 2);
    let lamp = any_s::S::from(any_s::LampMachine::create(1).commit(&mut log)?);
    assert_eq!(lamp.fire(any_s::I::Go)?.commit(&mut log)?.version(), 2);
    let lamp = data_s::LampMachine::create(1).commit(&mut log)?.go(3).commit(&mut log)?;
    let data_s::S { level } = lamp.data();
    assert_eq!(*level, 3);
    assert_eq!(moves(&log), ["create: -> Off", "go: Off -> On"].repeat(6));
    assert_eq!(enum_i::AnyI::replay(1, &log[2..4])?.version(), 2);
    Ok(())
}
