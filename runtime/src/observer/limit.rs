//! A time limit for an asynchronous observer.

use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::{AsyncObserver, BatchError, ObserverError, ObserverPlace};
use crate::record::{Printable, Record};

/// An [`AsyncObserver`] with a time limit; see [`AsyncObserver::within`].
///
/// The limit holds for one call: a record, a batch, a number of missed records. A
/// [`Background`](super::Background) that [retries](super::BackgroundBuilder::retry) starts it again for each attempt.
///
/// ```
/// use std::time::Duration;
/// use tollgate::observer::AsyncObserver;
/// use tollgate::{Id, Record, StateMachine, sink};
///
/// # #[derive(StateMachine)]
/// # #[transition(open, from = Shut, to = Ajar)]
/// # enum DoorState { #[state(initial)] Shut, #[state(terminal)] Ajar }
/// # async fn post(_: String) -> std::io::Result<()> { std::future::pending().await }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let webhook = (|record: &Record| post(record.id.to_string())).named("webhook");
/// let mut log = sink::adapt(Vec::new())
///     .observed_by_async(webhook.within(Duration::from_millis(5), tokio::time::sleep))
///     .on_failure(|failure| eprintln!("{failure}")); // `webhook` took longer than its limit of 5ms ..
/// DoorMachine::create(Id::from(1)).commit_async(&mut log).await?; // does not wait any longer
/// # assert_eq!(log.failures().map(|failures| failures.errors).collect::<Vec<_>>(), [1]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Within<O, S> {
    pub(super) observer: O,
    pub(super) limit: Duration,
    pub(super) sleep: S,
}

/// An asynchronous observer took longer than its time limit. Its future was dropped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` took longer than its limit of {limit:?} and was stopped", Printable(observer))]
#[non_exhaustive]
pub struct TimedOut {
    /// The name of the observer.
    pub observer: String,
    /// The time limit.
    pub limit: Duration,
}

/// Returns the output of the first future, unless the second is ready before it.
pub(super) async fn unless<T>(first: impl Future<Output = T>, second: impl Future) -> Option<T> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|context| match first.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => second.as_mut().poll(context).map(|_| None),
    })
    .await
}

impl<O: AsyncObserver, S> Within<O, S> {
    fn timed_out(&self) -> TimedOut {
        TimedOut { observer: self.observer.name().into_owned(), limit: self.limit }
    }
}

impl<O, S, F> AsyncObserver for Within<O, S>
where
    O: AsyncObserver,
    S: FnMut(Duration) -> F + Send,
    F: Future + Send,
{
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        let observed = unless(self.observer.observe(record), (self.sleep)(self.limit)).await;
        observed.unwrap_or_else(|| Err(self.timed_out().into()))
    }

    async fn observe_all(&mut self, records: &[Record]) -> Result<(), BatchError> {
        let observed = unless(self.observer.observe_all(records), (self.sleep)(self.limit)).await;
        observed.unwrap_or_else(|| Err(self.timed_out().into()))
    }

    async fn missed(&mut self, count: u64) {
        // An error would belong to no record; the observer is still notified of the next record.
        let _ = unless(self.observer.missed(count), (self.sleep)(self.limit)).await;
    }

    fn name(&self) -> Cow<'_, str> {
        self.observer.name()
    }

    fn place(&self) -> ObserverPlace {
        self.observer.place()
    }
}
