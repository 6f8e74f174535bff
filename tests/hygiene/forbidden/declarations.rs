use std::convert::Infallible;

use tollgate::serde_json::{from_value, json};
use tollgate::{Actor, Event, StateMachine, Subject};

use crate::Tested;

#[derive(Debug, Subject)]
#[subject(kind = "parcel", table = "parcels", key = "number", state = "state", version = "version")]
struct Parcel {
    #[subject(id)]
    number: u32,
}

impl Parcel {
    fn is_numbered(&self) -> bool {
        self.number > 0
    }

    fn is_open_to(&self, actor: &Actor) -> Result<(), String> {
        if self.is_numbered() { Ok(()) } else { Err(format!("{actor} has no parcel")) }
    }
}

fn is_whole<S: tollgate::State>(_: &BoxMachine<S>) -> bool {
    true
}

/// A parcel on its way.
#[derive(Debug, StateMachine)]
#[machine(subject = Parcel, crate = ::tollgate, name = "parcel", was = "package", rename_all = "kebab-case")]
#[machine(base = Box, machine = BoxMachine, any = AnyBox, transition = BoxCommand, creation = BoxStart, module = box_states)]
#[transition(hand_in, from = Empty | Packed, to = HandedIn, guard = [Parcel::is_numbered, is_whole])]
#[transition(carry, from = HandedIn, to = Carried, permission = Parcel::is_open_to, requires(reason))]
#[transition(look, from = _, to = _, requires(actor, reason), rename = "see", was = "watch", doc = "Looks at it.")]
#[transition(move_on, from = Carried, to = Left; move_on, from = Left, to = Right; drop_it, from = Left | Right, to = Lost)]
#[transition(lose, from = _, to = Lost)]
#[transition(doubt, from = HandedIn, to = Impossible)]
enum ParcelState {
    /// Nothing is in it.
    #[state(initial)]
    Empty,
    #[state(initial, was = "FULL")]
    Packed,
    #[state(record, data = Receipt)]
    HandedIn {
        /// The carrier.
        #[serde(rename = "by", alias = "from")]
        clerk: String,
        #[state(skip)]
        pin: String,
        #[state(redact)]
        address: String,
        #[serde(default)]
        #[deprecated]
        weight: u32,
        #[serde(skip)]
        note: Option<String>,
    },
    #[state(rename = "on-the-way", record)]
    Carried(u8, u16),
    Left(u8),
    Right(u8),
    #[deprecated]
    #[state(terminal)]
    Lost,
    #[state(record, terminal)]
    Impossible {
        never: Never,
    },
}

/// A type without values.
#[derive(Debug)]
struct Never(Infallible);

impl serde::Serialize for Never {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        match self.0 {}
    }
}

impl<'de> serde::Deserialize<'de> for Never {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("there is no such value"))
    }
}

/// An unused machine, with a state that cannot be reached.
mod unused {
    #[derive(tollgate::StateMachine)]
    #[transition(go, from = Off, to = On)]
    #[transition(end, from = On, to = End)]
    pub(super) enum SwitchState {
        #[state(initial)]
        Off,
        #[state(record)]
        On(super::Never),
        #[state(terminal)]
        End(u8),
    }
}

/// A parcel was weighed.
#[derive(Debug, Event)]
#[event(name = "weigh", requires(actor))]
struct Weighed {
    in_grams: u32,
    #[event(redact)]
    scales: String,
    #[event(skip)]
    place: String,
}

// Serde's own derives do not compile where `non_camel_case_types` is forbidden.
impl serde::Serialize for Weighed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({ "in_grams": self.in_grams, "scales": self.scales, "place": self.place }).serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Weighed {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("nothing reads it"))
    }
}

#[test]
fn machine_and_event_under_the_lint_are_recorded() -> Tested {
    let mut log = Vec::new();
    let weighed = Weighed { in_grams: 900, scales: "3".to_owned(), place: "hall".to_owned() };
    weighed.occurred().by("ann").commit(&mut log)?;
    let _ = BoxMachine::create_empty(Parcel { number: 7 }).commit(&mut log)?;
    let parcel = AnyBox::from(BoxMachine::create_packed(Parcel { number: 8 }).commit(&mut log)?);
    let command: BoxCommand =
        from_value(json!({ "hand_in": { "from": "ann", "pin": "1", "address": "2", "note": null } }))?;
    let parcel = parcel.fire(command)?.commit(&mut log)?;
    assert_eq!(parcel.state().name, "handed-in");
    assert_eq!(
        log.last().and_then(|record| record.data.clone()),
        Some(json!({ "by": "ann", "address": "[redacted]", "weight": 0 }))
    );
    Ok(())
}
