//! The fingerprint changes if, and only if, the content of the chart changes.

use std::collections::BTreeMap;

use tollgate::{Actor, Digest, Id, StateMachine};

use crate::charts::all;

#[test]
fn it_is_the_sha_256_of_the_canonical_text() {
    for chart in all() {
        let digest = hmac_sha256::Hash::hash(chart.canonical().as_bytes());
        assert_eq!(chart.fingerprint, Digest::new(digest), "{}", chart.machine);
        assert_eq!(chart.fingerprint.to_string().len(), 64);
    }
}

fn is_free(_: &Id) -> bool {
    true
}

fn is_oiled(_: &Id) -> bool {
    true
}

fn may(_: &Id, _: &Actor) -> bool {
    true
}

/// The fingerprint of a door, declared in place.
macro_rules! door {
    ($($declaration:tt)*) => {{
        $($declaration)*
        <DoorState as StateMachine>::CHART.fingerprint
    }};
}

fn door() -> Digest {
    door! {
        #[derive(StateMachine)]
        #[machine(was = "Gate", was = "Hatch")]
        #[transition(open, from = Shut, to = Ajar, guard = [is_free, is_oiled])]
        #[transition(shut, from = Ajar, to = Shut, was = "close")]
        #[transition(lock, from = Shut, to = Locked, permission = may)]
        #[transition(look, from = Shut | Ajar, to = _, requires(actor, reason))]
        enum DoorState {
            #[state(initial, was = "Closed")]
            Shut,
            #[state(record)]
            Ajar { degrees: u16, by: String },
            #[state(terminal)]
            Locked,
        }
    }
}

#[test]
fn docs_order_types_and_generated_names_say_nothing() {
    let documented = door! {
        #[derive(StateMachine)]
        /// A door.
        #[machine(was = "Gate", was = "Hatch")]
        #[transition(open, from = Shut, to = Ajar, guard = [is_free, is_oiled], doc = "Creaks.")]
        #[transition(shut, from = Ajar, to = Shut, was = "close")]
        #[transition(lock, from = Shut, to = Locked, permission = may)]
        #[transition(look, from = Shut | Ajar, to = _, requires(actor, reason))]
        enum DoorState {
            /// The door is closed.
            #[state(initial, was = "Closed")]
            Shut,
            #[state(record)]
            Ajar {
                /// The angle to the wall.
                degrees: u16,
                by: String,
            },
            #[state(terminal)]
            Locked,
        }
    };
    assert_eq!(documented, door());
    let reordered = door! {
        #[derive(StateMachine)]
        #[transition(look, from = _, to = _, requires(reason, actor))]
        #[transition(lock, permission = may, to = Locked, from = Shut, requires(actor))]
        #[transition(shut, was = "close", from = Ajar, to = Shut)]
        #[transition(open, guard = [is_free, is_oiled], from = Shut, to = Ajar)]
        #[machine(was = "Gate", was = "Hatch")]
        enum DoorState {
            #[state(terminal)]
            Locked,
            #[state(record)]
            Ajar { degrees: u16, by: String },
            #[state(was = "Closed")]
            #[state(initial)]
            Shut,
        }
    };
    assert_eq!(reordered, door());
    let renamed_in_rust = door! {
        #[derive(StateMachine)]
        #[machine(name = "Door", was = "Gate", was = "Hatch", any = SomeDoor, machine = TheDoor, module = doors)]
        #[transition(open_it, rename = "open", from = Closed, to = Opened, guard = [is_free, is_oiled])]
        #[transition(shut_it, rename = "shut", from = Opened, to = Closed, was = "close")]
        #[transition(lock_it, rename = "lock", from = Closed, to = Bolted, permission = may)]
        #[transition(look_at, rename = "look", from = Closed, to = _, requires(actor, reason))]
        #[transition(look_at, from = Opened, to = _, requires(actor, reason))]
        enum DoorState {
            #[state(initial, rename = "Shut", was = "Closed")]
            Closed,
            #[state(record, rename = "Ajar")]
            Opened { degrees: i64, by: Option<Vec<u8>> },
            #[state(terminal, rename = "Locked")]
            Bolted,
        }
    };
    assert_eq!(renamed_in_rust, door());
}

#[test]
fn the_order_of_former_names_says_nothing() {
    let reordered = door! {
        #[derive(StateMachine)]
        #[machine(was = "Hatch", was = "Gate")]
        #[transition(open, from = Shut, to = Ajar, guard = [is_free, is_oiled])]
        #[transition(shut, from = Ajar, to = Shut, was = "close")]
        #[transition(lock, from = Shut, to = Locked, permission = may)]
        #[transition(look, from = Shut | Ajar, to = _, requires(actor, reason))]
        enum DoorState {
            #[state(initial, was = "Closed")]
            Shut,
            #[state(record)]
            Ajar { degrees: u16, by: String },
            #[state(terminal)]
            Locked,
        }
    };
    assert_eq!(reordered, door());
}

/// Two declarations that differ in one property of the machine.
macro_rules! machine {
    (
        machine: { $($machine:tt)* }
        ajar: { $($ajar:tt)* }
        open: { $($open:tt)* }
        more: { $([$($more:tt)+])? }
    ) => {
        door! {
            #[derive(StateMachine)]
            #[machine($($machine)*)]
            #[transition(open, from = Shut, $($open)*)]
            #[transition(shut, from = Ajar, to = Shut)]
            #[transition(lock, from = Shut, to = Locked)]
            $(#[transition(kick, $($more)+)])?
            enum DoorState {
                #[state(initial)]
                Shut,
                $($ajar)*,
                #[state(terminal)]
                Locked,
            }
        }
    };
}

#[test]
fn whatever_the_chart_says_changes_it() {
    macro_rules! ajar {
        ($($ajar:tt)*) => { machine! { machine: {} ajar: { $($ajar)* } open: { to = Ajar } more: {} } };
    }
    macro_rules! open {
        ($($open:tt)*) => { machine! { machine: {} ajar: { Ajar } open: { $($open)* } more: {} } };
    }
    macro_rules! more {
        ($($more:tt)*) => { machine! { machine: {} ajar: { Ajar } open: { to = Ajar } more: { [$($more)*] } } };
    }
    let charts = [
        ("the machine", ajar!(Ajar)),
        ("its name", machine! { machine: { name = "Gate" } ajar: { Ajar } open: { to = Ajar } more: {} }),
        ("its former name", machine! { machine: { was = "Gate" } ajar: { Ajar } open: { to = Ajar } more: {} }),
        (
            "names of states by rule",
            machine! { machine: { rename_all = "lowercase" } ajar: { Ajar } open: { to = Ajar } more: {} },
        ),
        (
            "the name of a state",
            ajar!(
                #[state(rename = "Open")]
                Ajar
            ),
        ),
        (
            "the former name of a state",
            ajar!(
                #[state(was = "Open")]
                Ajar
            ),
        ),
        (
            "an initial state",
            ajar!(
                #[state(initial)]
                Ajar
            ),
        ),
        ("one field", ajar!(Ajar(u8))),
        ("two fields", ajar!(Ajar(u8, u8))),
        ("a named field", ajar!(Ajar { degrees: u8 })),
        ("another named field", ajar!(Ajar { width: u8 })),
        ("fields in another order", ajar!(Ajar { degrees: u8, width: u8 })),
        ("fields in this order", ajar!(Ajar { width: u8, degrees: u8 })),
        (
            "a recorded field",
            ajar!(
                #[state(record)]
                Ajar(u8)
            ),
        ),
        ("a required actor", open!(to = Ajar, requires(actor))),
        ("a required reason", open!(to = Ajar, requires(reason))),
        ("a required actor and reason", open!(to = Ajar, requires(reason, actor))),
        ("the name of a transition", open!(to = Ajar, rename = "unlatch")),
        ("the former name of a transition", open!(to = Ajar, was = "unlatch")),
        ("a guard", open!(to = Ajar, guard = is_free)),
        ("another guard", open!(to = Ajar, guard = is_oiled)),
        ("a guard by another path", open!(to = Ajar, guard = self::is_free)),
        ("two guards", open!(to = Ajar, guard = [is_free, is_oiled])),
        ("two guards in another order", open!(to = Ajar, guard = [is_oiled, is_free])),
        ("a permission", open!(to = Ajar, permission = may)),
        ("a permission by another path", open!(to = Ajar, permission = self::may)),
        ("another edge", more!(from = Shut, to = Ajar)),
        ("another edge to another state", more!(from = Shut, to = Locked)),
        ("another edge from another state", more!(from = Ajar, to = Locked)),
        ("an edge to itself", more!(from = Shut, to = Shut)),
        ("a stay", more!(from = Shut, to = _)),
        ("a stay in the last state", more!(from = Locked, to = _)),
    ];
    let mut seen: BTreeMap<Digest, &str> = BTreeMap::new();
    for (what, fingerprint) in charts {
        if let Some(same) = seen.insert(fingerprint, what) {
            panic!("{what} has the fingerprint of {same}");
        }
    }
}

#[test]
fn a_terminal_mark_changes_it_where_both_are_legal() {
    let marked = door! {
        #[derive(StateMachine)]
        #[transition(spin, from = Turning, to = _)]
        enum DoorState { #[state(initial, terminal)] Turning }
    };
    let unmarked = door! {
        #[derive(StateMachine)]
        #[transition(spin, from = Turning, to = _)]
        #[transition(stop, from = Turning, to = Still)]
        enum DoorState { #[state(initial)] Turning, #[state(terminal)] Still }
    };
    assert_ne!(marked, unmarked);
}

#[test]
fn a_digest_is_read_as_it_is_written() -> crate::Tested {
    let fingerprint = door();
    assert_eq!(fingerprint.to_string().parse::<Digest>()?, fingerprint);
    for text in ["", "ab", &"g".repeat(64), &fingerprint.to_string().to_uppercase(), &"é".repeat(32)] {
        let error = text.parse::<Digest>().expect_err("it is no digest");
        assert_eq!(
            error.to_string(),
            format!("`{text}` is not a digest; a digest is 64 lower-case hexadecimal digits")
        );
    }
    Ok(())
}
