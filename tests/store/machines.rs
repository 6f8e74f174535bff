//! The machines of the tests: one with a table and a version column, one with a table only, one with neither, and one
//! without a subject.

use serde::Serialize;
use tollgate::uuid::Uuid;
use tollgate::{Event, StateMachine, Subject};

/// A report with an integer id. Its row holds its state and its version.
#[derive(Debug, Clone, PartialEq, Eq, Subject)]
#[subject(table = "reports", state = "state", version = "version")]
pub struct Report {
    /// The id of the report.
    #[subject(id)]
    pub id: i64,
    /// A report without a title cannot be submitted.
    pub title: String,
}

impl Report {
    /// Returns a report with this title.
    #[must_use]
    pub fn new(id: i64, title: &str) -> Self {
        Self { id, title: title.to_owned() }
    }

    fn has_title(&self) -> Result<(), &'static str> {
        if self.title.is_empty() { Err("a report without a title is not submitted") } else { Ok(()) }
    }
}

/// The states of a report. None is terminal, so a test can make any number of steps.
#[derive(Debug, Clone, PartialEq, Eq, StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review, guard = Report::has_title)]
#[transition(approve, from = Review, to = Published, requires(actor))]
#[transition(reject, from = Review, to = Draft, requires(actor, reason))]
#[transition(archive, from = Draft | Published, to = Archived)]
#[transition(reopen, from = Archived, to = Draft)]
#[transition(comment, from = _, to = _)]
pub enum ReportState {
    /// The report is being written.
    #[state(initial)]
    Draft,
    /// The report is under review.
    #[state(record)]
    Review {
        /// The name of the reviewer.
        reviewer: String,
    },
    /// The report is public.
    Published,
    /// The report is archived.
    Archived,
}

/// A parcel with a UUID as its id. Its row holds its state, in a renamed column, and no version.
#[derive(Debug, Clone, PartialEq, Eq, Subject)]
#[subject(table = "parcels", state = "status")]
pub struct Parcel {
    /// The id of the parcel.
    #[subject(id)]
    pub id: Uuid,
}

/// The states of a parcel.
#[derive(Debug, Clone, PartialEq, Eq, StateMachine)]
#[machine(subject = Parcel)]
#[transition(send, from = Packed, to = Sent)]
#[transition(deliver, from = Sent, to = Delivered)]
pub enum ParcelStatus {
    /// The parcel is ready to be sent.
    #[state(initial)]
    Packed,
    /// The parcel was sent.
    Sent,
    /// The parcel was delivered.
    #[state(terminal)]
    Delivered,
}

/// A ticket with a text as its id. It has no row; only its history holds its state.
#[derive(Debug, Clone, PartialEq, Eq, Subject)]
pub struct Ticket {
    /// The id of the ticket.
    #[subject(id)]
    pub code: String,
}

impl Ticket {
    /// Returns the ticket with this code.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned() }
    }
}

/// The states of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, StateMachine)]
#[machine(subject = Ticket)]
#[transition(take, from = Open, to = Taken)]
#[transition(give_back, from = Taken, to = Open)]
#[transition(close, from = Open | Taken, to = Closed)]
pub enum TicketState {
    /// The ticket is not assigned.
    #[state(initial)]
    Open,
    /// The ticket is assigned.
    Taken,
    /// The ticket is closed.
    #[state(terminal)]
    Closed,
}

/// A door, which has no subject type: any id names one.
#[derive(Debug, Clone, PartialEq, Eq, StateMachine)]
#[transition(open, from = Shut, to = Ajar)]
#[transition(shut, from = Ajar, to = Shut)]
pub enum DoorState {
    /// The door is shut.
    #[state(initial)]
    Shut,
    /// The door is open.
    Ajar,
}

/// Reports were exported as a file: an event, which changes no report.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize, Event)]
#[event(name = "exported", requires(actor))]
pub struct Exported {
    /// The number of exported reports.
    pub reports: u32,
    /// The format of the file.
    pub format: String,
}
