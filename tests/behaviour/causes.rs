//! The chain of causes: no text of an error occurs twice on the way along `source()`, and the first text is complete.

use std::error::Error;
use std::io;

use serde::{Deserialize, Serialize};
use tollgate::events::Login;
use tollgate::serde_json::json;
use tollgate::{Event, Id, JsonLines, Misfit, Record, sink};

use crate::Tested;
use crate::chains::texts_once;
use crate::report::{AnyReport, Report, draft, in_review};

/// An error of a sink whose own text contains that of its source, or leaves it out.
#[derive(Debug)]
struct Failed {
    text: &'static str,
    cause: io::Error,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.text)
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

fn refused_by(text: &'static str) -> Vec<String> {
    let failed = || Failed { text, cause: io::Error::other("no route to the host") };
    let refused = draft().0.archive().commit(sink::from_fn(move |_: &Record| Err(failed()))).expect_err("it refuses");
    texts_once(&refused)
}

#[test]
fn commit_error_of_sink_names_each_cause_once() {
    let complete = "`archive` of Report 7 from `Draft`: the sink refused: the log failed: no route to the host";
    assert_eq!(refused_by("the log failed: no route to the host"), [complete]);
    assert_eq!(
        refused_by("the log failed"),
        ["`archive` of Report 7 from `Draft`: the sink refused: the log failed", "no route to the host"]
    );
}

#[test]
fn commit_error_of_value_names_its_cause_once() {
    let refused = draft().0.archive().with("score", f64::NAN).commit(&mut Vec::new()).expect_err("NaN");
    assert_eq!(
        texts_once(&refused),
        ["`archive` of Report 7 from `Draft`: `context.score` cannot be recorded: NaN has no form in JSON; record a \
          text, or leave it out"]
    );
}

#[test]
fn not_a_state_names_its_reason_once() {
    for (state, data) in [("Gone", None), ("Review", None), ("Review", Some(json!({ "deadline": 3 })))] {
        let error = AnyReport::resume_named(Report::titled("Water"), state, data.as_ref(), 1).expect_err(state);
        assert_eq!(texts_once(&error), [error.to_string()]);
        assert_eq!(texts_once(&error.why).len(), 1);
    }
}

#[test]
fn replay_error_names_its_reason_once() -> Tested {
    let (_, mut log) = in_review();
    log[1].data = Some(json!({}));
    let error = AnyReport::replay(Report::titled("Water"), &log).expect_err("the data does not fit");
    assert!(matches!(error.why, Misfit::State(_)));
    assert_eq!(texts_once(&error), [error.to_string()]);
    assert!(error.to_string().ends_with("its data does not fit: missing field `reviewer`"), "{error}");
    let error = AnyReport::replay(Report::titled("Water"), &log[1..]).expect_err("it was not created");
    assert_eq!(texts_once(&error), [error.to_string()]);
    Ok(())
}

#[derive(Debug, Serialize, Deserialize, Event)]
struct Exported {
    reports: u32,
}

#[test]
fn properties_error_names_its_reason_once() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    assert_eq!(Exported { reports: 1 }.occurred().commit(&mut log)?.reports, 1);
    log[0].properties = Some(json!({ "reports": "many" }));
    let error = Exported::from_record(&log[0]).expect_err("it is not a number");
    assert_eq!(texts_once(&error), [error.to_string()]);
    assert!(error.to_string().contains(&error.cause.to_string()), "{error}");
    Ok(())
}

#[test]
fn file_error_as_sink_error_names_each_cause_once() -> Tested {
    let folder = tempfile::tempdir()?;
    let error = JsonLines::open(folder.path()).expect_err("it is a directory");
    assert_eq!(texts_once(&error), [error.to_string()]);
    let text = error.to_string();
    let as_io = io::Error::from(error);
    assert_eq!(texts_once(&as_io), [as_io.to_string()]);
    let refused = Login.occurred().by("ann").commit(sink::from_fn(|_: &Record| {
        Err(io::Error::from(JsonLines::open(folder.path()).expect_err("it is a directory")))
    }));
    assert_eq!(texts_once(&refused.expect_err("it refuses")), [format!("`login`: the sink refused: {text}")]);
    Ok(())
}

#[test]
fn json_errors_name_each_cause_once() {
    let errors: [Box<dyn Error>; 3] = [
        serde_json::from_str::<crate::report::ReportTransition>(r#"{"submit": {"reviewer": 5}}"#)
            .expect_err("5")
            .into(),
        serde_json::from_str::<Record>("{}").expect_err("it has no fields").into(),
        serde_json::from_str::<Id>("1.5").expect_err("a float").into(),
    ];
    for error in errors {
        assert_eq!(texts_once(&*error), [error.to_string()]);
    }
}
