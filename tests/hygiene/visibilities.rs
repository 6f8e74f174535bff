//! A machine is visible wherever its enum is, and nowhere else.

use crate::Tested;
use crate::trail::moves;

mod a {
    pub(crate) mod b {
        pub(crate) mod private {
            use tollgate::StateMachine;

            #[derive(StateMachine)]
            #[transition(start, from = Idle, to = Busy)]
            #[transition(stop, from = Busy, to = Idle)]
            enum PrivateState {
                #[state(initial)]
                Idle,
                Busy {
                    job: u8,
                },
            }

            pub(crate) mod deeper {
                use tollgate::Record;

                use super::{
                    AnyPrivate, PrivateCreation, PrivateMachine, PrivateState, PrivateTransition, private_state,
                };

                fn busy(idle: PrivateMachine<private_state::Idle>, log: &mut Vec<Record>) -> Option<u8> {
                    let busy: PrivateMachine<private_state::Busy> = idle.start(7).commit(&mut *log).ok()?;
                    let busy = AnyPrivate::from(busy).fire(PrivateTransition::Stop).ok()?.commit(log).ok()?;
                    matches!(busy.into_parts().1, PrivateState::Idle).then_some(7)
                }

                pub(crate) fn walk() -> Option<Vec<Record>> {
                    let mut log = Vec::new();
                    let AnyPrivate::Idle(idle) = AnyPrivate::create(1, PrivateCreation::Idle).commit(&mut log).ok()?
                    else {
                        return None;
                    };
                    (busy(idle, &mut log)? == 7).then_some(log)
                }
            }
        }

        pub(crate) mod own {
            use tollgate::{Record, StateMachine};

            #[allow(clippy::needless_pub_self)] // This is under test.
            #[derive(StateMachine)]
            #[transition(start, from = Idle, to = Busy)]
            pub(self) enum OwnState {
                #[state(initial)]
                Idle,
                #[state(terminal)]
                Busy { job: u8 },
            }

            pub(crate) fn walk() -> Option<Vec<Record>> {
                let mut log = Vec::new();
                let idle: OwnMachine<own_state::Idle> = OwnMachine::create(1).commit(&mut log).ok()?;
                let busy = idle.start(7).commit(&mut log).ok()?;
                let OwnBusyData { job } = busy.data();
                (*job == 7).then_some(log)
            }
        }

        pub(crate) mod parent {
            use tollgate::StateMachine;

            #[derive(StateMachine)]
            #[transition(start, from = Idle, to = Busy)]
            pub(super) enum ParentState {
                #[state(initial)]
                Idle,
                #[state(terminal)]
                Busy { job: u8 },
            }
        }

        pub(crate) mod within {
            use tollgate::StateMachine;

            #[derive(StateMachine)]
            #[transition(start, from = Idle, to = Busy)]
            pub(in crate::visibilities::a::b) enum WithinState {
                #[state(initial)]
                Idle,
                #[state(terminal)]
                Busy { job: u8 },
            }

            #[derive(StateMachine)]
            #[transition(start, from = Idle, to = Busy)]
            pub(in super::super) enum WithinSuperState {
                #[state(initial)]
                Idle,
                #[state(terminal)]
                Busy { job: u8 },
            }
        }

        pub(crate) mod everywhere {
            use tollgate::StateMachine;

            #[derive(StateMachine)]
            #[transition(start, from = Idle, to = Busy)]
            pub(crate) enum CrateState {
                #[state(initial)]
                Idle,
                #[state(terminal)]
                Busy { job: u8 },
            }

            #[derive(StateMachine)]
            #[transition(start, from = Idle, to = Busy)]
            pub enum PubState {
                #[state(initial)]
                Idle,
                #[state(terminal)]
                Busy { job: u8 },
            }
        }

        pub(crate) fn walk_parent() -> Option<Vec<tollgate::Record>> {
            use self::parent::{AnyParent, ParentBusyData, ParentMachine, ParentState, ParentTransition, parent_state};

            let mut log = Vec::new();
            let idle: ParentMachine<parent_state::Idle> = ParentMachine::create(1).commit(&mut log).ok()?;
            let busy = AnyParent::from(idle).fire(ParentTransition::Start { job: 7 }).ok()?.commit(&mut log).ok()?;
            let AnyParent::Busy(busy) = busy else { return None };
            let ParentBusyData { job: 7 } = busy.data() else { return None };
            matches!(busy.into_parts().1, ParentState::Busy { job: 7 }).then_some(log)
        }

        pub(crate) fn walk_within() -> Option<Vec<tollgate::Record>> {
            use self::within::{AnyWithin, WithinBusyData, WithinMachine, WithinState, WithinTransition, within_state};

            let mut log = Vec::new();
            let idle: WithinMachine<within_state::Idle> = WithinMachine::create(1).commit(&mut log).ok()?;
            let busy = AnyWithin::from(idle).fire(WithinTransition::Start { job: 7 }).ok()?.commit(&mut log).ok()?;
            let AnyWithin::Busy(busy) = busy else { return None };
            let WithinBusyData { job: 7 } = busy.data() else { return None };
            matches!(busy.into_parts().1, WithinState::Busy { job: 7 }).then_some(log)
        }
    }

    pub(crate) fn walk_within_super() -> Option<Vec<tollgate::Record>> {
        use self::b::within::{AnyWithinSuper, WithinSuperMachine, WithinSuperTransition, within_super_state};

        let mut log = Vec::new();
        let idle: WithinSuperMachine<within_super_state::Idle> = WithinSuperMachine::create(1).commit(&mut log).ok()?;
        let command = WithinSuperTransition::Start { job: 7 };
        let busy = AnyWithinSuper::from(idle).fire(command).ok()?.commit(&mut log).ok()?;
        (busy.state().name == "Busy").then_some(log)
    }
}

const WALKED: [&str; 2] = ["create: -> Idle", "start: Idle -> Busy"];

#[test]
fn a_private_machine_is_seen_where_it_is_declared_and_below() -> Tested {
    let log = a::b::private::deeper::walk().ok_or("the walk was not allowed")?;
    assert_eq!(moves(&log), ["create: -> Idle", "start: Idle -> Busy", "stop: Busy -> Idle"]);
    let log = a::b::own::walk().ok_or("the walk was not allowed")?;
    assert_eq!(moves(&log), WALKED);
    Ok(())
}

#[test]
fn a_machine_of_the_parent_is_seen_in_the_parent() -> Tested {
    let log = a::b::walk_parent().ok_or("the walk was not allowed")?;
    assert_eq!(moves(&log), WALKED);
    Ok(())
}

#[test]
fn a_machine_of_a_path_is_seen_in_all_of_the_path() -> Tested {
    let log = a::b::walk_within().ok_or("the walk was not allowed")?;
    assert_eq!(moves(&log), WALKED);
    let log = a::walk_within_super().ok_or("the walk was not allowed")?;
    assert_eq!(moves(&log), WALKED);
    Ok(())
}

#[test]
fn a_machine_of_the_crate_is_seen_in_the_crate() -> Tested {
    use a::b::everywhere::{AnyCrate, CrateBusyData, CrateMachine, CrateState, CrateTransition, crate_state};

    let mut log = Vec::new();
    let idle: CrateMachine<crate_state::Idle> = CrateMachine::create(1).commit(&mut log)?;
    let busy = AnyCrate::from(idle).fire(CrateTransition::Start { job: 7 })?.commit(&mut log)?;
    let AnyCrate::Busy(busy) = busy else { return Err("it is not busy".into()) };
    assert!(matches!(busy.data(), CrateBusyData { job: 7 }));
    assert!(matches!(busy.into_parts().1, CrateState::Busy { job: 7 }));
    assert_eq!(moves(&log), WALKED);
    Ok(())
}

#[test]
fn a_public_machine_is_seen_everywhere() -> Tested {
    use a::b::everywhere::{AnyPub, PubBusyData, PubMachine, PubState, PubTransition, pub_state};

    let mut log = Vec::new();
    let idle: PubMachine<pub_state::Idle> = PubMachine::create(1).commit(&mut log)?;
    let busy = AnyPub::from(idle).fire(PubTransition::Start { job: 7 })?.commit(&mut log)?;
    let AnyPub::Busy(busy) = busy else { return Err("it is not busy".into()) };
    assert!(matches!(busy.data(), PubBusyData { job: 7 }));
    assert!(matches!(busy.into_parts().1, PubState::Busy { job: 7 }));
    assert_eq!(moves(&log), WALKED);
    Ok(())
}
