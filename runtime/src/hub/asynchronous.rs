//! Hubs with asynchronous subscribers.

use std::future::Future;
use std::time::Duration;

use super::edge::ChartEdge;
use super::subscriber::EventSubscriber;
use super::subscription::Topic;
use super::{AsyncSubscriber, Filter, Hub, Readable, RegistrationError, Subscribed, Unregistered};
use crate::machine::StateMachine;
use crate::observer::{AsyncObserver, AsyncObservers, ObserverError, Outcome};
use crate::record::Record;

/// A [`Hub`] with asynchronous subscribers. Each is awaited before the next is notified.
///
/// It starts as its [`default`](Default::default), or from a hub with all its subscribers. So plugins that know only [`Hub`]
/// can be installed in both.
///
/// ```
/// use tollgate::events::{CreateTable, Login};
/// use tollgate::{AsyncHub, Hub};
///
/// # async fn post(_: String) -> std::io::Result<()> { Ok(()) }
/// let mut hub = Hub::new();
/// hub.on::<Login>(|_, record| println!("{:?} signed in", record.actor))?;
///
/// let mut hub = AsyncHub::from(hub);
/// hub.on_async::<CreateTable>(|event, record| async move { post(format!("{}: {}", record.at, event.table)).await })?;
/// # Ok::<(), tollgate::hub::RegistrationError>(())
/// ```
pub type AsyncHub<'h> = Hub<'h, AsyncObservers<'h>>;

impl<'h> AsyncHub<'h> {
    /// Subscribes to the events of this type, registers the type, and awaits the subscriber.
    /// [`on_async_within`](Self::on_async_within) has a time limit.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`register`](Self::register).
    pub fn on_async<E: Readable>(
        &mut self,
        subscriber: impl AsyncSubscriber<E, Answer: Future<Output: Outcome> + Send> + Send + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let event = self.register.event::<E>()?;
        Ok(self.add_async(Topic::Event(event), EventSubscriber::<E, _>::new(subscriber)))
    }

    /// Subscribes as [`on_async`](Self::on_async) does, with a time limit for each event: when it has passed, the
    /// subscriber's future is dropped, and the failure is a [`TimedOut`](crate::observer::TimedOut). `sleep` is the timer of
    /// your runtime.
    ///
    /// The other subscriptions take an observer, which has its limit by [`within`](AsyncObserver::within).
    ///
    /// ```
    /// use std::time::Duration;
    /// use tollgate::events::Login;
    /// use tollgate::{AsyncHub, Event, Record, sink};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut hub = AsyncHub::default();
    /// hub.on_async_within::<Login, _, _>(Duration::from_millis(5), tokio::time::sleep, |_, _: Record| async {
    ///     std::future::pending::<()>().await // a server that does not answer
    /// })?;
    /// let mut log = sink::adapt(Vec::new()).observed_by_async(hub.by_ref());
    /// Login.occurred().by("ann").commit_async(&mut log).await?; // waits for 5 ms
    /// drop(log);
    /// assert_eq!(hub.failures().map(|failures| failures.errors).sum::<u64>(), 1);
    /// # use tollgate::AsyncObserver as _;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of [`register`](Self::register).
    pub fn on_async_within<E: Readable, S, F>(
        &mut self,
        limit: Duration,
        sleep: S,
        subscriber: impl AsyncSubscriber<E, Answer: Future<Output: Outcome> + Send> + Send + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError>
    where
        S: FnMut(Duration) -> F + Send + 'h,
        F: Future + Send + 'h,
    {
        let event = self.register.event::<E>()?;
        Ok(self.add_async(Topic::Event(event), EventSubscriber::<E, _>::new(subscriber).within(limit, sleep)))
    }

    /// Subscribes to the creations and transitions of this machine, and awaits the observer; see
    /// [`on_transition`](Self::on_transition).
    ///
    /// # Errors
    ///
    /// Returns the errors of [`register_machine`](Self::register_machine).
    pub fn on_transition_async<M: StateMachine>(
        &mut self,
        observer: impl AsyncObserver + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let machine = self.register.machine::<M>()?;
        Ok(self.add_async(Topic::Machine(machine), observer))
    }

    /// Subscribes to the transitions along this edge, and awaits the observer; see [`on_edge`](Self::on_edge).
    ///
    /// # Errors
    ///
    /// Returns the errors of [`register_machine`](Self::register_machine), and [`RegistrationError::NoEdge`].
    pub fn on_edge_async<M: StateMachine>(
        &mut self,
        transition: &str,
        from: &str,
        to: &str,
        observer: impl AsyncObserver + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let edge = ChartEdge::find(M::CHART, transition, from, to)?;
        let machine = self.register.machine::<M>()?;
        Ok(self.add_async(Topic::Machine(machine), observer).along(edge))
    }

    /// Subscribes to all records, and awaits the observer; see [`on_any`](Self::on_any).
    pub fn on_any_async(&mut self, observer: impl AsyncObserver + 'h) -> Subscribed<'_> {
        self.add_async(Topic::Any, observer)
    }

    /// Subscribes to the records that match the filter, and awaits the observer; see [`on_matching`](Self::on_matching).
    pub fn on_matching_async(&mut self, filter: Filter, observer: impl AsyncObserver + 'h) -> Subscribed<'_> {
        self.add_async(Topic::Any, observer).matching(filter)
    }

    fn add_async(&mut self, topic: Topic, observer: impl AsyncObserver + 'h) -> Subscribed<'_> {
        let name = self.register.plugins.qualified(observer.name());
        let position = self.subscribers.insert_async(name, observer);
        self.subscribed(topic, position)
    }

    /// Notifies the subscribers of the record, and awaits each before the next.
    ///
    /// If the future is dropped, the subscriber that was awaited does not finish, and those after it are not notified.
    ///
    /// # Errors
    ///
    /// Returns [`Unregistered`], as [`Hub::notify`](Hub::notify) does.
    pub async fn notify(&mut self, record: &Record) -> Result<(), Unregistered> {
        let Some(routed) = self.register.routed(record) else {
            return Err(self.unregistered(record));
        };
        let mut has_finished = false;
        for position in routed.positions {
            let entry = &mut routed.entries[*position];
            if entry.accepts(record, routed.names) {
                let has_handled = self.subscribers.notify_at(*position, record).await;
                entry.is_finished = entry.is_once && has_handled;
            }
            has_finished |= entry.is_finished;
        }
        if has_finished {
            self.remove_finished();
        }
        Ok(())
    }
}

impl AsyncObserver for AsyncHub<'_> {
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        Ok(self.notify(record).await?)
    }

    async fn missed(&mut self, count: u64) {
        self.subscribers.missed(count).await;
    }
}

/// Keeps the subscribers, plugins and counts. Asynchronous subscribers can be added.
impl<'h> From<Hub<'h>> for AsyncHub<'h> {
    fn from(Hub { register, subscribers, own, borrowed }: Hub<'h>) -> Self {
        Self { register, subscribers: subscribers.into(), own, borrowed }
    }
}
