//! Marks and serde's attributes on the fields of states: in a function, from a macro, compiled away, with hostile names.

#![deny(warnings, missing_docs, clippy::pedantic)]

use tollgate::serde_json::{Value, from_value, json};
use tollgate::{Record, StateMachine};

use crate::Tested;

/// The data of the last record.
fn data(log: &[Record]) -> Option<&Value> {
    log.last().and_then(|record| record.data.as_ref())
}

#[test]
fn marks_in_a_function_find_its_types_and_functions() -> Tested {
    #[derive(Debug, Default, PartialEq)]
    struct Local(u8);

    fn nine() -> Local {
        Local(9)
    }

    #[derive(Debug, PartialEq, StateMachine)]
    #[transition(open, from = Shut, to = Open)]
    enum DoorState {
        #[state(initial)]
        Shut,
        #[state(record, terminal)]
        Open {
            #[state(skip)]
            skipped: Local,
            #[state(redact)]
            #[serde(default = "nine")]
            redacted: Local,
            #[serde(rename = "wide", default)]
            width: u8,
        },
    }

    let mut log = Vec::new();
    let _ = DoorMachine::create(1).commit(&mut log)?.open(Local(1), Local(2), 3).commit(&mut log)?;
    assert_eq!(data(&log), Some(&json!({ "redacted": "[redacted]", "wide": 3 })));
    let open = DoorState::Open { skipped: Local(0), redacted: Local(9), width: 3 };
    assert_eq!(AnyDoor::replay(1, &log)?.into_parts().1, open);
    Ok(())
}

/// A crate with a macro exports what its macro names.
mod reexported {
    pub(crate) use ::tollgate;
}

macro_rules! machine {
    ($name:ident, $mark:ident, $recorded:literal, $(#[$attribute:meta])* $field:ident: $type:ty = $default:literal) => {
        #[derive(Debug, PartialEq, $crate::state_fields::reexported::tollgate::StateMachine)]
        #[machine(crate = $crate::state_fields::reexported::tollgate)]
        #[transition(open, from = Shut, to = Open)]
        enum $name {
            #[state(initial)]
            Shut,
            #[state(record, terminal)]
            Open {
                #[state($mark)]
                secret: String,
                $(#[$attribute])*
                #[serde(rename = $recorded, default = $default)]
                $field: $type,
            },
        }
    };
}

machine!(HatchState, redact, "the field", #[serde(alias = "fields")] #[doc = "A field."] field: Option<u8> = "none");

fn none() -> Option<u8> {
    "0".parse().ok()
}

#[test]
fn marks_from_a_macro_have_their_effect() -> Tested {
    let mut log = Vec::new();
    let _ = HatchMachine::create(1).commit(&mut log)?.open("x".to_owned(), Some(1)).commit(&mut log)?;
    assert_eq!(data(&log), Some(&json!({ "secret": "[redacted]", "the field": 1 })));
    let command: HatchTransition = from_value(json!({ "open": { "secret": "x", "fields": 2 } }))?;
    assert!(matches!(command, HatchTransition::Open { field: Some(2), .. }));
    let hatch = AnyHatch::resume_named(1, "Open", Some(&json!({})), 2)?;
    assert_eq!(hatch.into_parts().1, HatchState::Open { secret: String::new(), field: Some(0) });
    Ok(())
}

#[derive(StateMachine)]
#[transition(open, from = Shut, to = Open)]
enum ConfiguredState {
    #[state(initial)]
    Shut,
    #[state(record, terminal)]
    Open {
        #[cfg_attr(all(), state(skip), serde(rename = "renamed"))]
        attributed: String,
        #[cfg_attr(any(), state(skip))]
        kept: u8,
        #[cfg(any())]
        #[state(redact)]
        gone: NoSuchType,
    },
}

#[test]
fn marks_under_cfg_attr_have_their_effect() -> Tested {
    let mut log = Vec::new();
    let _ = ConfiguredMachine::create(1).commit(&mut log)?.open("x".to_owned(), 1).commit(&mut log)?;
    assert_eq!(data(&log), Some(&json!({ "kept": 1 })));
    let command: ConfiguredTransition = from_value(json!({ "open": { "renamed": "x", "kept": 1 } }))?;
    assert!(matches!(command, ConfiguredTransition::Open { kept: 1, .. }));
    Ok(())
}

/// Functions that have the names of fields, and of what is generated.
fn first() -> u8 {
    1
}

fn r#type() -> u8 {
    2
}

fn value() -> u8 {
    3
}

fn absent() -> u8 {
    4
}

#[derive(Debug, PartialEq, StateMachine)]
#[transition(open, from = Shut, to = Open)]
enum HostileState {
    #[state(initial)]
    Shut,
    #[state(record, terminal)]
    Open {
        #[serde(default = "r#type")]
        first: u8,
        #[serde(default = "first")]
        r#type: u8,
        #[state(skip)]
        #[serde(default = "absent")]
        value: u8,
        #[state(redact)]
        #[serde(default = "value")]
        absent: u8,
        #[state(skip)]
        skip: u8,
        #[state(redact)]
        redact: u8,
        #[serde(rename = "[redacted]")]
        record: u8,
        #[serde(rename = "self \u{1f980} \"", default)]
        self_: u8,
    },
}

#[test]
fn functions_with_the_names_of_fields_are_not_shadowed() -> Tested {
    let mut log = Vec::new();
    let _ = HostileMachine::create(1).commit(&mut log)?.open(11, 12, 13, 14, 15, 16, 17, 18).commit(&mut log)?;
    let hidden = "[redacted]";
    let recorded = json!({
        "first": 11, "type": 12, "absent": hidden, "redact": hidden, "[redacted]": 17, "self \u{1f980} \"": 18,
    });
    assert_eq!(data(&log), Some(&recorded));
    let open = HostileState::Open { first: 2, r#type: 1, value: 4, absent: 3, skip: 0, redact: 0, record: 7, self_: 0 };
    let least = json!({ "[redacted]": 7 });
    assert_eq!(AnyHostile::resume_named(1, "Open", Some(&least), 2)?.into_parts().1, open);
    let command = json!({ "open": { "[redacted]": 7, "skip": 0, "redact": 0 } });
    let hostile = AnyHostile::resume(1, HostileState::Shut, 1).fire(from_value(command)?)?.commit(&mut log)?;
    assert_eq!(hostile.into_parts().1, open);
    Ok(())
}
