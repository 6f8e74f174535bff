//! A machine in a crate that wants everything documented and no warning: `tests/docs.rs` reads
//! the pages that its users read. A machine also is in a doctest, inside its function
//!
//! ```
//! use tollgate::{Record, StateMachine};
//!
//! #[derive(StateMachine)]
//! #[transition(light, from = Off, to = On)]
//! enum LampState {
//!     #[state(initial)]
//!     Off,
//!     #[state(terminal)]
//!     On { level: u8 },
//! }
//!
//! let mut log: Vec<Record> = Vec::new();
//! let lamp: LampMachine<lamp_state::Off> = LampMachine::create("hall").commit(&mut log)?;
//! let lamp = lamp.light(3).commit(&mut log)?;
//! assert_eq!((lamp.data().level, log.len()), (3, 2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! and next to it:
//!
//! ```
//! use documented::{AnyReport, Report, ReportMachine, ReportTransition};
//! use tollgate::StateMachine;
//!
//! #[derive(StateMachine)]
//! #[machine(subject = Report)]
//! #[transition(go, from = Off, to = On, guard = Report::has_title)]
//! pub enum LampState {
//!     #[state(initial)]
//!     Off,
//!     #[state(terminal)]
//!     On(u8),
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let mut log = Vec::new();
//!     let lamp = LampMachine::create(Report { id: 7, title: "Lamps".to_owned() }).commit(&mut log)?;
//!     assert_eq!(*lamp.go(3).commit(&mut log)?.data(), 3);
//!
//!     let report = ReportMachine::create(Report { id: 7, title: String::new() }).commit(&mut log)?;
//!     let report = AnyReport::from(report).fire(ReportTransition::Archive)?.commit(&mut log)?;
//!     assert_eq!((report.state().name, log.len()), ("Archived", 4));
//!     Ok(())
//! }
//! ```

#![deny(warnings, missing_docs, clippy::pedantic)]

use serde::{Deserialize, Serialize};
use tollgate::{Event, StateMachine, Subject};

/// A report that is reviewed and published.
#[derive(Subject)]
pub struct Report {
    /// The number under which it is filed.
    #[subject(id)]
    pub id: u64,
    /// The title.
    pub title: String,
}

impl Report {
    /// Returns whether there is a title.
    #[must_use]
    pub fn has_title(&self) -> bool {
        !self.title.is_empty()
    }
}

/// The place of a publication.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Publication {
    /// The address.
    pub url: String,
}

/// The states of a [`Report`].
#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(submit,  from = Draft,             to = Review, guard = Report::has_title)]
#[transition(approve, from = Review,            to = Published, requires(actor))]
#[transition(reject,  from = Review,            to = Draft, requires(actor, reason), doc = "Sends it back.")]
#[transition(archive, from = Draft | Published, to = Archived)]
#[transition(comment, from = _,                 to = _, requires(actor))]
pub enum ReportState {
    /// Only its author has seen it.
    #[state(initial)]
    Draft,
    /// It is read by a reviewer.
    #[state(record)]
    Review {
        /// The reviewer.
        reviewer: String,
    },
    /// Everybody can read it.
    Published(Publication),
    /// Nothing follows.
    #[state(terminal)]
    Archived,
}

/// A report was read.
#[derive(Debug, Clone, Event, Serialize, Deserialize)]
#[event(requires(actor))]
pub struct ReadReport {
    /// The part that was read, in percent.
    pub percent: u8,
    /// The referrer.
    #[event(redact)]
    pub ip: String,
    /// The text that the page stores.
    #[event(skip)]
    pub scrolled: Vec<u32>,
}

/// A text that is written here or comes from elsewhere.
#[derive(StateMachine)]
#[transition(finish, from = Written | Imported, to = Finished)]
pub enum DraftState {
    /// It was written here.
    #[state(initial)]
    Written,
    /// It came from elsewhere.
    #[state(initial)]
    Imported,
    /// It is complete.
    #[state(terminal)]
    Finished,
}
