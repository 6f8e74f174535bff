//! The callback that is notified of dropped records. The thread that commits never calls it.

use std::fmt;
use std::sync::Mutex;

use super::result::Number;
use crate::observer::outcome::{Isolated, isolated};
use crate::record::Printable;

/// A [`Background`](super::Background) dropped records after its last notice; see
/// [`on_dropped`](super::BackgroundBuilder::on_dropped).
#[derive(Debug)]
#[non_exhaustive]
pub struct Dropped<'a> {
    /// The name of the observer.
    pub observer: &'a str,
    /// How many records were dropped since the last notice.
    pub count: u64,
    /// How many records were dropped in all.
    pub total: u64,
}

impl fmt::Display for Dropped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Dropped { observer, count, total } = self;
        let (observer, count) = (Printable(observer), Number(*count));
        write!(formatter, "observer `{observer}` missed {count}, {total} in total: its queue was full or closed")
    }
}

pub(super) type OnDropped = Isolated<Box<dyn FnMut(&Dropped<'_>) + Send>>;

pub(super) struct DropNotifier(Option<Mutex<State>>);

struct State {
    callback: OnDropped,
    reported: u64,
}

impl DropNotifier {
    pub(super) fn new(callback: Option<OnDropped>) -> Self {
        Self(callback.map(|callback| Mutex::new(State { callback, reported: 0 })))
    }

    /// Calls the callback, if more records have been dropped than it was notified of.
    pub(super) fn notify(&self, observer: &str, total: impl FnOnce() -> u64) {
        // It is locked only during a call, on another thread or further up in this one.
        let Some(Ok(mut state)) = self.0.as_ref().map(Mutex::try_lock) else { return };
        let State { callback, reported } = &mut *state;
        let total = total();
        let count = total.saturating_sub(*reported);
        if count == 0 {
            return;
        }
        *reported = total;
        let _ = isolated(|| callback(&Dropped { observer, count, total }));
    }
}
