//! The outcome of each commit, as its caller got it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tollgate::Cause;
use tollgate::uuid::Uuid;
use tollgate_store::Error;

/// The outcome of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It was written.
    Acknowledged,
    /// It was not written.
    Refused,
    /// The caller got no answer.
    Open,
}

/// The last reported outcome of each record.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<HashMap<Uuid, Fate>>);

impl Ledger {
    /// Notes the outcome of a commit: success, or the cause of its failure.
    pub fn note(&self, record: Uuid, refused: Option<&Cause<Error>>) {
        self.set(
            record,
            match refused {
                None => Fate::Acknowledged,
                Some(Cause::Sink(Error::Unknown { .. })) => Fate::Open,
                Some(_) => Fate::Refused,
            },
        );
    }

    /// Sets the fate of a record, and replaces an earlier one.
    pub fn set(&self, record: Uuid, fate: Fate) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(record, fate);
    }

    /// Returns the records with this fate.
    #[must_use]
    pub fn of(&self, fate: Fate) -> Vec<Uuid> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|(_, other)| **other == fate).map(|(record, _)| *record).collect()
    }
}
