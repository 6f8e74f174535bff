//! The parameters of an event's step: nothing moves, and the event may be about a subject. The step is in `event`.

use crate::record::{SubjectRef, Timestamp};

/// The step of an event: no machine changes its state.
#[derive(Debug)]
pub enum EventOccurred {}

/// The step of an event in a box, whose type is known only at run time.
#[derive(Debug)]
pub enum BoxedEventOccurred {}

/// The subject of an event, if it has one, and the time of that subject's last record, if it is known.
#[derive(Debug)]
pub struct About(pub(crate) Option<(SubjectRef, Option<Timestamp>)>);
