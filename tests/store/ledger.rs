//! What became of each commit, as the one who made it was told.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tollgate::Cause;
use tollgate::uuid::Uuid;
use tollgate_store::Error;

/// What was said of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It is written.
    Acknowledged,
    /// It is not.
    Refused,
    /// Nobody said.
    Open,
}

/// The last word on each record.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<HashMap<Uuid, Fate>>);

impl Ledger {
    /// Notes the outcome of a commit: success, or the cause of its refusal.
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

    /// Notes the fate of a record, in place of what was noted before.
    pub fn set(&self, record: Uuid, fate: Fate) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(record, fate);
    }

    /// The records of this fate.
    #[must_use]
    pub fn of(&self, fate: Fate) -> Vec<Uuid> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|(_, other)| **other == fate).map(|(record, _)| *record).collect()
    }
}
