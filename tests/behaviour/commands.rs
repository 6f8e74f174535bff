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

/// Reads the command, fires it at a job that is queued, and gives the state that is reached.
fn reached(command: &str) -> Result<JobState, Box<dyn std::error::Error>> {
    let command: JobTransition = serde_json::from_str(command)?;
    let queued = JobState::Queued { r#type: "a".to_owned(), retries: None };
    let mut log: Vec<Record> = Vec::new();
    let any = AnyJob::resume(1, queued, 1).fire(command)?.commit(&mut log)?;
    // What is recorded is read back as the same state.
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

#[test]
fn an_error_names_the_transition_and_the_field() {
    for (command, words) in [
        (
            r#""fly""#,
            "`fly` is not a transition of Job; its transitions are `rest`, `stop-now`, `weigh`, `label`, `place`, `queue`",
        ),
        (r#""stop""#, "`stop` is not a transition of Job"),
        (r#""weigh""#, "transition `weigh`: invalid type: unit variant, expected newtype variant"),
        (r#"{"weigh":"heavy"}"#, "transition `weigh`: invalid type: string \"heavy\", expected f64"),
        (r#"{"label":7}"#, "transition `label`: invalid type: integer `7`, expected a string"),
        (r#""place""#, "transition `place`: invalid type: unit variant"),
        (r#"{"place":[1]}"#, "transition `place`: it carries a list of 2 values"),
        (r#"{"place":[1,2,3]}"#, "transition `place`: it carries a list of 2 values"),
        (r#"{"place":{"0":1,"1":2}}"#, "transition `place`: it carries a list of 2 values"),
        (r#"{"place":[1,"x"]}"#, "transition `place`: value 1: invalid type: string \"x\", expected i32"),
        (r#"{"queue":{"retries":1}}"#, "transition `queue`: missing field `type`"),
        (r#"{"queue":{"type":null}}"#, "transition `queue`: type: invalid type: null, expected a string"),
        (
            r#"{"queue":{"type":"b","retries":999}}"#,
            "transition `queue`: retries: invalid value: integer `999`, expected u8",
        ),
        (
            r#"{"queue":{"type":"b","retires":1}}"#,
            "transition `queue`: `retires` is not a field of the state that it leads to",
        ),
        (r#"{"queue":["b",1]}"#, "transition `queue`: it carries an object with a value for each field"),
        (r#""queue""#, "transition `queue`: invalid type: unit variant"),
        (r#"{"rest":1}"#, "transition `rest`: invalid type: integer `1`, expected unit"),
        (r#"{"stop-now":{}}"#, "transition `stop-now`: invalid type: map, expected unit"),
    ] {
        let error = serde_json::from_str::<JobTransition>(command).expect_err(words).to_string();
        assert!(error.starts_with(words), "{command}: {error}");
    }
    for command in ["5", "null", "[]", "{}", r#"{"rest":null,"weigh":1}"#, r#"{"weigh":1"#, ""] {
        assert!(serde_json::from_str::<JobTransition>(command).is_err(), "{command}");
    }
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
    Ok(())
}
