//! Hubs: observers with subscribers, each of which receives the records that it subscribed to.
//!
//! A [`Hub`] connects a sink and plugins. Types of events and machines are registered in it, so no two types can have the
//! same name. It notifies the subscribers of a record's event, of its machine, or of all records. Its
//! [`catalog`](Hub::catalog) lists what can be subscribed to, and the subscriptions.
//!
//! ```
//! use tollgate::events::{CreateTable, DropTable};
//! use tollgate::{Event, Hub, Observer, Record, sink};
//!
//! // A plugin offers a function that gets the hub.
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
//! hub.plugin("tables", |hub| install(hub, &mut tables))?;
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
//! # The subscribers of a record
//!
//! | record | subscribers |
//! | --- | --- |
//! | an event of a registered type | [`on`](Hub::on) that type, [`on_any`](Hub::on_any), [`on_matching`](Hub::on_matching) |
//! | an event of any other name | none: the hub counts and reports [`Unregistered`] |
//! | a creation or a transition | [`on_transition`](Hub::on_transition) and [`on_edge`](Hub::on_edge) of that machine, `on_any`, `on_matching` |
//! | a refusal, from a file for instance | `on_any`, `on_matching` |
//!
//! An event is identified by its name alone, and each plugin can add types. So each type is registered, and an event of an
//! unknown name is an error. A transition was validated against its chart before it was recorded. So `on_any` also
//! receives the records of machines that are not registered. An event and a machine can have the same name.
//!
//! Subscribers are notified as [`Observers`] are: in their positions, each isolated, with its failures counted and
//! reported. If the properties of a record do not fit the type, only the subscribers of that type fail.
//!
//! # Subscribers that leave
//!
//! | to remove | call |
//! | --- | --- |
//! | one subscriber | [`unsubscribe`](Hub::unsubscribe), with the id from [`subscription`](Subscribed::subscription) |
//! | a group | [`remove_plugin`](Hub::remove_plugin), with the name given to [`plugin`](Hub::plugin) |
//! | a subscriber after one record | [`once`](Subscribed::once) |
//!
//! # A shared hub
//!
//! If each request has its own sink, give each a clone of [`Hub::shared`], a hub behind a lock. Subscribers can be added
//! and removed while it is in use: [`SharedHub::change`]. Put slow subscribers, and an [`AsyncHub`] behind synchronous
//! commits, into the [`Background`](crate::observer::Background).

mod asynchronous;
mod catalog;
mod delivery;
mod edge;
mod error;
mod filter;
mod plugin;
mod register;
mod shared;
mod subscriber;
mod subscribers;
mod subscription;

use std::fmt;
use std::marker::PhantomData;

pub use self::asynchronous::AsyncHub;
pub use self::catalog::{Catalog, CatalogEntry, Receives};
use self::edge::ChartEdge;
pub use self::error::RegistrationError;
pub use self::filter::Filter;
use self::register::Register;
pub use self::shared::{AccessError, Reentered, SharedHub};
use self::subscriber::EventSubscriber;
pub use self::subscriber::{AsyncSubscriber, Readable, Subscriber};
pub use self::subscribers::{Subscribed, Subscribers};
pub use self::subscription::Subscription;
use self::subscription::{SubscriberEntry, Topic};
use crate::event::Event;
use crate::machine::StateMachine;
pub use crate::observer::unregistered::Unregistered;
use crate::observer::{Failure, Failures, Fault, HUB_NAME, Observer, ObserverError, Observers, Outcome};
use crate::record::Record;

/// An [`Observer`] with subscribers, each of which receives the records that it subscribed to. See [the module](self).
///
/// `'h` is the lifetime of what its subscribers borrow. `L` is the type of its list: [`Observers`], or, in an
/// [`AsyncHub`], [`AsyncObservers`](crate::observer::AsyncObservers).
pub struct Hub<'h, L = Observers<'h>> {
    register: Register,
    subscribers: L,
    /// The events that it refused, since they were not registered.
    own: Failures,
    borrowed: PhantomData<&'h ()>,
}

impl<'h> Hub<'h> {
    /// Returns a hub without registered types and without subscribers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notifies the subscribers of the record.
    ///
    /// # Errors
    ///
    /// Returns [`Unregistered`] if it is an event of a type that is not registered. No subscriber is notified, and the hub
    /// counts and reports the failure under its own name; see [`on_failure`](Self::on_failure).
    #[inline]
    pub fn notify(&mut self, record: &Record) -> Result<(), Unregistered> {
        let Some(routed) = self.register.routed(record) else {
            return Err(self.unregistered(record));
        };
        let mut has_finished = false;
        for position in routed.positions {
            let entry = &mut routed.entries[*position];
            if entry.accepts(record, routed.names) {
                let has_handled = self.subscribers.notify_at(*position, record);
                entry.is_finished = entry.is_once && has_handled;
            }
            has_finished |= entry.is_finished;
        }
        if has_finished {
            self.remove_finished();
        }
        Ok(())
    }

    /// Returns the hub behind a lock, to be shared by several sinks.
    #[must_use]
    pub fn shared(self) -> SharedHub<'h> {
        SharedHub::new(self)
    }
}

impl<L> Hub<'_, L> {
    /// Registers a type of event, without a subscriber. Registering it again changes nothing.
    ///
    /// # Errors
    ///
    /// Returns [`RegistrationError::EventName`] if another type has its name.
    pub fn register<E: Event>(&mut self) -> Result<(), RegistrationError> {
        self.register.event::<E>().map(drop)
    }

    /// Registers a machine, for the catalog. Registering it again changes nothing.
    ///
    /// # Errors
    ///
    /// Returns [`RegistrationError::MachineName`] if another machine has its name or one of its former names.
    pub fn register_machine<M: StateMachine>(&mut self) -> Result<(), RegistrationError> {
        self.register.machine::<M>().map(drop)
    }
}

impl<'h, L: Subscribers<'h>> Hub<'h, L> {
    /// Subscribes to the events of this type, and registers the type.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`register`](Self::register).
    pub fn on<E: Readable>(
        &mut self,
        subscriber: impl Subscriber<E, Answer: Outcome> + Send + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let event = self.register.event::<E>()?;
        Ok(self.add(Topic::Event(event), EventSubscriber::<E, _>::new(subscriber)))
    }

    /// Subscribes to the creations and transitions of this machine, and registers the machine.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`register_machine`](Self::register_machine).
    pub fn on_transition<M: StateMachine>(
        &mut self,
        observer: impl Observer + Send + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let machine = self.register.machine::<M>()?;
        Ok(self.add(Topic::Machine(machine), observer))
    }

    /// Subscribes to the transitions along one edge, given by recorded names, each of which may be a former one. Registers
    /// the machine.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`register_machine`](Self::register_machine), and [`RegistrationError::NoEdge`].
    pub fn on_edge<M: StateMachine>(
        &mut self,
        transition: &str,
        from: &str,
        to: &str,
        observer: impl Observer + Send + 'h,
    ) -> Result<Subscribed<'_>, RegistrationError> {
        let edge = ChartEdge::find(M::CHART, transition, from, to)?;
        let machine = self.register.machine::<M>()?;
        Ok(self.add(Topic::Machine(machine), observer).along(edge))
    }

    /// Subscribes to all records, except events that are not registered.
    pub fn on_any(&mut self, observer: impl Observer + Send + 'h) -> Subscribed<'_> {
        self.add(Topic::Any, observer)
    }

    /// Subscribes to the records that match the filter, except events that are not registered. The catalog shows the
    /// filter.
    pub fn on_matching(&mut self, filter: Filter, observer: impl Observer + Send + 'h) -> Subscribed<'_> {
        self.add(Topic::Any, observer).matching(filter)
    }

    fn add(&mut self, topic: Topic, observer: impl Observer + Send + 'h) -> Subscribed<'_> {
        let name = self.register.plugins.qualified(observer.name());
        let position = self.subscribers.insert(name, observer);
        self.subscribed(topic, position)
    }

    fn subscribed(&mut self, topic: Topic, position: usize) -> Subscribed<'_> {
        let plugin = self.register.plugins.current.clone();
        self.register.insert(position, SubscriberEntry::new(topic, plugin));
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
    /// because they are not registered, the last item is `Hub`, with their number as `errors`. A hub inside this hub is
    /// `Hub #2`.
    pub fn failures(&self) -> impl Iterator<Item = &Failures> {
        self.subscribers.failures().chain(Some(&self.own).filter(|own| own.total() > 0))
    }

    /// Returns the registered types of events and machines, the plugins and the subscriptions.
    #[must_use]
    pub fn catalog(&self) -> Catalog {
        Catalog::new(&self.register, self.subscribers.failures())
    }

    #[cold]
    fn unregistered(&mut self, record: &Record) -> Unregistered {
        let mut unregistered = self.register.unregistered(record);
        let fault = Fault::Error(unregistered.clone().into());
        unregistered.is_reported = self.subscribers.fail(&mut self.own, fault, record);
        unregistered
    }
}

impl Observer for Hub<'_> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        Ok(self.notify(record)?)
    }

    fn missed(&mut self, count: u64) {
        self.subscribers.missed(count);
    }
}

impl<L: Default> Default for Hub<'_, L> {
    fn default() -> Self {
        let own = Failures::of(HUB_NAME.to_owned());
        Self { register: Register::default(), subscribers: L::default(), own, borrowed: PhantomData }
    }
}

impl<L: fmt::Debug> fmt::Debug for Hub<'_, L> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events: Vec<_> = self.register.events().map(|event| event.name).collect();
        let machines: Vec<_> = self.register.machines().map(|chart| chart.machine).collect();
        let plugins: Vec<_> = self.register.plugins.names().collect();
        formatter
            .debug_struct("Hub")
            .field("events", &events)
            .field("machines", &machines)
            .field("plugins", &plugins)
            .field("subscribers", &self.subscribers)
            .finish()
    }
}
