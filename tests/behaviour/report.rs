//! The machine that most tests share: a report that is reviewed and published.

use serde::{Deserialize, Serialize};
use tollgate::{Actor, Record, StateMachine, Subject};

/// A report that is reviewed and published.
#[derive(Debug, Clone, PartialEq, Subject)]
pub(crate) struct Report {
    #[subject(id)]
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) author: &'static str,
}

impl Report {
    pub(crate) fn titled(title: &str) -> Self {
        Self { id: 7, title: title.to_owned(), author: "ann" }
    }

    pub(crate) fn has_title(&self) -> Result<(), &'static str> {
        if self.title.is_empty() { Err("the report has no title") } else { Ok(()) }
    }

    /// Four eyes: the author cannot publish their own report.
    pub(crate) fn is_not_by(&self, actor: &Actor) -> bool {
        actor.id.as_str() != Some(self.author)
    }
}

/// The place of a publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Publication {
    pub(crate) issue: u32,
}

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[machine(subject = Report)]
#[transition(submit,  from = Draft,             to = Review, guard = Report::has_title)]
#[transition(comment, from = Review,            to = _, requires(reason))]
#[transition(approve, from = Review,            to = Published, permission = Report::is_not_by)]
#[transition(reject,  from = Review,            to = Draft, requires(actor, reason))]
#[transition(archive, from = Draft | Published, to = Archived)]
pub(crate) enum ReportState {
    #[state(initial)]
    Draft,
    #[state(record)]
    Review { reviewer: String, deadline: Option<u32> },
    #[state(record)]
    Published(Publication),
    #[state(terminal)]
    Archived,
}

/// Returns a draft with a title, created by its author, and its log.
pub(crate) fn draft() -> (ReportMachine<report_state::Draft>, Vec<Record>) {
    let mut log = Vec::new();
    let step = ReportMachine::create(Report::titled("Water")).by("ann");
    let report = step.commit(&mut log).expect("nothing guards a creation");
    (report, log)
}

/// Returns the same report, in review by bob, and its log.
pub(crate) fn in_review() -> (ReportMachine<report_state::Review>, Vec<Record>) {
    let (report, mut log) = draft();
    let step = report.submit("bob".to_owned(), None).by("ann");
    let report = step.commit(&mut log).expect("the report has a title");
    (report, log)
}
