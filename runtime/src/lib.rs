//! State machines that nobody passes unrecorded.
//!
//! The states and the transitions are declared on an enum. An illegal transition does not compile. A legal
//! one takes effect only when an audit [`Sink`] has accepted its [`Record`].
#![doc = include_str!("../../README.md")]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod any;
pub mod canonical;
pub mod chart;
mod event;
pub mod events;
pub mod guide;
pub mod hub;
#[doc(hidden)]
pub mod json;
mod lists;
mod machine;
pub mod observer;
mod record;
mod replay;
pub mod sink;
mod step;

// What appears in signatures, so that its version need not be matched by hand.
pub use chrono;
pub use serde;
pub use serde_json;
pub use tollgate_macros::{Event, StateMachine, Subject};
#[cfg(feature = "tracing")]
pub use tracing;
pub use uuid;

pub use crate::any::{AnyStep, NotAState, NotAllowed, WhyNot};
pub use crate::chart::Chart;
pub use crate::event::{Event, EventType, NamesSubject, PropertiesError, Property};
pub use crate::hub::{AsyncHub, Hub};
pub use crate::machine::{Moves, State, StateMachine, Stays, Subject, Table, Verdict};
pub use crate::observer::{AsyncObserver, Observer};
pub use crate::record::{
    Actor, ActorKind, Context, Digest, Id, NotADigest, Record, RecordKind, SubjectRef, Unrecordable, ValueError,
};
pub use crate::replay::{Misfit, ReplayError};
#[cfg(feature = "file")]
pub use crate::sink::file::JsonLinesFile;
pub use crate::sink::{AsyncBatchSink, AsyncSink, BatchSink, JsonLines, NoAudit, Sink};
pub use crate::step::{
    About, ActorKnown, Along, Cause, Complete, Created, EventStep, Fired, Given, Mark, Missing, New, Occurred,
    Optional, ReasonKnown, Refused, Step, Steps, commit_all, commit_all_async,
};
