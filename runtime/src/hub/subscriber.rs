//! The subscribers of an event: closures that take it by value.

use std::borrow::Cow;
use std::future::Future;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::event::{Event, PropertiesError};
use crate::observer::{AsyncObserver, Observer, ObserverError, Outcome};
use crate::record::Record;

/// A closure that receives the events of one type; see [`Hub::on`](super::Hub::on).
///
/// It takes the event and its record, and returns nothing or a `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot subscribe to `{E}`",
    note = "a subscriber is a closure that takes the event and its record: `|event: {E}, record: &Record| ..`"
)]
pub trait Subscriber<E>: FnMut(E, &Record) -> <Self as Subscriber<E>>::Answer {
    /// The return type: an [`Outcome`].
    type Answer;
}

#[diagnostic::do_not_recommend]
impl<F, E, O> Subscriber<E> for F
where
    F: FnMut(E, &Record) -> O,
{
    type Answer = O;
}

/// A closure that receives the events of one type, and is awaited; see [`AsyncHub::on_async`](super::AsyncHub::on_async).
///
/// It takes the event and a copy of its record, so that its future can keep both, and returns a future of nothing
/// or a `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot subscribe to `{E}`",
    note = "an asynchronous subscriber is a closure that takes the event and its record, both by value: \
            `|event: {E}, record: Record| async move {{ .. }}`"
)]
pub trait AsyncSubscriber<E>: FnMut(E, Record) -> <Self as AsyncSubscriber<E>>::Answer {
    /// The return type: a future of an [`Outcome`].
    type Answer;
}

#[diagnostic::do_not_recommend]
impl<F, E, T> AsyncSubscriber<E> for F
where
    F: FnMut(E, Record) -> T,
{
    type Answer = T;
}

/// An event that can be read back from its record: every event that is `Deserialize`, and no other.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be subscribed to: it is not an event that is `Deserialize`",
    label = "not an event that can be read back from a record",
    note = "a hub reads the event from the record for each subscriber: `#[derive(Event, Serialize, Deserialize)]`"
)]
pub trait Readable: Event {
    fn read(record: &Record) -> Result<Option<Self>, PropertiesError>;
}

#[diagnostic::do_not_recommend]
impl<E: Event + DeserializeOwned> Readable for E {
    fn read(record: &Record) -> Result<Option<Self>, PropertiesError> {
        E::from_record(record)
    }
}

/// A subscriber as an observer: it receives the event in the record.
pub(super) struct EventSubscriber<E, F> {
    subscriber: F,
    event: PhantomData<fn(E)>,
}

impl<E: Readable, F> EventSubscriber<E, F> {
    pub(super) fn new(subscriber: F) -> Self {
        Self { subscriber, event: PhantomData }
    }

    fn default_name() -> Cow<'static, str> {
        Cow::Owned(format!("on {}", E::TYPE.name))
    }
}

impl<E: Readable, F: Subscriber<E, Answer: Outcome>> Observer for EventSubscriber<E, F> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        match E::read(record)? {
            Some(event) => (self.subscriber)(event, record).outcome(),
            None => Ok(()),
        }
    }

    fn name(&self) -> Cow<'_, str> {
        Self::default_name()
    }
}

impl<E, F> AsyncObserver for EventSubscriber<E, F>
where
    E: Readable,
    F: AsyncSubscriber<E, Answer: Future<Output: Outcome> + Send> + Send,
{
    fn observe(&mut self, record: &Record) -> impl Future<Output = Result<(), ObserverError>> + Send {
        // The event itself need not be `Send`: the closure has taken it before the future starts.
        let notified = E::read(record).map(|event| event.map(|event| (self.subscriber)(event, record.clone())));
        async move {
            match notified? {
                Some(notified) => notified.await.outcome(),
                None => Ok(()),
            }
        }
    }

    fn name(&self) -> Cow<'_, str> {
        Self::default_name()
    }
}
