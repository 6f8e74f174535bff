//! A record in the queue, and the batch of records that the worker delivers in one call.

use std::future::{Future, poll_fn};
use std::pin::pin;

use uuid::Uuid;

use crate::observer::origin::Origin;
use crate::record::Record;

pub(super) struct Queued {
    pub(super) record: Record,
    origin: Origin,
    /// How many records were dropped between the previous one and this one.
    pub(super) missed: u64,
}

/// The records that the worker delivers in one call.
#[derive(Default)]
pub(super) struct Batch {
    /// How many records were dropped before the first.
    missed: u64,
    records: Vec<Record>,
    origins: Vec<Origin>,
}

impl Queued {
    /// Queues a record that this thread commits, with its current span and subscriber.
    pub(super) fn new(record: Record) -> Self {
        Self { record, origin: Origin::here(), missed: 0 }
    }
}

impl Batch {
    pub(super) fn records(&self) -> &[Record] {
        &self.records
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = Uuid> + '_ {
        self.records.iter().map(|record| record.id)
    }

    /// Whether this record can be added: it begins a new batch if records were dropped right before it, because the
    /// observer is notified of those first.
    pub(super) fn accepts(&self, queued: &Queued) -> bool {
        self.records.is_empty() || queued.missed == 0
    }

    pub(super) fn push(&mut self, Queued { record, origin, missed }: Queued) {
        self.missed += missed;
        self.records.push(record);
        self.origins.push(origin);
    }

    /// Takes the number of records that were dropped before the first.
    pub(super) fn take_missed(&mut self) -> u64 {
        std::mem::take(&mut self.missed)
    }

    /// Discards the first `done` records, and removes the others from the end.
    pub(super) fn unwind(&mut self, done: usize) -> impl Iterator<Item = Queued> + '_ {
        self.records.drain(..done);
        self.origins.drain(..done);
        let rest = self.records.drain(..).zip(self.origins.drain(..)).rev();
        rest.map(|(record, origin)| Queued { record, origin, missed: 0 })
    }

    /// Runs a future in the span and with the subscriber of the record. Several records run in no span.
    pub(super) async fn at_origin<T>(&self, future: impl Future<Output = T>) -> T {
        let Some(origin) = self.origins.first() else { return future.await };
        let is_alone = self.origins.len() == 1;
        let mut future = pin!(future);
        poll_fn(|context| {
            let poll = || future.as_mut().poll(context);
            if is_alone { origin.enter(poll) } else { origin.enter_subscriber(poll) }
        })
        .await
    }
}
