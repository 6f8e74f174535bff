//! Fields of a state that records do not have, or have under another name: their marks, and serde's attributes.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use tollgate::chart::State;
use tollgate::serde_json::{self, Value, json};
use tollgate::{Digest, Hub, JsonLines, Record, StateMachine};

use crate::Tested;

const SECRET: &str = "hunter2";

/// A secret that cannot be serialised, cloned or printed.
#[derive(Default, PartialEq, Deserialize)]
struct Pin(String);

impl Pin {
    fn secret() -> Self {
        Self(SECRET.to_owned())
    }
}

fn nobody() -> Cow<'static, str> {
    Cow::Borrowed("nobody")
}

fn seven() -> u8 {
    7
}

#[derive(StateMachine)]
#[transition(open, from = Closed, to = Open)]
#[transition(look, from = Open, to = _)]
#[transition(close, from = Open, to = Closed)]
enum SessionState {
    #[state(initial)]
    Closed,
    #[state(record)]
    Open {
        user: String,
        #[state(skip)]
        pin: Pin,
        #[state(redact)]
        token: Pin,
        #[serde(skip)]
        cookie: Pin,
        #[serde(skip_serializing)]
        key: Pin,
        #[state(redact)]
        #[serde(default = "nobody", rename = "onBehalfOf")]
        on_behalf_of: Cow<'static, str>,
        #[serde(rename = "clientIp", alias = "ip", alias = "address")]
        client_ip: String,
        #[serde(default)]
        tries: u8,
        #[serde(default = "Self::seven")]
        seven: u8,
        #[serde(default = "seven")]
        again: u8,
    },
}

impl SessionState {
    fn seven() -> u8 {
        7
    }
}

fn read(lines: &[u8]) -> Result<Vec<Record>, Box<dyn std::error::Error>> {
    Ok(JsonLines::read_from(lines).collect::<Result<_, _>>()?)
}

/// The bytes of a log in which a session was opened, and looked at.
fn opened() -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut lines = JsonLines::new(Vec::new());
    let session = SessionMachine::create(1).commit(&mut lines)?;
    let step = session.open(
        "ann".to_owned(),
        Pin::secret(),
        Pin::secret(),
        Pin::secret(),
        Pin::secret(),
        SECRET.into(),
        "::1".to_owned(),
        1,
        2,
        3,
    );
    let session = step.commit(&mut lines)?;
    assert!(session.data().pin == Pin::secret(), "the machine has what the log has not");
    let _ = session.look().commit(&mut lines)?;
    Ok(lines.into_inner()?)
}

#[test]
fn commit_of_hidden_fields_writes_no_byte_of_them() -> Tested {
    let lines = opened()?;
    let text = String::from_utf8(lines.clone())?;
    assert!(!text.contains(SECRET), "{text}");
    let recorded = json!({
        "user": "ann", "token": "[redacted]", "onBehalfOf": "[redacted]", "clientIp": "::1", "tries": 1, "seven": 2,
        "again": 3,
    });
    let log = read(&lines)?;
    assert_eq!(log.len(), 3);
    for record in &log[1..] {
        assert_eq!(record.data.as_ref(), Some(&recorded), "{:?}", record.transition);
    }
    Ok(())
}

#[test]
fn commit_at_run_time_of_hidden_fields_writes_no_byte_of_them() -> Tested {
    let command = json!({ "open": {
        "user": "ann", "pin": SECRET, "token": SECRET, "cookie": SECRET, "key": SECRET, "onBehalfOf": SECRET,
        "clientIp": "::1",
    } });
    let mut log: Vec<Record> = Vec::new();
    let session = AnySession::resume(1, SessionState::Closed, 1);
    let session = session.fire(serde_json::from_value(command)?)?.commit(&mut log)?;
    let AnySession::Open(open) = &session else { return Err("it is open".into()) };
    let data = open.data();
    for pin in [&data.pin, &data.token, &data.cookie, &data.key] {
        assert!(*pin == Pin::secret(), "a command brings the value");
    }
    assert_eq!((data.on_behalf_of.as_ref(), data.tries, data.seven, data.again), (SECRET, 0, 7, 7));
    let _ = session.fire(SessionTransition::Look)?.commit(&mut log)?;
    assert!(!serde_json::to_string(&log)?.contains(SECRET));
    Ok(())
}

#[test]
fn replay_of_hidden_fields_returns_their_defaults() -> Tested {
    let session = AnySession::replay(1, read(&opened()?)?)?;
    assert_eq!(session.version(), 3);
    let AnySession::Open(session) = session else { return Err("it is open".into()) };
    let data = session.data();
    for pin in [&data.pin, &data.token, &data.cookie, &data.key] {
        assert!(*pin == Pin::default());
    }
    assert_eq!(data.on_behalf_of, "nobody");
    assert_eq!((data.user.as_str(), data.client_ip.as_str(), data.tries, data.seven), ("ann", "::1", 1, 2));
    Ok(())
}

/// The data of an open session that was stored like this.
fn resumed(data: &Value) -> Result<SessionOpenData, Box<dyn std::error::Error>> {
    match AnySession::resume_named(1, "Open", Some(data), 2)?.into_parts().1 {
        SessionState::Open { user, pin, token, cookie, key, on_behalf_of, client_ip, tries, seven, again } => {
            Ok(SessionOpenData { user, pin, token, cookie, key, on_behalf_of, client_ip, tries, seven, again })
        }
        SessionState::Closed => Err("it is open".into()),
    }
}

#[test]
fn resume_with_hidden_values_in_the_record_ignores_them() -> Tested {
    // As a version of the program without the marks wrote it.
    let data = resumed(&json!({
        "user": "ann", "pin": SECRET, "token": SECRET, "cookie": 7, "key": null, "onBehalfOf": SECRET, "clientIp": "::1",
    }))?;
    assert!([data.pin, data.token, data.cookie, data.key].iter().all(|pin| *pin == Pin::default()));
    assert_eq!(data.on_behalf_of, "nobody");
    Ok(())
}

#[test]
fn resume_with_absent_fields_returns_their_serde_defaults() -> Tested {
    let data = resumed(&json!({ "user": "ann", "clientIp": "::1" }))?;
    assert_eq!((data.tries, data.seven, data.again, data.on_behalf_of.as_ref()), (0, 7, 7, "nobody"));
    let error = resumed(&json!({ "clientIp": "::1" })).err().ok_or("there is no user")?;
    assert!(error.to_string().ends_with("its data does not fit: missing field `user`"), "{error}");
    let error =
        resumed(&json!({ "user": "ann", "clientIp": "::1", "tries": null })).err().ok_or("null is not absent")?;
    assert!(error.to_string().contains("tries: invalid type: null"), "{error}");
    Ok(())
}

#[test]
fn resume_with_an_alias_reads_the_field() -> Tested {
    for name in ["clientIp", "ip", "address"] {
        assert_eq!(resumed(&json!({ "user": "ann", name: "::1" }))?.client_ip, "::1", "{name}");
    }
    // The names may come from two former fields: the field's own name wins.
    let data = resumed(&json!({ "user": "ann", "ip": "::2", "clientIp": "::1", "address": "::3" }))?;
    assert_eq!(data.client_ip, "::1");
    let error = resumed(&json!({ "user": "ann", "client_ip": "::1" })).err().ok_or("that is its name in Rust")?;
    assert!(error.to_string().contains("missing field `clientIp`"), "{error}");
    Ok(())
}

/// The error of a command that opens a session with these fields and those that it needs.
fn refused(fields: Value) -> Result<String, Box<dyn std::error::Error>> {
    let mut all = json!({
        "user": "ann", "pin": "", "token": "", "cookie": "", "key": "", "onBehalfOf": "", "clientIp": "::1",
    });
    for (name, value) in fields.as_object().into_iter().flatten() {
        match value {
            Value::Null => all.as_object_mut().and_then(|all| all.remove(name)),
            value => all.as_object_mut().and_then(|all| all.insert(name.clone(), value.clone())),
        };
    }
    let command = serde_json::from_value::<SessionTransition>(json!({ "open": all }));
    Ok(command.err().ok_or_else(|| format!("{all} is read"))?.to_string())
}

#[test]
fn command_without_a_hidden_field_is_refused() -> Tested {
    for name in ["pin", "token", "cookie", "key"] {
        assert_eq!(refused(json!({ name: null }))?, format!("transition `open`: missing field `{name}`"));
    }
    Ok(())
}

#[test]
fn command_with_a_field_under_two_names_is_refused() -> Tested {
    assert_eq!(refused(json!({ "ip": "::1" }))?, "transition `open`: `clientIp` is given twice, once as `ip`");
    let two = json!({ "clientIp": null, "ip": "::1", "address": "::2" });
    assert_eq!(refused(two)?, "transition `open`: `clientIp` is given twice, once as `address`");
    let unknown = json!({ "clientIp": null, "ip": "::1", "client_ip": "::2" });
    let error = refused(unknown)?;
    assert!(
        error.starts_with("transition `open`: `client_ip` is not one of its fields; did you mean `clientIp`?"),
        "{error}"
    );
    Ok(())
}

#[test]
fn chart_of_hidden_fields_names_what_is_recorded() -> Tested {
    let chart = SessionState::CHART;
    let open: &State = chart.state("Open").ok_or("it is a state")?;
    assert_eq!(open.fields, ["user", "token", "onBehalfOf", "clientIp", "tries", "seven", "again"]);
    assert_eq!(open.redacted, ["token", "onBehalfOf"]);
    let line = "state \"Open\" record field \"user\" redacted \"token\" redacted \"onBehalfOf\" field \"clientIp\" \
                field \"tries\" field \"seven\" field \"again\"\n";
    let text = chart.canonical();
    assert!(text.contains(line), "{text}");
    assert_eq!(chart.fingerprint, Digest::new(hmac_sha256::Hash::hash(text.as_bytes())));
    let json: Value = serde_json::from_str(&chart.to_json())?;
    assert_eq!(json["states"][1]["redacted"], json!(["token", "onBehalfOf"]));
    assert_eq!(json["states"][0].get("redacted"), None);
    Ok(())
}

#[test]
fn catalog_of_a_redacted_field_marks_it() -> Tested {
    let mut hub = Hub::new();
    hub.register_machine::<SessionState>()?;
    let row = "| `Open` | | `user`, `token` (redacted), `onBehalfOf` (redacted), `clientIp`, `tries`, `seven`, `again` \
               (recorded) |";
    let page = hub.catalog().to_markdown();
    assert!(page.contains(row), "{page}");
    Ok(())
}

/// The chart's line of a state with these fields.
macro_rules! line {
    ($($state:tt)*) => {{
        #[derive(StateMachine)]
        #[transition(go, from = Start, to = End)]
        #[allow(dead_code, reason = "only the chart is looked at")]
        enum WayState {
            #[state(initial)]
            Start,
            #[state(terminal)]
            $($state)*
        }
        let text = WayState::CHART.canonical();
        assert_eq!(WayState::CHART.fingerprint, Digest::new(hmac_sha256::Hash::hash(text.as_bytes())));
        text.lines().find(|line| line.starts_with("state \"End\"")).unwrap_or_default().to_owned()
    }};
}

#[test]
fn fingerprint_covers_names_and_marks_of_recorded_fields() {
    let plain = line!(
        #[state(record)]
        End { a: u8, b: u8 }
    );
    assert_eq!(plain, r#"state "End" terminal record field "a" field "b""#);
    let skipped = r#"state "End" terminal record field "a""#;
    assert_eq!(
        line!(
            #[state(record)]
            End {
                a: u8,
                #[state(skip)]
                b: u8
            }
        ),
        skipped
    );
    assert_eq!(
        line!(
            #[state(record)]
            End {
                a: u8,
                #[serde(skip)]
                b: u8
            }
        ),
        skipped
    );
    assert_eq!(
        line!(
            #[state(record)]
            End { a: u8 }
        ),
        skipped
    );
    let redacted = r#"state "End" terminal record field "a" redacted "b""#;
    assert_eq!(
        line!(
            #[state(record)]
            End {
                a: u8,
                #[state(redact)]
                b: u8
            }
        ),
        redacted
    );
    assert_eq!(
        line!(
            #[state(record)]
            End {
                a: u8,
                #[state(redact)]
                #[serde(skip)]
                b: u8
            }
        ),
        redacted
    );
    assert_eq!(
        line!(
            #[state(record)]
            End {
                a: u8,
                #[serde(rename = "b")]
                c: u8
            }
        ),
        plain
    );
    assert_eq!(
        line!(
            #[state(record)]
            End {
                a: u8,
                #[serde(default, alias = "c")]
                b: u8
            }
        ),
        plain
    );
    // For an unrecorded state, the chart lists the fields of its commands.
    let unrecorded = r#"state "End" terminal field "a" field "b""#;
    assert_eq!(
        line!(End {
            a: u8,
            #[serde(skip)]
            b: u8
        }),
        unrecorded
    );
    assert_eq!(
        line!(End {
            a: u8,
            #[serde(rename = "b")]
            c: u8
        }),
        unrecorded
    );
}

#[test]
fn state_whose_fields_are_all_skipped_records_an_empty_object() -> Tested {
    #[derive(StateMachine)]
    #[transition(log_in, from = Out, to = In)]
    enum LoginState {
        #[state(initial)]
        Out,
        #[state(record, terminal)]
        In {
            #[state(skip)]
            pin: Pin,
        },
    }
    let mut log: Vec<Record> = Vec::new();
    let _ = LoginMachine::create(1).commit(&mut log)?.log_in(Pin::secret()).commit(&mut log)?;
    assert_eq!(log[1].data, Some(json!({})));
    let LoginState::In { pin } = AnyLogin::replay(1, &log)?.into_parts().1 else { return Err("in".into()) };
    assert!(pin == Pin::default());
    assert!(LoginState::CHART.states[1].fields.is_empty());
    Ok(())
}

#[test]
fn commit_of_a_hidden_value_that_no_record_can_hold_succeeds() -> Tested {
    #[derive(StateMachine)]
    #[transition(weigh, from = Empty, to = Weighed)]
    enum ScaleState {
        #[state(initial)]
        Empty,
        #[state(record, terminal)]
        Weighed {
            #[state(skip)]
            raw: f64,
            #[state(redact)]
            tared: f64,
            #[serde(rename = "inGrams")]
            grams: f64,
        },
    }
    let mut log: Vec<Record> = Vec::new();
    let scale = ScaleMachine::create(1).commit(&mut log)?.weigh(f64::NAN, f64::INFINITY, 1.5).commit(&mut log)?;
    assert!(scale.data().raw.is_nan());
    assert_eq!(log[1].data, Some(json!({ "tared": "[redacted]", "inGrams": 1.5 })));
    let refused = ScaleMachine::create(2).commit(&mut log)?.weigh(0.0, 0.0, f64::NAN).commit(&mut log);
    let refused = refused.err().ok_or("a record holds no NaN")?;
    assert!(refused.to_string().contains("`data.inGrams`"), "the recorded name: {refused}");
    Ok(())
}

#[test]
fn creation_of_hidden_fields_writes_no_byte_of_them() -> Tested {
    #[derive(StateMachine)]
    #[transition(end, from = Open, to = Ended)]
    enum CallState {
        #[state(initial, record)]
        Open {
            #[state(skip)]
            pin: Pin,
            caller: String,
        },
        #[state(terminal)]
        Ended,
    }
    let mut log: Vec<Record> = Vec::new();
    let _ = CallMachine::create(1, Pin::secret(), "ann".to_owned()).commit(&mut log)?.end().commit(&mut log)?;
    assert_eq!(log[0].data, Some(json!({ "caller": "ann" })));
    assert!(!serde_json::to_string(&log)?.contains(SECRET));
    Ok(())
}

/// A length in millimetres, which has no form in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Length(u64);

mod centimetres {
    use serde::Serializer;

    use super::{Deserialize, Deserializer, Length};

    pub(super) fn serialize<S: Serializer>(length: &Length, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(length.0 / 10)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Length, D::Error> {
        u64::deserialize(deserializer).map(|length| Length(length * 10))
    }
}

fn metres<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Length, D::Error> {
    u64::deserialize(deserializer).map(|length| Length(length * 1000))
}

fn is_long(length: &Length) -> bool {
    *length == long()
}

fn long() -> Length {
    Length(5)
}

/// The enum's own serde form is for an API, with attributes of which some apply to records and commands.
#[derive(Debug, PartialEq, StateMachine, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[transition(cut, from = Whole, to = Cut)]
#[transition(mark, from = Cut, to = Marked)]
enum PlankState {
    #[state(initial)]
    Whole,
    /// Not recorded: only commands read it.
    Cut {
        #[serde(with = "centimetres", alias = "len")]
        length: Length,
        #[serde(deserialize_with = "metres", skip_serializing, default = "long")]
        rest: Length,
        #[serde(rename(serialize = "by-whom", deserialize = "by"), skip_serializing_if = "String::is_empty")]
        worker: String,
        #[serde(default = "seven", serialize_with = "<_>::serialize")]
        seven: u8,
    },
    #[state(record, terminal)]
    #[serde(rename = "labelled")]
    Marked {
        #[serde(rename = "label")]
        text: String,
        #[state(skip)]
        #[serde(with = "centimetres", skip_serializing_if = "is_long", skip_deserializing)]
        length: Length,
        #[state(redact)]
        #[serde(with = "centimetres", default = "long")]
        rest: Length,
    },
}

#[test]
fn command_of_an_unrecorded_state_honours_serde_attributes() -> Tested {
    let cut = |fields: Value| -> Result<PlankState, Box<dyn std::error::Error>> {
        let mut log: Vec<Record> = Vec::new();
        let command = serde_json::from_value(json!({ "cut": fields }))?;
        let plank = AnyPlank::resume(1, PlankState::Whole, 1).fire(command)?.commit(&mut log)?;
        assert_eq!(log[0].data, None);
        Ok(plank.into_parts().1)
    };
    let state = |length, rest, seven| PlankState::Cut {
        length: Length(length),
        rest: Length(rest),
        worker: "ann".to_owned(),
        seven,
    };
    assert_eq!(cut(json!({ "length": 2, "rest": 3, "by": "ann", "seven": 8 }))?, state(20, 3000, 8));
    assert_eq!(cut(json!({ "len": 2, "by": "ann" }))?, state(20, 5, 7));
    for (fields, words) in [
        (json!({ "by": "ann" }), "transition `cut`: missing field `length`"),
        (json!({ "length": "2", "by": "ann" }), "transition `cut`: length: invalid type: string \"2\", expected u64"),
        (
            json!({ "length": 2, "worker": "ann" }),
            "transition `cut`: `worker` is not one of its fields; its fields are `length`, `rest`, `by`, `seven`",
        ),
        (json!({ "len": 2, "By": "ann" }), "transition `cut`: `By` is not one of its fields; did you mean `by`?"),
    ] {
        let error = cut(fields).err().ok_or("it is read")?;
        assert_eq!(error.to_string(), words);
    }
    Ok(())
}

#[test]
fn command_and_record_of_a_hidden_field_honour_its_serde_attributes() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let state = PlankState::Cut { length: Length(1), rest: Length(1), worker: String::new(), seven: 1 };
    let command = json!({ "mark": { "label": "oak", "length": 2, "rest": 3 } });
    let plank = AnyPlank::resume(1, state, 1).fire(serde_json::from_value(command)?)?.commit(&mut log)?;
    let marked = |length, rest| PlankState::Marked { text: "oak".to_owned(), length, rest };
    assert_eq!(plank.into_parts().1, marked(Length(20), Length(30)));
    let data = json!({ "label": "oak", "rest": "[redacted]" });
    assert_eq!(log[0].data, Some(data.clone()));
    let plank = AnyPlank::resume_named(1, "Marked", Some(&data), 2)?;
    assert_eq!(plank.into_parts().1, marked(Length(0), long()));
    Ok(())
}

#[test]
fn enum_with_a_serde_form_of_another_purpose_keeps_it() -> Tested {
    let marked = PlankState::Marked { text: "oak".to_owned(), length: Length(20), rest: Length(30) };
    assert_eq!(serde_json::to_value(&marked)?, json!({ "is": "labelled", "label": "oak", "length": 2, "rest": 3 }));
    Ok(())
}

/// The remedies that the errors name: a newtype, and one struct, each with the serde form.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct InCentimetres(#[serde(with = "centimetres")] Length);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shelf {
    #[serde(skip_serializing_if = "Option::is_none")]
    built_by: Option<String>,
    #[serde(flatten)]
    size: Size,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Size {
    width: u8,
}

#[derive(Debug, PartialEq, StateMachine, Serialize, Deserialize)]
#[transition(build, from = Board, to = Built)]
enum ShelfState {
    #[state(initial, record)]
    Board { length: InCentimetres },
    #[state(record, terminal)]
    Built(Shelf),
}

#[test]
fn type_with_a_serde_form_is_recorded_and_read_in_it() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let board = ShelfMachine::create(1, InCentimetres(Length(20))).commit(&mut log)?;
    let _ = board.build(Shelf { built_by: None, size: Size { width: 3 } }).commit(&mut log)?;
    assert_eq!(log[0].data, Some(json!({ "length": 2 })));
    assert_eq!(log[1].data, Some(json!({ "width": 3 })));
    let board = AnyShelf::replay(1, &log[..1])?.into_parts().1;
    assert_eq!(board, ShelfState::Board { length: InCentimetres(Length(20)) });
    let shelf = AnyShelf::replay(1, &log)?.into_parts().1;
    assert_eq!(shelf, ShelfState::Built(Shelf { built_by: None, size: Size { width: 3 } }));
    // The enum's own form is the same as with the attributes on its fields.
    assert_eq!(serde_json::to_value(&shelf)?, json!({ "Built": { "width": 3 } }));
    Ok(())
}
