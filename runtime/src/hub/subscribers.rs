//! The list of a hub's subscribers, and the settings of a subscriber that has just been added.

use std::fmt;

use super::edge::ChartEdge;
use super::filter::Filter;
use super::plugin::qualified;
use super::register::Register;
use super::subscription::{SubscriberEntry, Subscription};
use crate::observer::{AsyncObservers, Failure, Failures, Fault, Observer, ObserverPlace, Observers, Reporter};
use crate::record::Record;

/// The list type of a hub: [`Observers`], or [`AsyncObservers`] if some subscribers are asynchronous. No other type
/// implements it.
///
/// A plugin whose subscribers are synchronous can install them in a hub of either kind:
///
/// ```
/// use tollgate::events::Login;
/// use tollgate::hub::{RegistrationError, Subscribers};
/// use tollgate::{AsyncHub, Hub};
///
/// fn install<'h, L: Subscribers<'h>>(hub: &mut Hub<'h, L>) -> Result<(), RegistrationError> {
///     hub.on::<Login>(|_, record| println!("{:?} signed in", record.actor))?.named("greeter").last();
///     Ok(())
/// }
///
/// install(&mut Hub::new())?;
/// install(&mut AsyncHub::default())?;
/// # Ok::<(), RegistrationError>(())
/// ```
pub trait Subscribers<'h>: SubscriberList {
    /// Adds an observer under this name, in the position that it requests, and returns that position.
    #[doc(hidden)]
    fn insert(&mut self, name: String, observer: impl Observer + Send + 'h) -> usize;

    #[doc(hidden)]
    fn on_failure(&mut self, report: impl FnMut(&Failure<'_>) + Send + 'h);

    #[doc(hidden)]
    fn take_reporter(&mut self) -> Reporter<'h>;

    #[doc(hidden)]
    fn restore_reporter(&mut self, reporter: Reporter<'h>);

    #[doc(hidden)]
    fn failures(&self) -> impl Iterator<Item = &Failures>;
}

/// A list whose subscribers can be renamed, moved and removed. Other crates cannot name this trait, so they cannot implement
/// it.
pub trait SubscriberList {
    #[doc(hidden)]
    fn rename(&mut self, position: usize, name: String);

    /// Returns the new position.
    #[doc(hidden)]
    fn move_to(&mut self, position: usize, place: ObserverPlace) -> usize;

    /// Drops the subscriber at this position, and returns its counts.
    #[doc(hidden)]
    fn remove(&mut self, position: usize) -> Failures;

    /// Counts and reports a failure of the hub itself, and returns whether it was reported.
    #[doc(hidden)]
    fn fail(&mut self, failures: &mut Failures, fault: Fault, record: &Record) -> bool;
}

macro_rules! subscribers {
    ($($Observers:ident)*) => {$(
        impl SubscriberList for $Observers<'_> {
            fn rename(&mut self, position: usize, name: String) {
                $Observers::rename(self, position, name);
            }

            fn move_to(&mut self, position: usize, place: ObserverPlace) -> usize {
                $Observers::move_to(self, position, place)
            }

            fn remove(&mut self, position: usize) -> Failures {
                $Observers::remove(self, position)
            }

            fn fail(&mut self, failures: &mut Failures, fault: Fault, record: &Record) -> bool {
                $Observers::fail(self, failures, fault, record)
            }
        }

        impl<'h> Subscribers<'h> for $Observers<'h> {
            fn insert(&mut self, name: String, observer: impl Observer + Send + 'h) -> usize {
                $Observers::insert(self, name, observer)
            }

            fn on_failure(&mut self, report: impl FnMut(&Failure<'_>) + Send + 'h) {
                $Observers::on_failure(self, report);
            }

            fn take_reporter(&mut self) -> Reporter<'h> {
                $Observers::take_reporter(self)
            }

            fn restore_reporter(&mut self, reporter: Reporter<'h>) {
                $Observers::restore_reporter(self, reporter);
            }

            fn failures(&self) -> impl Iterator<Item = &Failures> {
                $Observers::failures(self)
            }
        }
    )*};
}

subscribers!(Observers AsyncObservers);

/// A subscriber that has just been added, to give it a name, a position, a filter or a limit.
pub struct Subscribed<'a> {
    pub(super) register: &'a mut Register,
    pub(super) subscribers: &'a mut dyn SubscriberList,
    pub(super) position: usize,
}

#[allow(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "the subscriber is added, and its settings apply, whether or not the result is used"
)]
impl Subscribed<'_> {
    /// Counts and reports its failures under this name. The default is the records that it receives, as in
    /// `on create-table`, or the name of the observer. The name of its [plugin](super::Hub::plugin) comes before it.
    pub fn named(self, name: impl Into<String>) -> Self {
        let name = qualified(self.register.entries[self.position].plugin.as_deref(), name.into());
        self.subscribers.rename(self.position, name);
        self
    }

    /// Notifies it before those without a position.
    pub fn first(self) -> Self {
        self.placed(ObserverPlace::First)
    }

    /// Notifies it after those without a position.
    pub fn last(self) -> Self {
        self.placed(ObserverPlace::Last)
    }

    /// Notifies it only of records that match the filter, in place of a previous filter.
    pub fn matching(mut self, filter: Filter) -> Self {
        self.entry().filter = Some(filter);
        self
    }

    /// Removes it from the hub after the first record that it has handled. Then its failure counts are gone too.
    ///
    /// A record that it does not receive (another edge, or one that its filter excludes) does not count. An error or a
    /// panic does not count either: it is counted and reported, and the subscriber is notified of the next record. If the
    /// future of an asynchronous subscriber is dropped, it has not handled the record.
    pub fn once(mut self) -> Self {
        self.entry().is_once = true;
        self
    }

    /// Returns the id by which [`Hub::unsubscribe`](super::Hub::unsubscribe) removes it.
    pub fn subscription(&self) -> Subscription {
        self.register.entries[self.position].id
    }

    /// Restricts it to the transitions along this edge.
    pub(super) fn along(mut self, edge: ChartEdge) -> Self {
        self.entry().edge = Some(edge);
        self
    }

    fn entry(&mut self) -> &mut SubscriberEntry {
        &mut self.register.entries[self.position]
    }

    fn placed(mut self, place: ObserverPlace) -> Self {
        let position = self.subscribers.move_to(self.position, place);
        self.register.move_to(self.position, position);
        self.position = position;
        self
    }
}

impl fmt::Debug for Subscribed<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Subscribed").field("subscription", &self.subscription()).finish_non_exhaustive()
    }
}
