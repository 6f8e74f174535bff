//! A transition read from a request: every shape of its data, and errors that name transition and field.

use serde::Deserialize;
use tollgate::serde_json::{self, Value, json};
use tollgate::{Id, Record, StateMachine};

use crate::Tested;
use crate::report::ReportTransition;

#[derive(Debug, PartialEq, StateMachine)]
#[machine(rename_all = "kebab-case")]
#[transition(rest,   from = _, to = _)]
#[transition(stop,   from = _, to = Stopped, was = "halt", rename = "stop-now")]
#[transition(weigh,  from = _, to = Weighed)]
#[transition(label,  from = _, to = Labelled)]
#[transition(place,  from = _, to = Placed)]
#[transition(queue,  from = _, to = Queued)]
enum JobState {
    #[state(initial, terminal)]
    Stopped,
    #[state(record)]
    Weighed(f64),
    #[state(record)]
    Labelled(Option<String>),
    #[state(record)]
    Placed(i32, Option<i32>),
    #[state(record, initial)]
    Queued { r#type: String, retries: Option<u8> },
}

/// Reads the command, fires it at a job that is queued, and returns the new state.
fn reached(command: &str) -> Result<JobState, Box<dyn std::error::Error>> {
    let command: JobTransition = serde_json::from_str(command)?;
    let queued = JobState::Queued { r#type: "a".to_owned(), retries: None };
    let mut log: Vec<Record> = Vec::new();
    let any = AnyJob::resume(1, queued, 1).fire(command)?.commit(&mut log)?;
    // The recorded data is read back as the same state.
    let name = log[0].to.as_deref().unwrap_or_default();
    let again = AnyJob::resume_named(1, name, log[0].data.as_ref(), 2)?.into_parts().1;
    let state = any.into_parts().1;
    assert_eq!(again, state);
    Ok(state)
}

#[test]
fn each_shape_of_data_is_read_as_serde_writes_it() -> Tested {
    let queued = |name: &str, retries| JobState::Queued { r#type: name.to_owned(), retries };
    for (command, state) in [
        (r#""stop-now""#, JobState::Stopped),
        (r#"{"stop-now":null}"#, JobState::Stopped),
        (r#""halt""#, JobState::Stopped),
        (r#""rest""#, queued("a", None)),
        (r#"{"weigh":0.0}"#, JobState::Weighed(0.0)),
        (r#"{"weigh":3}"#, JobState::Weighed(3.0)),
        (r#"{"label":"x"}"#, JobState::Labelled(Some("x".to_owned()))),
        (r#"{"label":""}"#, JobState::Labelled(Some(String::new()))),
        (r#"{"label":null}"#, JobState::Labelled(None)),
        (r#"{"place":[-1,2]}"#, JobState::Placed(-1, Some(2))),
        (r#"{"place":[0,null]}"#, JobState::Placed(0, None)),
        (r#"{"queue":{"type":"b","retries":1}}"#, queued("b", Some(1))),
        (r#"{"queue":{"retries":null,"type":"b"}}"#, queued("b", None)),
        (r#"{"queue":{"type":""}}"#, queued("", None)),
        (" {\n\"queue\" : {\"type\":\"\\u00e9\"} }", queued("é", None)),
    ] {
        assert_eq!(reached(command).map_err(|error| format!("{command}: {error}"))?, state);
    }
    Ok(())
}

const QUEUE: &str = r#"`queue` carries `type`, `retries`, as in `{"queue":{"type":..}}`"#;

const NO_NAME: &str = "a command is one transition of Job, as its name or as the key of its data; its transitions are \
                       `rest`, `stop-now`, `weigh`, `label`, `place`, `queue`: expected value at line 1 column";

#[test]
fn an_error_names_the_transition_and_the_field() {
    for (command, words) in [
        (
            r#""fly""#,
            "`fly` is not a transition of Job; its transitions are `rest`, `stop-now`, `weigh`, `label`, `place`, `queue`",
        ),
        (r#"{"fly":1,"rest":null}"#, "`fly` is not a transition of Job; its transitions are `rest`"),
        (r#""""#, "`` is not a transition of Job; its transitions are `rest`"),
        (r#""wiegh""#, "`wiegh` is not a transition of Job; did you mean `weigh`? at line 1 column 7"),
        (r#""stop""#, "`stop` is not a transition of Job"),
        (r#""weigh""#, r#"`weigh` carries a value, as in `{"weigh":..}`"#),
        (r#"{"weigh":"heavy"}"#, "transition `weigh`: invalid type: string \"heavy\", expected f64"),
        (r#"{"label":7}"#, "transition `label`: invalid type: integer `7`, expected a string"),
        (r#""place""#, r#"`place` carries a list of 2 values, as in `{"place":[..,..]}`"#),
        (r#"{"place":[1]}"#, "`place` carries a list of 2 values"),
        (r#"{"place":[1,2,3]}"#, "`place` carries a list of 2 values"),
        (r#"{"place":{"0":1,"1":2}}"#, "`place` carries a list of 2 values"),
        (r#"{"place":null}"#, "`place` carries a list of 2 values"),
        (r#"{"place":[1,"x"]}"#, "transition `place`: value 1: invalid type: string \"x\", expected i32"),
        (r#"{"queue":{"retries":1}}"#, "transition `queue`: missing field `type`"),
        (r#"{"queue":{"type":null}}"#, "transition `queue`: type: invalid type: null, expected a string"),
        (
            r#"{"queue":{"type":"b","retries":999}}"#,
            "transition `queue`: retries: invalid value: integer `999`, expected u8",
        ),
        (
            r#"{"queue":{"type":"b","retires":1}}"#,
            "transition `queue`: `retires` is not one of its fields; did you mean `retries`?",
        ),
        (
            r#"{"queue":{"type":"b","speed":1}}"#,
            "transition `queue`: `speed` is not one of its fields; its fields are `type`, `retries`",
        ),
        (r#"{"queue":["b",1]}"#, QUEUE),
        (r#"{"queue":null}"#, QUEUE),
        (r#"{"queue":7}"#, QUEUE),
        (r#"{"queue":"b"}"#, QUEUE),
        (r#""queue""#, QUEUE),
        (r#"{"rest":1}"#, r#"`rest` carries no data, and is written as `"rest"`: invalid type: integer `1`"#),
        (r#"{"stop-now":{}}"#, r#"`stop-now` carries no data, and is written as `"stop-now"`: invalid type: map"#),
        (r#"{"halt":[1]}"#, "`stop-now` carries no data"),
        (r#"{"rest":null,"weigh":1}"#, "a command is one transition of Job, and something follows `rest`: expected"),
        (r#"{"weigh":1,"weigh":2}"#, "a command is one transition of Job, and something follows `weigh`: expected"),
        ("{}", NO_NAME),
        ("7", NO_NAME),
        ("null", NO_NAME),
        ("true", NO_NAME),
        ("[]", NO_NAME),
    ] {
        let error = serde_json::from_str::<JobTransition>(command).expect_err(words).to_string();
        assert!(error.starts_with(words), "{command}: {error}");
    }
    for command in ["5", "null", "[]", "{}", r#"{"rest":null,"weigh":1}"#, r#"{"weigh":1"#, ""] {
        assert!(serde_json::from_str::<JobTransition>(command).is_err(), "{command}");
    }
}

#[test]
fn command_in_a_value_with_an_unknown_or_second_name_is_refused() -> Tested {
    let start = "a command is one transition of Job, as its name or as the key of its data; its transitions are `rest`";
    for value in [json!({}), json!({"rest": null, "weigh": 1}), json!(7), Value::Null, json!([])] {
        let error = serde_json::from_value::<JobTransition>(value.clone()).err().ok_or("it is refused")?.to_string();
        assert!(error.starts_with(start), "{value}: {error}");
    }
    let error = serde_json::from_value::<JobTransition>(json!({"fly": 1})).err().ok_or("it is refused")?.to_string();
    assert!(error.starts_with("`fly` is not a transition of Job; its transitions are `rest`"), "{error}");
    let error = serde_json::from_value::<JobTransition>(json!("queue")).err().ok_or("it is refused")?.to_string();
    assert_eq!(error, QUEUE);
    Ok(())
}

#[test]
fn command_that_is_cut_off_keeps_its_error() -> Tested {
    for text in ["", "{", r#"{"weigh":1"#, r#"{"we"#] {
        let error = serde_json::from_str::<JobTransition>(text).err().ok_or("it is cut off")?;
        assert!(error.is_eof(), "{text}: {error}");
    }
    Ok(())
}

#[test]
fn command_with_a_key_twice_is_refused_with_the_transition_and_the_path() -> Tested {
    for (command, words) in [
        (
            r#"{"submit":{"reviewer":"bob","reviewer":"ann"}}"#,
            "transition `submit`: `reviewer` is given twice at line 1 column 3",
        ),
        (r#"{"submit":{"reviewer":"bob","x":{"a":1,"b":[0,{"c.d":1,"c.d":2}]}}}"#, "`x.b[1][\"c.d\"]` is given twice"),
        (r#"{"submit":{"note":{"a":1,"a":2}}}"#, "transition `submit`: `note.a` is given twice at line 1 column"),
        (r#"{"approve":{"issue":3,"issue":3}}"#, "transition `approve`: `issue` is given twice"),
    ] {
        let read = [
            serde_json::from_str::<ReportTransition>(command),
            serde_json::from_reader::<_, ReportTransition>(command.as_bytes()),
        ];
        for read in read {
            let error = read.err().ok_or("it is refused")?.to_string();
            assert!(error.contains(words), "{command}: {error}");
        }
    }
    // A key may occur again in another object.
    let again = r#"{"submit":{"deadline":null,"reviewer":"deadline"}}"#;
    assert!(serde_json::from_str::<ReportTransition>(again).is_ok());
    Ok(())
}

#[derive(Debug)]
struct Pairs(Vec<(String, u8)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: tollgate::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = std::collections::BTreeMap::<String, u8>::deserialize(deserializer)?;
        Ok(Self(map.into_iter().collect()))
    }
}

#[derive(Debug, StateMachine)]
#[transition(fill, from = Empty, to = Full)]
#[transition(tune, from = Empty, to = Tuned)]
enum BoxState {
    #[state(initial)]
    Empty,
    #[state(terminal)]
    Full(Pairs),
    #[state(terminal)]
    Tuned {
        #[serde(default)]
        low: u8,
        #[serde(default, alias = "top")]
        high: u8,
    },
}

#[test]
fn command_with_a_key_twice_in_a_type_that_takes_the_last_is_refused() -> Tested {
    let BoxTransition::Fill(Pairs(pairs)) = serde_json::from_str(r#"{"fill":{"b":1,"a":2}}"#)? else {
        return Err("it fills".into());
    };
    assert_eq!(pairs, [("a".to_owned(), 2), ("b".to_owned(), 1)]);
    let error = serde_json::from_str::<BoxTransition>(r#"{"fill":{"b":1,"b":2}}"#).err().ok_or("twice")?.to_string();
    assert!(error.starts_with("transition `fill`: `b` is given twice"), "{error}");
    Ok(())
}

#[test]
fn command_whose_fields_all_have_defaults_needs_an_object() -> Tested {
    for command in [r#""tune""#, r#"{"tune":null}"#, r#"{"tune":[1,2]}"#] {
        let error = serde_json::from_str::<BoxTransition>(command).err().ok_or("it is refused")?.to_string();
        assert!(error.starts_with(r#"`tune` carries `low`, `high`, as in `{"tune":{}}`"#), "{command}: {error}");
    }
    let command: BoxTransition = serde_json::from_str(r#"{"tune":{"top":3}}"#)?;
    assert!(matches!(command, BoxTransition::Tune { low: 0, high: 3 }));
    let both = r#"{"tune":{"high":3,"top":3}}"#;
    let error = serde_json::from_str::<BoxTransition>(both).err().ok_or("it is refused")?.to_string();
    assert_eq!(error, "transition `tune`: `high` is given twice, once as `top`");
    Ok(())
}

#[test]
fn command_in_a_format_with_numbers_for_names_is_read_by_its_position() {
    use tollgate::serde::de::IntoDeserializer;
    use tollgate::serde::de::value::{Error, U32Deserializer};

    let read = |index: u32| {
        let deserializer: U32Deserializer<Error> = index.into_deserializer();
        JobTransition::deserialize(deserializer)
    };
    assert!(matches!(read(1), Ok(JobTransition::Stop)));
    let error = read(6).map(|_| ()).map_err(|error| error.to_string());
    let words = "6 is not a transition of Job; its transitions are `rest`";
    assert!(error.as_ref().is_err_and(|error| error.starts_with(words)), "{error:?}");
}

#[test]
fn a_command_is_read_from_a_value_and_a_reader_too() -> Tested {
    let command: ReportTransition = serde_json::from_value(json!({"submit": {"reviewer": "bob"}}))?;
    assert!(matches!(&command, ReportTransition::Submit { reviewer, deadline: None } if reviewer == "bob"));
    assert_eq!(format!("{command:?}"), "submit", "what it carries may be secret");
    let command: ReportTransition = serde_json::from_reader(&br#"{"approve":{"issue":3}}"#[..])?;
    assert!(matches!(command, ReportTransition::Approve(publication) if publication.issue == 3));
    assert!(serde_json::from_value::<ReportTransition>(Value::Null).is_err());
    Ok(())
}

#[test]
fn a_command_is_a_field_of_a_request() -> Tested {
    #[derive(Deserialize)]
    struct Request {
        report: Id,
        command: ReportTransition,
    }
    let request: Request = serde_json::from_value(json!({"report": 7, "command": {"submit": {"reviewer": "bob"}}}))?;
    assert_eq!(request.report, Id::from(7));
    assert!(matches!(request.command, ReportTransition::Submit { .. }));
    Ok(())
}

#[test]
fn a_command_can_lie_flat_in_a_request() -> Tested {
    #[derive(Deserialize)]
    struct Request {
        report: Id,
        #[serde(flatten)]
        command: ReportTransition,
    }
    let request: Request = serde_json::from_value(json!({"report": 7, "submit": {"reviewer": "bob"}}))?;
    assert_eq!(request.report, Id::from(7));
    assert!(matches!(request.command, ReportTransition::Submit { .. }));

    let refused = |request: &str| {
        let read = serde_json::from_str::<Request>(request);
        read.err().map(|error| error.to_string()).ok_or_else(|| format!("{request} is read"))
    };
    let unknown = refused(r#"{"report":7,"fly":{}}"#)?;
    let words =
        "a command is one transition of Report, as its name or as the key of its data; its transitions are `submit`";
    assert!(unknown.starts_with(words) && !unknown.contains("variant"), "{unknown}");
    let twice = refused(r#"{"report":7,"submit":{"reviewer":"bob","reviewer":"ann"}}"#)?;
    assert!(twice.starts_with("transition `submit`: `reviewer` is given twice"), "{twice}");
    Ok(())
}

#[test]
fn command_that_lies_flat_is_read_by_its_former_name() -> Tested {
    #[derive(Deserialize)]
    struct Request {
        #[serde(flatten)]
        command: JobTransition,
    }
    let request: Request = serde_json::from_value(json!({"job": 7, "halt": null}))?;
    assert!(matches!(request.command, JobTransition::Stop));
    Ok(())
}
