//! Enums whose generated names are hostile, and user types with the names of generated ones.

use crate::Tested;
use crate::trail::moves;

macro_rules! walk {
    ($log:ident, $machine:path) => {{
        let machine = <$machine>::create(1).commit(&mut $log)?.go().commit(&mut $log)?;
        assert_eq!(machine.version(), 2);
    }};
}

/// Modules with the names of crates, keywords and parts of the prelude.
mod modules {
    pub(super) mod keyword {
        #[derive(::tollgate::StateMachine)]
        #[transition(go, from = Off, to = On)]
        pub(crate) enum Match {
            #[state(initial)]
            Off,
            #[state(terminal)]
            On,
        }
    }

    pub(super) mod suffix {
        #[derive(::tollgate::StateMachine)]
        #[transition(go, from = Off, to = On)]
        pub(crate) enum Status {
            #[state(initial)]
            Off,
            #[state(terminal)]
            On,
        }
    }

    pub(super) mod named {
        #[derive(::tollgate::StateMachine)]
        #[machine(base = r#Loop, module = tollgate)]
        #[transition(go, from = Off, to = On)]
        pub(crate) enum State {
            #[state(initial)]
            Off,
            #[state(terminal)]
            On,
        }
    }

    pub(super) mod crates {
        #[derive(::tollgate::StateMachine)]
        #[transition(go, from = Off, to = On)]
        pub(crate) enum Core {
            #[state(initial)]
            Off,
            #[state(terminal)]
            On,
        }

        #[derive(::tollgate::StateMachine)]
        #[transition(go, from = Off, to = On)]
        pub(crate) enum Std {
            #[state(initial)]
            Off,
            #[state(terminal)]
            On,
        }
    }

    pub(super) mod prelude {
        #[derive(::tollgate::StateMachine)]
        #[transition(go, from = Off, to = On)]
        pub(crate) enum Option {
            #[state(initial)]
            Off,
            #[state(terminal)]
            On,
        }

        #[derive(::tollgate::StateMachine)]
        #[transition(go, from = Off, to = On)]
        pub(crate) enum Result {
            #[state(initial)]
            Off,
            #[state(terminal)]
            On,
        }
    }
}

#[test]
fn enums_have_names_whose_modules_would_be_taken() -> Tested {
    let mut log = Vec::new();
    walk!(log, modules::keyword::MatchMachine<modules::keyword::match_states::Off>);
    walk!(log, modules::suffix::StatusMachine<modules::suffix::status::Off>);
    walk!(log, modules::named::LoopMachine<modules::named::tollgate::Off>);
    walk!(log, modules::crates::CoreMachine<modules::crates::core::Off>);
    walk!(log, modules::crates::StdMachine<modules::crates::std::Off>);
    walk!(log, modules::prelude::OptionMachine<modules::prelude::option::Off>);
    walk!(log, modules::prelude::ResultMachine<modules::prelude::result::Off>);
    assert_eq!(moves(&log), ["create: -> Off", "go: Off -> On"].repeat(7));
    let machines: Vec<_> = log.iter().step_by(2).filter_map(|record| record.machine.as_deref()).collect();
    assert_eq!(machines, ["Match", "Status", "Loop", "Core", "Std", "Option", "Result"]);
    Ok(())
}

/// User types in fields and as the subject, with the names of type parameters and of the runtime's types.
mod types {
    macro_rules! types {
        ($($name:ident)*) => {$(
            #[derive(Debug, Clone, Copy, PartialEq)]
            pub(crate) struct $name(pub(crate) u8);
        )*};
    }

    types!(S_ Edge NewState Tracked SameState Step State StateMachine Record Id Actor TrackedKey Typed __Tollgate __Machine);

    /// Also the subject.
    #[derive(Debug, ::tollgate::Subject)]
    pub(crate) struct S {
        #[subject(id)]
        pub(crate) id: u64,
    }

    impl S {
        fn is_so(&self) -> bool {
            self.id == 7
        }

        fn is_open_to(&self, _: &tollgate::Actor) -> bool {
            self.id == 7
        }
    }

    #[derive(::tollgate::StateMachine)]
    #[machine(subject = S)]
    #[transition(go, from = Off, to = On, guard = S::is_so, permission = S::is_open_to)]
    #[transition(end, from = On, to = Gone)]
    #[transition(vanish, from = Gone, to = Nowhere)]
    pub(crate) enum TypesState {
        #[state(initial)]
        Off(S_, Edge, NewState),
        On {
            tracked: Tracked,
            stays: SameState,
            step: Step,
            state: State,
            machine: StateMachine,
            record: Record,
        },
        Gone(Id, Actor, TrackedKey, Typed, __Tollgate, __Machine),
        #[state(terminal)]
        Nowhere,
    }
}

#[test]
fn types_have_names_of_the_runtime() -> Tested {
    use types::*;

    let mut log = Vec::new();
    let off = TypesMachine::create(S { id: 7 }, S_(1), Edge(2), NewState(3)).commit(&mut log)?;
    assert_eq!((off.id, *off.data()), (7, (S_(1), Edge(2), NewState(3))));
    let on = off.go(Tracked(1), SameState(2), Step(3), State(4), StateMachine(5), Record(6)).by("ann");
    let on = on.commit(&mut log)?;
    assert_eq!((on.data().tracked, on.data().record), (Tracked(1), Record(6)));
    let gone = on.end(Id(1), Actor(2), TrackedKey(3), Typed(4), __Tollgate(5), __Machine(6)).commit(&mut log)?;
    assert_eq!(gone.data().4, __Tollgate(5));
    assert_eq!(gone.vanish().commit(&mut log)?.version(), 4);
    assert_eq!(moves(&log), ["create: -> Off", "go: Off -> On", "end: On -> Gone", "vanish: Gone -> Nowhere"]);
    Ok(())
}
