//! Hubs: observers with subscribers, each of which hears of what it asked for.
//!
//! A [`Hub`] stands between a sink and plugins. It knows types of events, whose names are then taken, and
//! machines; it tells a record to those who subscribed to its event, to its machine or to all; and its
//! [`catalog`](Hub::catalog) says what there is to subscribe to.
//!
//! ```
//! use tollgate::events::{CreateTable, DropTable};
//! use tollgate::{Event, Hub, Observer, Record, sink};
//!
//! // What a plugin offers: a function that is handed the hub.
//! fn install<'h>(hub: &mut Hub<'h>, tables: &'h mut Vec<String>) -> Result<(), tollgate::hub::RegistrationError> {
//!     hub.register::<DropTable>()?;
//!     hub.on::<CreateTable>(|event, record| {
//!         tables.push(format!("{} at {}", event.table, record.at));
//!     })?;
//!     Ok(())
//! }
//!
//! let mut tables = Vec::new();
//! let mut hub = Hub::new();
//! hub.on_failure(|failure| eprintln!("{failure}"));
//! install(&mut hub, &mut tables)?;
//!
//! let mut log: Vec<Record> = Vec::new();
//! let mut observed = sink::adapt(&mut log).observed_by(hub);
//! let event = CreateTable { database: "town".into(), table: "trees".into(), schema: "(id integer)".into() };
//! event.occurred().by("ann").at("2026-05-01T09:30:00Z".parse()?).commit(&mut observed)?;
//! DropTable { database: "town".into(), table: "trees".into() }.occurred().by("ann").commit(&mut observed)?;
//! # drop(observed);
//! assert_eq!(tables, ["trees at 2026-05-01 09:30:00 UTC"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Who is told of what
//!
//! | record | told to |
//! | --- | --- |
//! | an event of a type that is registered | [`on`](Hub::on) that type, [`on_any`](Hub::on_any) |
//! | an event of any other name | none: the hub counts and reports [`Unregistered`] |
//! | a creation or a transition | [`on_transition`](Hub::on_transition) and [`on_edge`](Hub::on_edge) of that machine, `on_any` |
//! | a refusal, from a file for instance | `on_any` |
//!
//! A name is all that tells one event from another, and any plugin can bring its own: so each is registered, and an
//! event of an unknown name may be anything. A transition has been held against its chart before it was recorded,
//! whoever knows the machine: so it is never kept from those who hear of all. Events and machines cannot be
//! mistaken for each other, and may share a name.
//!
//! Subscribers are told as [`Observers`] are: in their places, each isolated, their failures counted and reported.
//! Where the record's properties do not fit the type, that is a failure of those who subscribed to it, and of no
//! others.
//!
//! # Sharing one
//!
//! Whoever writes a sink of its own for each request gives each a clone of [`Hub::shared`], a hub behind a lock.
//! An [`AsyncHub`], and a hub whose subscribers are slow, goes behind a queue, by
//! [`Background`](crate::observer::Background).

mod catalog;
mod edge;
mod error;
mod register;
mod shared;
mod subscriber;
mod subscribers;

use std::fmt;
use std::marker::PhantomData;

pub use self::catalog::Catalog;
use self::edge::{OnEdge, edge};
pub use self::error::{RegistrationError, Unregistered};
use self::register::{Register, Topic};
pub use self::shared::{Reentered, SharedHub};
use self::subscriber::Typed;
pub use self::subscriber::{AsyncSubscriber, Readable, Subscriber};
pub use self::subscribers::{Subscribed, Subscribers};
use crate::event::Event;
use crate::machine::StateMachine;
use crate::observer::{
    AsyncObserver, AsyncObservers, Failure, Failures, Fault, Observer, ObserverError, Observers, Outcome,
};
use crate::record::Record;

/// An [`Observer`] with subscribers, each of which hears of what it asked for. See [the module](self).
///
/// `'h` is what its subscribers borrow. `L` is how it keeps them: as [`Observers`], or, in an [`AsyncHub`], as
/// [`AsyncObservers`].
pub struct Hub<'h, L = Observers<'h>> {
    register: Register,
    subscribers: L,
    /// The events that it refused, since they were not registered.
    own: Failures,
    borrowed: PhantomData<&'h ()>,
}

/// A [`Hub`] of which some subscribers wait; each is awaited before the next is told.
///
/// It begins as its [`default`](Default::default), or as a hub, with all who subscribed to it: so plugins that know
/// only [`Hub`] serve both.
///
/// ```
/// use tollgate::events::{CreateTable, Login};
/// use tollgate::{AsyncHub, Hub};
///
/// # async fn post(_: String) -> std::io::Result<()> { Ok(()) }
/// let mut hub = Hub::new();
/// hub.on::<Login>(|_, record| println!("{:?} is here", record.actor))?;
///
/// let mut hub = AsyncHub::from(hub);
/// hub.on_async::<CreateTable>(|event, record| async move { post(format!("{}: {}", record.at, event.table)).await })?;
/// # Ok::<(), tollgate::hub::RegistrationError>(())
/// ```
pub type AsyncHub<'h> = Hub<'h, AsyncObservers<'h>>;

impl<'h> Hub<'h> {
    /// Knows nothing yet, and has no subscribers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells the record to those who subscribed to what it is of.
    ///
    /// # Errors
    ///
    /// [`Unregistered`] if it is an event of a type that is not registered. No subscriber is notified, and the hub counts
    /// and reports the failure under its own name; see [`on_failure`](Self::on_failure).
    #[inline]
    pub fn notify(&mut self, record: &Record) -> Result<(), Unregistered> {
        let Some(positions) = self.register.subscribers(record) else {
            return Err(self.unregistered(record));
        };
        if !positions.is_empty() {
            self.subscribers.tell_those(positions, record);
        }
        Ok(())
    }

    /// The hub behind a lock, for many to share.
    #[must_use]
    pub fn shared(self) -> SharedHub<'h> {
        SharedHub::new(self)
    }
}

impl<L> Hub<'_, L> {
    /// Registers a type of event, to which nobody need subscribe. To do so again changes nothing.
    ///
    /// # Errors
    ///
    /// [`RegistrationError::EventName`], where another type has its name.
    pub fn register<E: Event>(&mut self) -> Result<(), RegistrationError> {
        self.register.event::<E>().map(drop)
    }

    /// Registers a machine, for the catalog. To do so again changes nothing.
    ///
    /// # Errors
    ///
    /// [`RegistrationError::MachineName`], where another machine has its name or one of its former names.
    pub fn register_machine<M: StateMachine>(&mut self) -> Result<(), RegistrationError> {
        self.register.machine::<M>().map(drop)
    }

    /// Every type of event and every machine that is registered.
    #[must_use]
    pub fn catalog(&self) -> Catalog {
        Catalog::new(self.register.events(), self.register.machines())
    }
}

impl<'h, L: Subscribers<'h>> Hub<'h, L> {
    /// Tells the subscriber of each event of this type, which is registered by that.
    ///
    /// # Errors
    ///
    /// Those of [`register`](Self::register).
    pub fn on<E: Readable>(
        &mut self,
        subscriber: impl Subscriber<E, Answer: Outcome> + Send + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let event = self.register.event::<E>()?;
        let position = self.subscribers.insert(Typed::<E, _>::new(subscriber));
        Ok(self.subscribed(Topic::Event(event), position))
    }

    /// Tells the observer of each creation and each transition of this machine, which is registered by that.
    ///
    /// # Errors
    ///
    /// Those of [`register_machine`](Self::register_machine).
    pub fn on_transition<M: StateMachine>(
        &mut self,
        observer: impl Observer + Send + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let machine = self.register.machine::<M>()?;
        let position = self.subscribers.insert(observer);
        Ok(self.subscribed(Topic::Machine(machine), position))
    }

    /// Tells the observer of each transition along this one edge, given by recorded names, of which any may be a
    /// former one. The machine is registered by that.
    ///
    /// # Errors
    ///
    /// Those of [`register_machine`](Self::register_machine), and [`RegistrationError::NoEdge`].
    pub fn on_edge<M: StateMachine>(
        &mut self,
        transition: &str,
        from: &str,
        to: &str,
        observer: impl Observer + Send + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let edge = edge(M::CHART, transition, from, to)?;
        let machine = self.register.machine::<M>()?;
        let position = self.subscribers.insert(OnEdge::new(M::CHART, edge, observer));
        Ok(self.subscribed(Topic::Machine(machine), position))
    }

    /// Tells the observer of everything that this hub is told of, but for events that are not registered.
    pub fn on_any(&mut self, observer: impl Observer + Send + 'h) -> Subscribed<'_> {
        let position = self.subscribers.insert(observer);
        self.subscribed(Topic::Any, position)
    }

    fn subscribed(&mut self, topic: Topic, position: usize) -> Subscribed<'_> {
        self.register.insert(position, topic);
        Subscribed { register: &mut self.register, subscribers: &mut self.subscribers, position }
    }

    /// Reports each failure of a subscriber, and each event that is not registered, to this closure, in place of the
    /// previous one. Without one, failures are only counted.
    ///
    /// A list of observers that has the hub, such as that of an adapter, also counts the event that is not registered, as
    /// a failure of `Hub`. It reports it only if the hub has not reported it.
    pub fn on_failure(&mut self, report: impl FnMut(&Failure<'_>) + Send + 'h) {
        self.subscribers.on_failure(report);
    }

    /// Returns the failure counts of each subscriber, in the order in which they are notified. If events were refused
    /// because they are not registered, the last item is `Hub`, with their number as `errors`.
    pub fn failures(&self) -> impl Iterator<Item = &Failures> {
        self.subscribers.failures().chain(Some(&self.own).filter(|own| own.total() > 0))
    }

    #[cold]
    fn unregistered(&mut self, record: &Record) -> Unregistered {
        let mut unregistered = self.register.unregistered(record);
        let fault = Fault::Error(unregistered.clone().into());
        unregistered.is_reported = self.subscribers.fail(&mut self.own, fault, record);
        unregistered
    }
}

impl<'h> AsyncHub<'h> {
    /// Tells the subscriber of each event of this type, which is registered by that, and waits for it.
    ///
    /// # Errors
    ///
    /// Those of [`register`](Self::register).
    pub fn on_async<E: Readable>(
        &mut self,
        subscriber: impl AsyncSubscriber<E, Answer: Future<Output: Outcome> + Send> + Send + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let event = self.register.event::<E>()?;
        let position = self.subscribers.insert_async(Typed::<E, _>::new(subscriber));
        Ok(self.subscribed(Topic::Event(event), position))
    }

    /// Tells the observer of each creation and each transition of this machine, and waits for it; see
    /// [`on_transition`](Self::on_transition).
    ///
    /// # Errors
    ///
    /// Those of [`register_machine`](Self::register_machine).
    pub fn on_transition_async<M: StateMachine>(
        &mut self,
        observer: impl AsyncObserver + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let machine = self.register.machine::<M>()?;
        let position = self.subscribers.insert_async(observer);
        Ok(self.subscribed(Topic::Machine(machine), position))
    }

    /// Tells the observer of each transition along this one edge, and waits for it; see [`on_edge`](Self::on_edge).
    ///
    /// # Errors
    ///
    /// Those of [`register_machine`](Self::register_machine), and [`RegistrationError::NoEdge`].
    pub fn on_edge_async<M: StateMachine>(
        &mut self,
        transition: &str,
        from: &str,
        to: &str,
        observer: impl AsyncObserver + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let edge = edge(M::CHART, transition, from, to)?;
        let machine = self.register.machine::<M>()?;
        let position = self.subscribers.insert_async(OnEdge::new(M::CHART, edge, observer));
        Ok(self.subscribed(Topic::Machine(machine), position))
    }

    /// Tells the observer of everything that this hub is told of, but for events that are not registered, and waits
    /// for it.
    pub fn on_any_async(&mut self, observer: impl AsyncObserver + 'h) -> Subscribed<'_> {
        let position = self.subscribers.insert_async(observer);
        self.subscribed(Topic::Any, position)
    }

    /// Tells the record to those who subscribed to what it is of, and waits for each before the next.
    ///
    /// # Errors
    ///
    /// [`Unregistered`] if it is an event of a type that is not registered. No subscriber is notified, and the hub counts
    /// and reports the failure under its own name; see [`on_failure`](Self::on_failure).
    pub async fn notify(&mut self, record: &Record) -> Result<(), Unregistered> {
        let Some(positions) = self.register.subscribers(record) else {
            return Err(self.unregistered(record));
        };
        self.subscribers.tell_those(positions, record).await;
        Ok(())
    }
}

impl Observer for Hub<'_> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        Ok(self.notify(record)?)
    }
}

impl AsyncObserver for AsyncHub<'_> {
    async fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        Ok(self.notify(record).await?)
    }
}

/// The same subscribers, with their counts, and room for some that wait.
impl<'h> From<Hub<'h>> for AsyncHub<'h> {
    fn from(Hub { register, subscribers, own, borrowed }: Hub<'h>) -> Self {
        Self { register, subscribers: subscribers.into(), own, borrowed }
    }
}

impl<L: Default> Default for Hub<'_, L> {
    fn default() -> Self {
        let own = Failures::of("Hub".to_owned());
        Self { register: Register::default(), subscribers: L::default(), own, borrowed: PhantomData }
    }
}

impl<L: fmt::Debug> fmt::Debug for Hub<'_, L> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events: Vec<_> = self.register.events().map(|event| event.name).collect();
        let machines: Vec<_> = self.register.machines().map(|chart| chart.machine).collect();
        formatter
            .debug_struct("Hub")
            .field("events", &events)
            .field("machines", &machines)
            .field("subscribers", &self.subscribers)
            .finish()
    }
}
