//! Some of the observers of a list: what a hub tells, whose subscribers do not all hear of everything.

use super::{AsyncObservers, Entry, List, Observers, tell};
use crate::observer::{AsyncObserver, Failures, Fault, Observer, ObserverPlace};
use crate::record::Record;

impl<O> List<'_, O> {
    /// Where the one that was added last in this place stands.
    fn last_of(&self, place: ObserverPlace) -> usize {
        self.entries.partition_point(|entry| entry.place <= place) - 1
    }

    fn rename(&mut self, position: usize, name: String) {
        if self.entries[position].failures.observer != name {
            self.entries[position].failures.observer = self.free_name(name);
        }
    }

    /// Counts and reports a failure of the hub itself, and returns whether it was reported.
    fn fail(&mut self, failures: &mut Failures, fault: Fault, record: &Record) -> bool {
        failures.count(fault, record, self.report.as_mut());
        self.report.is_some()
    }

    fn move_to(&mut self, position: usize, place: ObserverPlace) -> usize {
        let mut entry = self.entries.remove(position);
        entry.place = place;
        let position = self.entries.partition_point(|entry| entry.place <= place);
        self.entries.insert(position, entry);
        position
    }
}

macro_rules! chosen {
    ($($Observers:ident)*) => {$(
        impl<'o> $Observers<'o> {
            /// Adds an observer in the place that it asks for, and says at which position that is.
            pub(crate) fn insert(&mut self, observer: impl Observer + Send + 'o) -> usize {
                let place = observer.place();
                self.add(observer);
                self.0.last_of(place)
            }

            pub(crate) fn fail(&mut self, failures: &mut Failures, fault: Fault, record: &Record) -> bool {
                self.0.fail(failures, fault, record)
            }

            pub(crate) fn rename(&mut self, position: usize, name: String) {
                self.0.rename(position, name);
            }

            /// The position to which it came.
            pub(crate) fn move_to(&mut self, position: usize, place: ObserverPlace) -> usize {
                self.0.move_to(position, place)
            }
        }
    )*};
}

chosen!(Observers AsyncObservers);

impl Observers<'_> {
    /// Tells those at these positions.
    pub(crate) fn tell_those(&mut self, positions: &[usize], record: &Record) {
        let List { entries, report } = &mut self.0;
        for position in positions {
            let Entry { observer, failures, .. } = &mut entries[*position];
            if let Err(fault) = tell(&mut ***observer, record) {
                failures.count(fault, record, report.as_mut());
            }
        }
    }
}

impl<'o> AsyncObservers<'o> {
    /// Adds an observer that waits, and says at which position that is.
    pub(crate) fn insert_async(&mut self, observer: impl AsyncObserver + 'o) -> usize {
        let place = observer.place();
        self.add_async(observer);
        self.0.last_of(place)
    }

    /// Tells those at these positions, and waits for each before the next.
    pub(crate) async fn tell_those(&mut self, positions: &[usize], record: &Record) {
        let List { entries, report } = &mut self.0;
        for position in positions {
            let Entry { observer, failures, .. } = &mut entries[*position];
            if let Err(fault) = observer.tell(record).await {
                failures.count(fault, record, report.as_mut());
            }
        }
    }
}
