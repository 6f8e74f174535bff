//! Observers are told: plugins, metrics and alerts that hear of a record after the sink has accepted it.

use crate::record::Record;

/// Is told of a record after the sink has accepted it. It cannot refuse.
///
/// [`Sink::observed_by`](crate::Sink::observed_by) joins one to a sink. A closure is an observer:
///
/// ```
/// use tollgate::{Record, Sink};
///
/// let mut transitions = 0;
/// let log = Vec::new().observed_by(|_: &Record| transitions += 1);
/// # let _ = log;
/// ```
pub trait Observer {
    /// Hears of the record, in the order of acceptance.
    fn observe(&mut self, record: &Record);
}

impl<F: FnMut(&Record)> Observer for F {
    fn observe(&mut self, record: &Record) {
        self(record);
    }
}
