//! Reads a line of the file of commands.

use serde::de::{Deserialize, Deserializer, Error as _};
use tollgate::chrono::{DateTime, Utc};

use crate::report::ReportTransition;

/// A line: the command, the actor, the reason and the time.
pub(crate) struct Command {
    pub(crate) report: u64,
    pub(crate) what: What,
    pub(crate) by: Option<String>,
    pub(crate) because: Option<String>,
    /// The time, for a file of past commands. Without it, the clock's time counts.
    pub(crate) at: Option<DateTime<Utc>>,
}

/// The report, the command and the actor.
pub(crate) type Asked = (u64, String, Option<String>);

/// A creation, or a transition as the derive reads it: `"archive"`, `{"submit": {"reviewer": "bob"}}`.
pub(crate) enum What {
    Create(Create),
    Fire(ReportTransition),
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    pub(crate) title: String,
}

/// The line as it is written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    report: u64,
    create: Option<Create>,
    fire: Option<ReportTransition>,
    by: Option<String>,
    because: Option<String>,
    #[serde(default, deserialize_with = "time")]
    at: Option<DateTime<Utc>>,
}

/// Reads the commands of a file, with their line numbers. A malformed line becomes an error text.
pub(crate) fn read_all(lines: &[u8]) -> impl Iterator<Item = (usize, Result<Command, String>)> {
    let lines = (1..).zip(lines.split(|byte| *byte == b'\n'));
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    lines.map(|(number, line)| (number, Command::read(line)))
}

impl Command {
    fn read(line: &[u8]) -> Result<Self, String> {
        let line: Line = serde_json::from_slice(line).map_err(|error| words(&error))?;
        let what = match (line.create, line.fire) {
            (Some(create), None) => What::Create(create),
            (None, Some(transition)) => What::Fire(transition),
            (None, None) => return Err("it has neither `create` nor `fire`".to_owned()),
            (Some(_), Some(_)) => return Err("it has both `create` and `fire`, and a line is one command".to_owned()),
        };
        Ok(Self { report: line.report, what, by: line.by, because: line.because, at: line.at })
    }

    /// Returns the report, the recorded name of the transition, and the actor.
    pub(crate) fn asked(&self) -> Asked {
        let transition = match &self.what {
            What::Create(_) => "create".to_owned(),
            What::Fire(transition) => format!("{transition:?}"),
        };
        (self.report, transition, self.by.clone())
    }
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let time = DateTime::parse_from_rfc3339(&text);
    let time = time.map_err(|_| D::Error::custom(format_args!("`{text}` is not a time like 2026-03-02T09:00:00Z")))?;
    Ok(Some(time.to_utc()))
}

/// The error without the line that `serde_json` counts: it sees one line, and calls it the first.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(text) => format!("{text} (column {})", error.column()),
        None => text,
    }
}
