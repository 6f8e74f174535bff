//! The machines of the tests: one with a table and a version column, one with a table alone, one with neither, and one
//! without a subject.

use serde::Serialize;
use tollgate::uuid::Uuid;
use tollgate::{Event, StateMachine, Subject};

/// A report, named by an integer: its row has its state and its version.
#[derive(Debug, Clone, PartialEq, Eq, Subject)]
#[subject(table = "reports", state = "state", version = "version")]
pub struct Report {
    /// What names it.
    #[subject(id)]
    pub id: i64,
    /// Without one it is not submitted.
    pub title: String,
}

impl Report {
    /// A report of this title.
    #[must_use]
    pub fn new(id: i64, title: &str) -> Self {
        Self { id, title: title.to_owned() }
    }

    fn has_title(&self) -> Result<(), &'static str> {
        if self.title.is_empty() { Err("a report without a title is not submitted") } else { Ok(()) }
    }
}

/// Where a report is. It never comes to an end, so that it can be worked on for as long as a test wants.
#[derive(Debug, Clone, PartialEq, Eq, StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review, guard = Report::has_title)]
#[transition(approve, from = Review, to = Published, requires(actor))]
#[transition(reject, from = Review, to = Draft, requires(actor, reason))]
#[transition(archive, from = Draft | Published, to = Archived)]
#[transition(reopen, from = Archived, to = Draft)]
#[transition(comment, from = _, to = _)]
pub enum ReportState {
    /// Being written.
    #[state(initial)]
    Draft,
    /// Being read.
    #[state(record)]
    Review {
        /// By whom.
        reviewer: String,
    },
    /// To be read by all.
    Published,
    /// Put away.
    Archived,
}

/// A parcel, named by a UUID: its row has its state, in a column of another name, and no version.
#[derive(Debug, Clone, PartialEq, Eq, Subject)]
#[subject(table = "parcels", state = "status")]
pub struct Parcel {
    /// What names it.
    #[subject(id)]
    pub id: Uuid,
}

/// Where a parcel is.
#[derive(Debug, Clone, PartialEq, Eq, StateMachine)]
#[machine(subject = Parcel)]
#[transition(send, from = Packed, to = Sent)]
#[transition(deliver, from = Sent, to = Delivered)]
pub enum ParcelStatus {
    /// Ready to go.
    #[state(initial)]
    Packed,
    /// On its way.
    Sent,
    /// There.
    #[state(terminal)]
    Delivered,
}

/// A ticket, named by a text: it has no row, and its history alone says where it is.
#[derive(Debug, Clone, PartialEq, Eq, Subject)]
pub struct Ticket {
    /// What names it.
    #[subject(id)]
    pub code: String,
}

impl Ticket {
    /// The ticket of this code.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned() }
    }
}

/// Where a ticket is.
#[derive(Debug, Clone, PartialEq, Eq, StateMachine)]
#[machine(subject = Ticket)]
#[transition(take, from = Open, to = Taken)]
#[transition(give_back, from = Taken, to = Open)]
#[transition(close, from = Open | Taken, to = Closed)]
pub enum TicketState {
    /// Nobody has it.
    #[state(initial)]
    Open,
    /// Somebody has it.
    Taken,
    /// It is done.
    #[state(terminal)]
    Closed,
}

/// A door, named by whatever names doors.
#[derive(Debug, Clone, PartialEq, Eq, StateMachine)]
#[transition(open, from = Shut, to = Ajar)]
#[transition(shut, from = Ajar, to = Shut)]
pub enum DoorState {
    /// Nobody goes through.
    #[state(initial)]
    Shut,
    /// Somebody may.
    Ajar,
}

/// Reports were given out as a file: an event, which moves none of them.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize, Event)]
#[event(name = "exported", requires(actor))]
pub struct Exported {
    /// How many they were.
    pub reports: u32,
    /// Of which sort the file is.
    pub format: String,
}
