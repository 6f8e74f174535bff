//! The list of a hub's subscribers, and what can be said of one when it has been added.

use std::fmt;

use super::register::Register;
use crate::observer::{AsyncObservers, Failure, Failures, Fault, Observer, ObserverPlace, Observers};
use crate::record::Record;

/// How a hub keeps its subscribers: as [`Observers`], or as [`AsyncObservers`] where some of them wait. Nothing else
/// is one.
///
/// A plugin whose subscribers do not wait can install them in a hub of either sort:
///
/// ```
/// use tollgate::events::Login;
/// use tollgate::hub::{RegistrationError, Subscribers};
/// use tollgate::{AsyncHub, Hub};
///
/// fn install<'h, L: Subscribers<'h>>(hub: &mut Hub<'h, L>) -> Result<(), RegistrationError> {
///     hub.on::<Login>(|_, record| println!("{:?} is here", record.actor))?.named("greeter").last();
///     Ok(())
/// }
///
/// install(&mut Hub::new())?;
/// install(&mut AsyncHub::default())?;
/// # Ok::<(), RegistrationError>(())
/// ```
pub trait Subscribers<'h>: Arrange {
    /// Adds an observer in the place that it asks for, and says at which position that is.
    #[doc(hidden)]
    fn insert(&mut self, observer: impl Observer + Send + 'h) -> usize;

    #[doc(hidden)]
    fn on_failure(&mut self, report: impl FnMut(&Failure<'_>) + Send + 'h);

    #[doc(hidden)]
    fn failures(&self) -> impl Iterator<Item = &Failures>;
}

/// A list in which those that are there can be given another name and another place. No path leads to it from
/// outside, so that nobody else has such a list.
pub trait Arrange {
    #[doc(hidden)]
    fn rename(&mut self, position: usize, name: String);

    /// The position to which it came.
    #[doc(hidden)]
    fn move_to(&mut self, position: usize, place: ObserverPlace) -> usize;

    /// Counts and reports a failure of the hub itself, and returns whether it was reported.
    #[doc(hidden)]
    fn fail(&mut self, failures: &mut Failures, fault: Fault, record: &Record) -> bool;
}

macro_rules! subscribers {
    ($($Observers:ident)*) => {$(
        impl Arrange for $Observers<'_> {
            fn rename(&mut self, position: usize, name: String) {
                $Observers::rename(self, position, name);
            }

            fn move_to(&mut self, position: usize, place: ObserverPlace) -> usize {
                $Observers::move_to(self, position, place)
            }

            fn fail(&mut self, failures: &mut Failures, fault: Fault, record: &Record) -> bool {
                $Observers::fail(self, failures, fault, record)
            }
        }

        impl<'h> Subscribers<'h> for $Observers<'h> {
            fn insert(&mut self, observer: impl Observer + Send + 'h) -> usize {
                $Observers::insert(self, observer)
            }

            fn on_failure(&mut self, report: impl FnMut(&Failure<'_>) + Send + 'h) {
                $Observers::on_failure(self, report);
            }

            fn failures(&self) -> impl Iterator<Item = &Failures> {
                $Observers::failures(self)
            }
        }
    )*};
}

subscribers!(Observers AsyncObservers);

/// A subscriber that has just been added: it can be given a name and a place.
pub struct Subscribed<'a> {
    pub(super) register: &'a mut Register,
    pub(super) subscribers: &'a mut dyn Arrange,
    pub(super) position: usize,
}

#[allow(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "the subscriber is there, and what is said of it holds, whether or not more is said"
)]
impl Subscribed<'_> {
    /// Counts and reports its failures under this name. Without it, the name says what it hears of, as in
    /// `on create-table`, or is that of the observer that was given.
    pub fn named(self, name: impl Into<String>) -> Self {
        self.subscribers.rename(self.position, name.into());
        self
    }

    /// Tells it before those that did not ask for it.
    pub fn first(self) -> Self {
        self.placed(ObserverPlace::First)
    }

    /// Tells it after those that did not ask for it.
    pub fn last(self) -> Self {
        self.placed(ObserverPlace::Last)
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
        formatter.debug_struct("Subscribed").field("position", &self.position).finish_non_exhaustive()
    }
}
