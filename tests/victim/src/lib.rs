//! A machine in a separate crate, as public as it can be, for the attacks under `tests/ui/attacks`.

use tollgate::{Actor, StateMachine, Subject};

/// A report that is reviewed and published.
#[derive(Debug, Subject)]
pub struct Report {
    #[subject(id)]
    id: u64,
    title: String,
}

impl Report {
    /// A report without sources.
    #[must_use]
    pub fn new(id: u64, title: &str) -> Self {
        Self { id, title: title.to_owned() }
    }

    fn has_title(&self) -> bool {
        !self.title.is_empty()
    }

    #[allow(clippy::unused_self, reason = "a permission takes the subject")]
    fn may_approve(&self, actor: &Actor) -> bool {
        *actor == Actor::user("bob")
    }
}

/// The states of a report.
#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review, guard = Report::has_title)]
#[transition(approve, from = Review, to = Published, permission = Report::may_approve)]
#[transition(reject, from = Review, to = Draft, requires(actor, reason))]
#[transition(archive, from = Draft | Published, to = Archived)]
pub enum ReportState {
    /// It is written.
    #[state(initial)]
    Draft,
    /// It is read.
    Review {
        /// The reviewer.
        reviewer: String,
    },
    /// It is out.
    Published,
    /// It is put away.
    #[state(terminal)]
    Archived,
}
