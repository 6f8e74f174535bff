//! The notifications of a kept observer other than that of one record: a batch, and a number of missed records.

use super::{AnyObserver, AsyncObservers, List, Observers, catch_panic};
use crate::observer::batch::BatchError;
use crate::observer::outcome::{Fault, Isolated, isolated};
use crate::record::Record;

impl AnyObserver<'_> {
    /// Notifies it of several records. A panic counts for all of them.
    pub(in crate::observer) async fn observe_all(&mut self, records: &[Record]) -> Result<(), BatchError> {
        let answer = match self {
            AnyObserver::Sync(observer) => isolated(|| observer.observe_all(records)),
            AnyObserver::Async(observer) => catch_panic(Isolated::new(observer.observe_all(records))).await,
        };
        answer.unwrap_or_else(|fault| Err(BatchError { position: None, fault }))
    }

    pub(in crate::observer) async fn missed(&mut self, count: u64) -> Result<(), Fault> {
        match self {
            AnyObserver::Sync(observer) => isolated(|| observer.missed(count)),
            AnyObserver::Async(observer) => catch_panic(Isolated::new(observer.missed(count))).await,
        }
    }
}

impl Observers<'_> {
    /// Notifies each observer of the number of dropped records. A panic is counted.
    pub(in crate::observer) fn missed_by_all(&mut self, count: u64) {
        let List { entries, .. } = &mut self.0;
        for entry in entries {
            if isolated(|| entry.observer.missed(count)).is_err() {
                entry.failures.panics += 1;
            }
        }
    }
}

impl AsyncObservers<'_> {
    /// Notifies each observer of the number of dropped records. A panic is counted.
    pub(in crate::observer) async fn missed_by_all(&mut self, count: u64) {
        let List { entries, .. } = &mut self.0;
        for entry in entries {
            if entry.observer.missed(count).await.is_err() {
                entry.failures.panics += 1;
            }
        }
    }
}
