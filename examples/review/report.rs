//! The machine: a report on its way to the public.

use serde::{Deserialize, Serialize};
use tollgate::{Actor, StateMachine, Subject};

/// A report of the city's statistics office. The table is where `--db` keeps it.
#[derive(Subject)]
#[subject(table = "reports", key = "id", state = "state", version = "version")]
pub(crate) struct Report {
    #[subject(id)]
    pub(crate) number: u64,
    pub(crate) title: String,
}

/// The place of publication.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publication {
    series: String,
    number: u32,
}

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit,  from = Draft,             to = Review,    guard = has_title)]
#[transition(approve, from = Review,            to = Published, permission = is_the_reviewer)]
#[transition(reject,  from = Review,            to = Draft,     permission = is_the_reviewer, requires(reason))]
#[transition(archive, from = Draft | Published, to = Archived)]
pub(crate) enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review { reviewer: String },
    #[state(record)]
    Published(Publication),
    #[state(terminal)]
    Archived,
}

/// A report without a title cannot be published, whatever its reviewer decides.
fn has_title(report: &Report) -> Result<(), &'static str> {
    if report.title.trim().is_empty() { Err("the report has no title") } else { Ok(()) }
}

/// Only the reviewer decides. Both transitions leave `Review`, so its data is available.
fn is_the_reviewer(report: &ReportMachine<report_state::Review>, actor: &Actor) -> Result<(), String> {
    let reviewer = &report.data().reviewer;
    if actor.id.as_str() == Some(reviewer) { Ok(()) } else { Err(format!("the reviewer is {reviewer}, not {actor}")) }
}
