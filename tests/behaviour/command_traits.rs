//! The traits of commands that a machine lists: derived ones, and a form that is read back.

use std::collections::HashSet;

use tollgate::serde_json::{self, json};
use tollgate::{Cause, Record, StateMachine};

use crate::Tested;

/// A time of day, with its own form in JSON.
mod clock {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(minutes: &u16, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:02}:{:02}", minutes / 60, minutes % 60))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (hours, minutes) = text.split_once(':').ok_or_else(|| de::Error::custom("no colon"))?;
        let number = |text: &str| text.parse::<u16>().map_err(de::Error::custom);
        Ok(number(hours)? * 60 + number(minutes)?)
    }
}

/// Has the name of the field that it writes.
fn room<S: serde::Serializer>(room: &u16, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("R{room}"))
}

fn read_room<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(deserializer)?;
    text.trim_start_matches('R').parse().map_err(serde::de::Error::custom)
}

#[derive(StateMachine)]
#[machine(transition(name = VisitCommand, derive(Clone, PartialEq, serde::Serialize)))]
#[transition(cancel, from = _, to = Cancelled, rename = "call-off", was = "drop")]
#[transition(weigh, from = _, to = Weighed)]
#[transition(label, from = _, to = Labelled)]
#[transition(place, from = _, to = Placed)]
#[transition(admit, from = _, to = Admitted)]
#[transition(plan, from = _, to = Planned)]
#[transition(r#move, from = _, to = Moved)]
enum VisitState {
    #[state(initial)]
    Open,
    #[state(terminal)]
    Cancelled,
    #[state(terminal)]
    Weighed(f64),
    #[state(terminal)]
    Labelled(Option<String>),
    #[state(terminal)]
    Placed(i32, Option<u64>),
    #[state(record, terminal)]
    Admitted {
        #[serde(rename = "patientName", alias = "name")]
        patient_name: String,
        #[state(redact)]
        pin: String,
        #[state(skip)]
        token: Option<String>,
        #[serde(skip, default)]
        cache: u8,
        r#type: String,
    },
    #[state(terminal)]
    Planned {
        #[serde(with = "clock", rename = "at")]
        time: u16,
        #[serde(serialize_with = "room", deserialize_with = "read_room")]
        room: u16,
        #[serde(rename(serialize = "out", deserialize = "in"))]
        direction: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    #[state(terminal)]
    Moved {},
}

fn commands() -> Vec<(VisitCommand, serde_json::Value)> {
    let admit = |token| VisitCommand::Admit {
        patient_name: "Zoë".to_owned(),
        pin: "1234".to_owned(),
        token,
        cache: 3,
        r#type: "day".to_owned(),
    };
    let plan = |note| VisitCommand::Plan { time: 545, room: 12, direction: 1, note };
    vec![
        (VisitCommand::Cancel, json!("call-off")),
        (VisitCommand::Weigh(0.1), json!({ "weigh": 0.1 })),
        (VisitCommand::Weigh(-0.0), json!({ "weigh": -0.0 })),
        (VisitCommand::Label(None), json!({ "label": null })),
        (VisitCommand::Label(Some("a\"b".to_owned())), json!({ "label": "a\"b" })),
        (VisitCommand::Place(-1, Some(u64::MAX)), json!({ "place": [-1, u64::MAX] })),
        (VisitCommand::Place(0, None), json!({ "place": [0, null] })),
        (
            admit(Some("t".to_owned())),
            json!({ "admit": { "patientName": "Zoë", "pin": "1234", "token": "t", "cache": 3, "type": "day" } }),
        ),
        (
            admit(None),
            json!({ "admit": { "patientName": "Zoë", "pin": "1234", "token": null, "cache": 3, "type": "day" } }),
        ),
        (plan(None), json!({ "plan": { "at": "09:05", "room": "R12", "in": 1, "note": null } })),
        (plan(Some(String::new())), json!({ "plan": { "at": "09:05", "room": "R12", "in": 1, "note": "" } })),
        (VisitCommand::Move {}, json!("move")),
    ]
}

#[test]
fn command_that_is_written_is_read_back_equal() -> Tested {
    for (command, form) in commands() {
        assert_eq!(serde_json::to_value(&command)?, form);
        let text = serde_json::to_string(&command)?;
        let back: VisitCommand = serde_json::from_str(&text)?;
        assert!(back == command, "{text}");
        let back: VisitCommand = serde_json::from_value(form)?;
        assert!(back == command, "{text}");
        assert!(command.clone() == command, "{text}");
    }
    Ok(())
}

#[test]
fn command_with_a_value_that_cannot_come_back_is_not_written() {
    let error = serde_json::to_string(&VisitCommand::Weigh(f64::NAN)).map_err(|error| error.to_string());
    let words = "transition `weigh`: ";
    assert!(error.as_ref().is_err_and(|error| error.starts_with(words) && error.contains("NaN")), "{error:?}");
}

#[test]
fn command_that_was_refused_is_cloned_before_and_fired_again() -> Tested {
    let command = VisitCommand::Weigh(2.5);
    let mut log: Vec<Record> = Vec::new();
    let open = AnyVisit::resume(7, VisitState::Open, 1);
    let any = open.fire(command.clone())?.commit(&mut log).map_err(|error| match error.into_cause() {
        Cause::Sink(never) => never.to_string(),
        other => other.to_string(),
    })?;
    assert!(any.fire(command).is_err(), "it is terminal");
    assert_eq!(log.len(), 1);
    Ok(())
}

#[derive(StateMachine)]
#[machine(transition(derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, tollgate::serde::Serialize)))]
#[transition(open, from = Shut, to = Ajar)]
#[transition(shut, from = Ajar, to = Shut)]
enum DoorState {
    #[state(initial)]
    Shut,
    Ajar,
}

#[test]
fn command_without_data_has_the_listed_traits_next_to_its_own() -> Tested {
    let (open, shut) = (DoorTransition::Open, DoorTransition::Shut);
    let copied = open;
    assert!(copied == open && open < shut);
    assert_eq!(HashSet::from([open, copied, shut]).len(), 2);
    assert_eq!(serde_json::to_string(&[open, shut])?, r#"["open","shut"]"#);
    assert_eq!(format!("{open:?}"), "open");
    Ok(())
}

#[derive(StateMachine)]
#[machine(transition(derive(::std::clone::Clone, ::serde::Serialize)))]
enum StillState {
    #[state(initial, terminal)]
    Still,
}

#[test]
fn machine_without_transitions_has_the_listed_traits() {
    fn has<T: Clone + serde::Serialize>() {}
    has::<StillTransition>();
    assert!(StillState::CHART.transitions.is_empty());
    let _ = StillState::Still;
}
