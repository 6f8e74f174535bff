//! One subscription of a hub: its id, the records that it receives, and its plugin.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::edge::ChartEdge;
use super::filter::Filter;
use super::register::RecordedNames;
use crate::record::Record;

/// Identifies a subscriber of a hub, to remove it with [`Hub::unsubscribe`](super::Hub::unsubscribe).
/// [`Subscribed::subscription`](super::Subscribed::subscription) returns it.
///
/// It is a plain id: dropping it removes nothing. Another hub does not know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subscription(pub(super) u64);

impl Subscription {
    /// Returns an id that is larger than those before, in any hub.
    pub(super) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// The records that are routed to a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// The event at this position of the register.
    Event(usize),
    /// The changes of the machine at this position.
    Machine(usize),
    /// All.
    Any,
}

/// A subscription. The subscriber itself is in the hub's list, at the same position.
#[derive(Debug)]
pub(super) struct SubscriberEntry {
    pub(super) id: Subscription,
    pub(super) topic: Topic,
    pub(super) edge: Option<ChartEdge>,
    pub(super) filter: Option<Filter>,
    pub(super) plugin: Option<Arc<str>>,
    pub(super) is_once: bool,
    /// Whether it has handled its one record. It is removed at the end of that dispatch, or of the next one if the future
    /// of that dispatch was dropped.
    pub(super) is_finished: bool,
}

impl SubscriberEntry {
    pub(super) fn new(topic: Topic, plugin: Option<Arc<str>>) -> Self {
        let id = Subscription::next();
        Self { id, topic, edge: None, filter: None, plugin, is_once: false, is_finished: false }
    }

    /// Returns whether the subscriber receives this record of its topic.
    #[inline]
    pub(super) fn accepts(&self, record: &Record, names: Option<RecordedNames>) -> bool {
        !self.is_finished
            && self.edge.is_none_or(|edge| edge.matches(record))
            && self.filter.as_ref().is_none_or(|filter| filter.matches(record, names))
    }
}
