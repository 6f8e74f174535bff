//! The observers of a log, which are notified of what it has accepted.

use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::observer::{Failures, Observers, Origin, under_lock};
use crate::record::{Record, RecordKind};

/// The observers of a log. They are notified in the order of its file.
#[derive(Default)]
pub(super) struct Notifier {
    /// Unset if there are no observers: then no record is copied for them.
    observers: OnceLock<Mutex<Observers<'static>>>,
    /// A copy, which an observer can read while it is notified.
    failures: Mutex<Vec<Failures>>,
}

/// A record of which the observers are notified when it is on the disk.
pub(super) struct Notification {
    record: Record,
    origin: Origin,
    notifying: Vec<usize>,
}

thread_local! {
    /// The notifiers that wait for this thread, by address: an observer of one log may commit to another that has observers.
    static NOTIFYING: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

impl Notifier {
    /// Changes the observers.
    pub(super) fn change(&self, change: impl FnOnce(&mut Observers<'static>)) {
        let mut observers = lock(self.observers.get_or_init(|| Mutex::new(Observers::new())));
        change(&mut observers);
        self.copy_failures(&observers);
    }

    pub(super) fn failures(&self) -> Vec<Failures> {
        lock(&self.failures).clone()
    }

    /// Returns the notifications of these records, which this thread commits, if there are observers.
    pub(super) fn notifications(&self, records: &[Record]) -> Vec<Notification> {
        if self.observers.get().is_none() {
            return Vec::new();
        }
        let of =
            |record: &Record| Notification { record: record.clone(), origin: Origin::here(), notifying: notifying() };
        records.iter().map(of).collect()
    }

    /// Locks the observers, if there are any, so that records are buffered and notified in one order.
    pub(super) fn lock(&self) -> Option<MutexGuard<'_, Observers<'static>>> {
        self.observers.get().map(lock)
    }

    /// Notifies the observers of records that this thread commits.
    pub(super) fn notify_of(&self, observers: &mut Observers<'_>, records: &[Record]) {
        self.counting_failures(observers, |observers| {
            self.within(notifying(), || records.iter().for_each(|record| notify(observers, record)));
        });
    }

    /// Notifies the observers of records that other threads have committed.
    pub(super) fn notify(&self, notifications: &[Notification]) {
        let (Some(mut observers), false) = (self.lock(), notifications.is_empty()) else { return };
        self.counting_failures(&mut observers, |observers| {
            for Notification { record, origin, notifying } in notifications {
                self.within(notifying.clone(), || origin.enter(|| notify(observers, record)));
            }
        });
    }

    /// Returns whether these observers wait for this thread, so that a commit of it to their log would be a deadlock.
    pub(super) fn waits_for_this_thread(&self) -> bool {
        notifying().contains(&self.address())
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Runs this as a notification by this notifier, for a commit that was itself part of those.
    fn within(&self, mut notifying: Vec<usize>, run: impl FnOnce()) {
        notifying.push(self.address());
        let before = NOTIFYING.try_with(|current| current.replace(notifying)).unwrap_or_default();
        under_lock(run);
        let _ = NOTIFYING.try_with(|current| current.replace(before));
    }

    fn counting_failures(&self, observers: &mut Observers<'_>, notify: impl FnOnce(&mut Observers<'_>)) {
        let total = |observers: &Observers<'_>| observers.failures().map(Failures::total).sum::<u64>();
        let before = total(observers);
        notify(observers);
        if total(observers) != before {
            self.copy_failures(observers);
        }
    }

    fn copy_failures(&self, observers: &Observers<'_>) {
        *lock(&self.failures) = observers.failures().cloned().collect();
    }
}

/// A poisoned lock is usable: the only foreign code that runs under these locks are observers, whose panics are caught.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn notifying() -> Vec<usize> {
    NOTIFYING.try_with(|notifying| notifying.borrow().clone()).unwrap_or_default()
}

/// A refusal is written, but nothing has happened of which an observer could be notified.
fn notify(observers: &mut Observers<'_>, record: &Record) {
    if record.kind != RecordKind::Refusal {
        observers.notify(record);
    }
}
