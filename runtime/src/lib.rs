//! State machines with an audit trail: the compiler checks each transition, and a [`Sink`] must accept its record before the
//! state changes.
//!
//! You declare states and transitions on an enum. A transition that you did not declare does not compile.
//!
//! ```
//! use tollgate::{StateMachine, Subject};
//!
//! /// A report on its way to publication.
//! #[derive(Subject)]
//! struct Report {
//!     #[subject(id)]
//!     id: u64,
//!     title: String,
//! }
//!
//! #[derive(StateMachine)]
//! #[machine(subject = Report)]
//! #[transition(submit,  from = Draft,  to = Review, guard = has_title)]
//! #[transition(approve, from = Review, to = Published, requires(actor))]
//! #[transition(reject,  from = Review, to = Draft, requires(actor, reason))]
//! enum ReportState {
//!     #[state(initial)]
//!     Draft,
//!     Review { reviewer: String },
//!     #[state(terminal)]
//!     Published,
//! }
//!
//! fn has_title(report: &Report) -> bool {
//!     !report.title.is_empty()
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let mut log = Vec::new(); // a sink for tests; `JsonLines::open("trail.jsonl")?` is a durable one
//!
//!     let report = Report { id: 7, title: "Street trees".into() };
//!     let report = ReportMachine::create(report).by("ann").commit(&mut log)?; // ReportMachine<Draft>
//!     let report = report.submit("bob".into()).commit(&mut log)?; // ReportMachine<Review>
//!     let report = report.reject().by("bob").because("no sources").commit(&mut log)?; // ReportMachine<Draft>
//!
//!     assert_eq!((report.version(), log.len()), (3, 3)); // one record for each step
//!     Ok(())
//! }
//! ```
//!
//! At the end `report` is a draft. `report.approve()` does not compile: ``illegal transition: `approve` does not leave
//! `Draft` ``. Neither does `report.reject()`. In `Review`, a `reject` that lacks `.by(..)` or `.because(..)` does not
//! compile either.
//!
//! # How it fits together
//!
//! - [`StateMachine`](derive@StateMachine) generates, for `ReportState`: `ReportMachine<S>`, with one method for each
//!   transition; `AnyReport`, for a state that is known only at run time; `ReportTransition`, a transition as data; and
//!   `ReportState::CHART`, the machine as a constant [`Chart`].
//! - A transition method returns a [`Step`]. `.by(..)` and `.because(..)` add the actor and the reason, and
//!   [`commit`](Step::commit) or [`commit_async`](Step::commit_async) performs it, in this order: check the guards (your
//!   functions over the subject) and the permission (which also gets the actor), build the record, offer it to the sink,
//!   enter the new state.
//! - A commit that fails returns [`CommitError`]: the cause, and the step with the machine in its old state. The step can be
//!   committed again, with the same record id.
//! - A [`Record`] holds the actor, the subject (here the report's kind and id), the two states, the time and the reason. Its
//!   JSON form is versioned.
//! - An [`Observer`] is notified after the sink has accepted a record, and cannot reject it. A [`Hub`] is an observer that
//!   notifies each subscriber of the events or machines that it subscribed to.
//! - An [`Event`](trait@Event) is recorded without a transition, for example a login or the creation of a table. [`events`]
//!   has common event types.
//!
//! # Which sink
//!
//! `JsonLines::open` gives a [durable file](JsonLinesFile): when a commit returns, its record is on the disk. A `Vec<Record>`
//! is a sink for tests, [`NoAudit`] records nothing, and your own [`Sink`] is a type with one method. The crate `tollgate-store`
//! writes the state of your row and its record in one transaction, on SQLite or Postgres.
//!
//! The [guide] has a page for each task: [choosing a sink](guide::sinks), [observers](guide::observers),
//! [plugins](guide::plugins), [tests](guide::testing), [web handlers](guide::web_handlers),
//! [changing a chart](guide::changing_a_chart), and [moving from Viewflow, django-fsm-log or Datasette](guide::moving).
//!
//! # Promises
//!
//! - **No state without a record.** A machine is in a state because a sink accepted the record of the step into it, or
//!   because your program restored it by `resume`, `machine::resume_in`, `machine::resume_from` or `replay`.
//! - **No record without a legal edge.** A commit writes the record of a transition only if the chart has its edge: this
//!   transition, from the old state to the new one.
//!
//! The module that declares a machine is trusted, and so is the code that holds the sink. `SECURITY.md` in the repository
//! lists the other limits of the promises.
//!
//! # Features
//!
//! | feature | default | adds | depends on |
//! | --- | --- | --- | --- |
//! | `file` | yes | the durable file: `JsonLines::open`, `read`, `follow` and `charts`, and [`file`](mod@file) | `fs4`, `oneshot`, `sha2` |
//! | `tracing` | no | [`observer::Trace`], a `tracing` event for each record, and [`sink::Adapter::in_span`] | `tracing` |
//!
//! The crate needs `std` and Rust 1.85.

// Feature badges on docs.rs, which sets this cfg and builds with a nightly compiler. Since Rust 1.92 `doc_cfg` finds the
// features by itself.
#![cfg_attr(docsrs, feature(doc_cfg))]
// The page links to items that some builds leave out, because they depend on a feature.
#![cfg_attr(not(all(feature = "file", feature = "tracing")), allow(rustdoc::broken_intra_doc_links))]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod chart;
pub mod commit;
mod event;
pub mod events;
#[cfg(feature = "file")]
pub mod file;
pub mod guide;
pub mod hub;
pub mod machine;
pub mod observer;
mod record;
pub mod sink;

// These appear in signatures. A user of them need not match versions manually.
pub use chrono;
pub use serde;
pub use serde_json;
pub use tollgate_macros::{Event, StateMachine, Subject};
#[cfg(feature = "tracing")]
pub use tracing;
pub use uuid;

pub use crate::chart::Chart;
pub use crate::commit::{
    AnyCreation, AnyStep, Cause, CommitError, NotAllowed, Refusal, Step, commit_all, commit_all_async,
};
pub use crate::event::{
    AnyEvent, BoxedEventStep, Event, EventStep, EventType, FiredEvent, NamesSubject, PropertiesError, Property,
};
#[cfg(feature = "file")]
pub use crate::file::JsonLinesFile;
pub use crate::hub::{AsyncHub, Hub};
pub use crate::machine::{Misfit, NotAState, ReplayError, State, StateMachine, Subject, Table, Unrestorable};
pub use crate::observer::{AsyncObserver, Observer};
pub use crate::record::canonical;
pub use crate::record::{
    Actor, ActorKind, Context, Digest, Id, IdField, IdTooLarge, NotADigest, Record, RecordKind, SubjectRef,
    Unrecordable, ValueError,
};
pub use crate::sink::{AsyncBatchSink, AsyncSink, BatchSink, JsonLines, NoAudit, Sink};
