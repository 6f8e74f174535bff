//! Who is told of what a log has accepted, on whichever thread that is found out.

use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard, OnceLock};

use super::queue::lock;
use crate::observer::{Failures, Observers, Origin, under_lock};
use crate::record::{Record, RecordKind};

/// The observers of a log, in the order of its file.
#[derive(Default)]
pub(super) struct Telling {
    /// Where there is nobody, no record is copied for them.
    observers: OnceLock<Mutex<Observers<'static>>>,
    /// A copy, which an observer can look at while it is told.
    failures: Mutex<Vec<Failures>>,
}

/// A record for the observers, which are told of it when it is on the disk.
pub(super) struct Told {
    record: Record,
    origin: Origin,
}

thread_local! {
    /// Whose observers this thread is telling: those of one log may commit to another that has some.
    static TELLING: RefCell<Vec<*const Telling>> = const { RefCell::new(Vec::new()) };
}

impl Telling {
    /// The observers, to add one.
    pub(super) fn change(&self, change: impl FnOnce(&mut Observers<'static>)) {
        let mut observers = lock(self.observers.get_or_init(|| Mutex::new(Observers::new())));
        change(&mut observers);
        *lock(&self.failures) = observers.failures().cloned().collect();
    }

    pub(super) fn failures(&self) -> Vec<Failures> {
        lock(&self.failures).clone()
    }

    /// What is to be told of these records later, if there is anybody to tell.
    pub(super) fn later(&self, records: &[Record]) -> Vec<Told> {
        if self.observers.get().is_none() {
            return Vec::new();
        }
        let told = records.iter().map(|record| Told { record: record.clone(), origin: Origin::here() });
        told.collect()
    }

    /// Keeps the order of those who tell at once.
    pub(super) fn turn(&self) -> Option<MutexGuard<'_, Observers<'static>>> {
        self.observers.get().map(lock)
    }

    /// Tells of these records, on the thread that commits them.
    pub(super) fn tell_at_once(&self, observers: &mut Observers<'_>, records: &[Record]) {
        self.telling(observers, |observers| records.iter().for_each(|record| tell(observers, record)));
    }

    /// Tells of records that other threads may have committed.
    pub(super) fn tell(&self, told: &[Told]) {
        if let (Some(mut observers), false) = (self.turn(), told.is_empty()) {
            self.telling(&mut observers, |observers| {
                for Told { record, origin } in told {
                    origin.enter(|| tell(observers, record));
                }
            });
        }
    }

    /// Whether this thread is telling, so that it would wait for itself.
    pub(super) fn is_under_way(&self) -> bool {
        TELLING.try_with(|telling| telling.borrow().contains(&std::ptr::from_ref(self))).unwrap_or(false)
    }

    fn telling(&self, observers: &mut Observers<'_>, tell: impl FnOnce(&mut Observers<'_>)) {
        let failed = |observers: &Observers<'_>| observers.failures().map(Failures::total).sum::<u64>();
        let before = failed(observers);
        let _ = TELLING.try_with(|telling| telling.borrow_mut().push(self));
        under_lock(|| tell(observers));
        let _ = TELLING.try_with(|telling| telling.borrow_mut().pop());
        if failed(observers) != before {
            *lock(&self.failures) = observers.failures().cloned().collect();
        }
    }
}

/// A refusal is written, but nothing has happened that there would be to tell of.
fn tell(observers: &mut Observers<'_>, record: &Record) {
    if record.kind != RecordKind::Refusal {
        observers.notify(record);
    }
}
