//! A record in the queue, and the records that the worker has taken out of it.

use uuid::Uuid;

use crate::record::Record;

pub(super) struct Queued {
    pub(super) record: Record,
    /// How many records were dropped between the one before and this one.
    pub(super) missed: u64,
}

/// The records that the worker delivers in one call.
#[derive(Default)]
pub(super) struct Batch {
    /// How many records were dropped before the first.
    missed: u64,
    records: Vec<Record>,
}

impl Queued {
    /// A record that is committed here and now.
    pub(super) fn new(record: Record) -> Self {
        Self { record, missed: 0 }
    }
}

impl Batch {
    pub(super) fn records(&self) -> &[Record] {
        &self.records
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.records.iter().map(|record| record.id)
    }

    /// Adds a record, unless some were dropped right before it: those are to be announced first.
    pub(super) fn accepts(&self, queued: &Queued) -> bool {
        self.records.is_empty() || queued.missed == 0
    }

    pub(super) fn push(&mut self, Queued { record, missed }: Queued) {
        self.missed += missed;
        self.records.push(record);
    }

    /// Takes the number of records that were dropped before it.
    pub(super) fn take_missed(&mut self) -> u64 {
        std::mem::take(&mut self.missed)
    }

    /// Empties it from the end, and discards the first `done` records.
    pub(super) fn unwind(&mut self, done: usize) -> impl Iterator<Item = Queued> + '_ {
        self.records.drain(..done);
        self.records.drain(..).rev().map(|record| Queued { record, missed: 0 })
    }
}
