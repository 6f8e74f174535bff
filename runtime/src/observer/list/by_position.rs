//! Single observers of a list, by their positions: a hub notifies the ones that subscribed to a record, and no others.

use super::{AnyObserver, AsyncObservers, IsolatedObserver, List, ListEntry, Observers, notify_isolated};
use crate::observer::outcome::{Isolated, Report};
use crate::observer::{AsyncObserver, Failures, Fault, Observer, ObserverPlace};
use crate::record::Record;

/// The name under which a hub counts its own failures. A subscriber of that name, such as an inner hub, gets a number.
pub(crate) const HUB_NAME: &str = "Hub";

/// The closure of `on_failure`, taken out of a list.
#[doc(hidden)]
#[derive(Default)]
pub struct Reporter<'o>(Option<Report<'o>>);

impl<O> List<'_, O> {
    /// Adds an observer and returns its position.
    fn add(&mut self, name: String, place: ObserverPlace, observer: O) -> usize {
        let name = self.free_name(name, Some(HUB_NAME));
        self.insert_as(name, place, observer);
        self.entries.partition_point(|entry| entry.place <= place) - 1
    }

    fn rename(&mut self, position: usize, name: String) {
        if self.entries[position].failures.observer != name {
            self.entries[position].failures.observer = self.free_name(name, Some(HUB_NAME));
        }
    }

    fn move_to(&mut self, position: usize, place: ObserverPlace) -> usize {
        let mut entry = self.entries.remove(position);
        entry.place = place;
        let position = self.entries.partition_point(|entry| entry.place <= place);
        self.entries.insert(position, entry);
        position
    }

    /// Counts and reports a failure of the hub itself, and returns whether it was reported.
    fn fail(&mut self, failures: &mut Failures, fault: Fault, record: &Record) -> bool {
        failures.count(fault, record, self.report.as_mut());
        self.report.is_some()
    }
}

macro_rules! by_position {
    ($($Observers:ident: $kept:expr;)*) => {$(
        impl<'o> $Observers<'o> {
            /// Adds an observer under this name, in the position that it requests, and returns that position.
            pub(crate) fn insert(&mut self, name: String, observer: impl Observer + Send + 'o) -> usize {
                let place = observer.place();
                self.0.add(name, place, $kept(observer))
            }

            pub(crate) fn rename(&mut self, position: usize, name: String) {
                self.0.rename(position, name);
            }

            /// Returns the new position.
            pub(crate) fn move_to(&mut self, position: usize, place: ObserverPlace) -> usize {
                self.0.move_to(position, place)
            }

            /// Drops the observer at this position, and returns its counts.
            pub(crate) fn remove(&mut self, position: usize) -> Failures {
                self.0.entries.remove(position).failures
            }

            pub(crate) fn fail(&mut self, failures: &mut Failures, fault: Fault, record: &Record) -> bool {
                self.0.fail(failures, fault, record)
            }

            pub(crate) fn take_reporter(&mut self) -> Reporter<'o> {
                Reporter(self.0.report.take())
            }

            /// Puts a closure back, and drops the present one.
            pub(crate) fn restore_reporter(&mut self, reporter: Reporter<'o>) {
                self.0.report = reporter.0;
            }
        }
    )*};
}

by_position! {
    Observers: at_once;
    AsyncObservers: AnyObserver::synchronous;
}

fn at_once<'o>(observer: impl Observer + Send + 'o) -> IsolatedObserver<'o> {
    Isolated::new(Box::new(observer))
}

impl Observers<'_> {
    /// Notifies the observer at this position, and returns whether it succeeded.
    #[inline]
    pub(crate) fn notify_at(&mut self, position: usize, record: &Record) -> bool {
        let List { entries, report } = &mut self.0;
        let ListEntry { observer, failures, .. } = &mut entries[position];
        match notify_isolated(&mut ***observer, record) {
            Ok(()) => true,
            Err(fault) => {
                failures.count(fault, record, report.as_mut());
                false
            }
        }
    }
}

impl<'o> AsyncObservers<'o> {
    /// Adds an asynchronous observer under this name, and returns its position.
    pub(crate) fn insert_async(&mut self, name: String, observer: impl AsyncObserver + 'o) -> usize {
        let place = observer.place();
        self.0.add(name, place, AnyObserver::asynchronous(observer))
    }

    /// Notifies the observer at this position, awaits it, and returns whether it succeeded.
    pub(crate) async fn notify_at(&mut self, position: usize, record: &Record) -> bool {
        let List { entries, report } = &mut self.0;
        let ListEntry { observer, failures, .. } = &mut entries[position];
        match observer.notify(record).await {
            Ok(()) => true,
            Err(fault) => {
                failures.count(fault, record, report.as_mut());
                false
            }
        }
    }
}
