//! The queue of batches to be written, and the commits that wait for them.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread::JoinHandle;

use super::disk::{Entry, Taken};
use super::error::FileError;
use super::telling::Told;
use crate::chart::Chart;
use crate::sink::Offers;

#[derive(Default)]
pub(super) struct Queue {
    pub(super) batches: VecDeque<Batch>,
    /// Whether a thread leads, or was woken to lead.
    pub(super) is_led: bool,
    /// Whether the writer thread was woken to lead.
    pub(super) is_writer_called: bool,
    pub(super) is_closing: bool,
    pub(super) writer: Option<JoinHandle<()>>,
    /// The buffers of an earlier batch, for reuse.
    pub(super) spare: Batch,
}

/// Lines that are written together.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) lines: Vec<u8>,
    pub(super) entries: Vec<Entry>,
    /// The charts that the records name, each once.
    pub(super) charts: Vec<&'static Chart>,
    /// The records, if there are observers to notify.
    pub(super) told: Vec<Told>,
    pub(super) group: Arc<Group>,
}

/// The commits that wait for a batch.
#[derive(Default)]
pub(super) struct Group {
    pub(super) state: Mutex<Waiting>,
    pub(super) changed: Condvar,
}

#[derive(Default)]
pub(super) struct Waiting {
    pub(super) taken: Option<Taken>,
    pub(super) wakers: Vec<Waker>,
}

/// A place in a batch.
pub(super) struct Ticket {
    pub(super) group: Arc<Group>,
    pub(super) index: usize,
    pub(super) leads: bool,
}

/// The largest buffer that is kept from one batch to the next.
pub(super) const KEPT: usize = 1024 * 1024;

/// A poisoned lock is usable: no foreign code runs under these locks except observers, whose panics are caught.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    pub(super) fn last_batch(&mut self) -> &mut Batch {
        if self.batches.is_empty() {
            self.begin_batch();
        }
        self.batches.back_mut().expect("a batch has been begun")
    }

    pub(super) fn begin_batch(&mut self) {
        let batch = std::mem::take(&mut self.spare);
        self.batches.push_back(batch);
    }

    /// Keeps the buffers of a finished batch for reuse. Returns the commits that wait for the batch.
    pub(super) fn keep(&mut self, mut batch: Batch) -> Arc<Group> {
        batch.lines.clear();
        batch.lines.shrink_to(KEPT);
        batch.entries.clear();
        batch.charts.clear();
        batch.told.clear();
        let group = std::mem::take(&mut batch.group);
        self.spare = batch;
        group
    }

    /// Puts the entries that were not written back, in front of newer ones.
    pub(super) fn put_back(&mut self, mut batch: Batch, written: usize) {
        let bytes: usize = batch.entries.drain(..written).map(|entry| entry.length).sum();
        batch.lines.drain(..bytes);
        if let Some(since) = self.batches.pop_front() {
            batch.lines.extend_from_slice(&since.lines);
            batch.entries.extend_from_slice(&since.entries);
            since.charts.iter().for_each(|chart| batch.name(chart));
            // Tasks may already wait for it.
            batch.group = since.group;
        }
        self.batches.push_front(batch);
    }
}

impl Batch {
    /// Notes a chart that a record of the batch names.
    fn name(&mut self, chart: &'static Chart) {
        // Not by address: the compiler may make several of one constant.
        if !self.charts.iter().any(|known| known.fingerprint == chart.fingerprint) {
            self.charts.push(chart);
        }
    }

    pub(super) fn add(&mut self, lines: &mut Vec<u8>, entry: Entry, offers: Offers<'_>, told: Vec<Told>) {
        offers.iter().filter_map(|offer| offer.chart()).for_each(|chart| self.name(chart));
        if self.lines.is_empty() && lines.capacity() >= self.lines.capacity() {
            std::mem::swap(&mut self.lines, lines);
        } else {
            self.lines.extend_from_slice(lines);
        }
        self.entries.push(entry);
        self.told.extend(told);
    }

    /// Returns the number of records in the first entries, as far as the records were kept.
    pub(super) fn told_of(&self, entries: usize) -> usize {
        let count = self.entries[..entries].iter().map(|entry| entry.records).sum::<usize>();
        count.min(self.told.len())
    }
}

impl Group {
    pub(super) fn publish(&self, taken: Taken) {
        let wakers = {
            let mut state = lock(&self.state);
            state.taken = Some(taken);
            std::mem::take(&mut state.wakers)
        };
        // Waking all of them takes longer than their write, and all at once they would compete with each other and with the
        // writing thread: each woken thread wakes the next.
        self.changed.notify_one();
        for waker in wakers {
            // This runs code of the runtime. A panic in it must not end the thread that writes for all others.
            let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
        }
    }
}

impl Ticket {
    pub(super) fn wait(self) -> Result<(), FileError> {
        let mut state = lock(&self.group.state);
        loop {
            if let Some(taken) = &state.taken {
                let result = taken.of(self.index);
                drop(state);
                self.group.changed.notify_one();
                return result;
            }
            state = self.group.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) async fn ready(self) -> Result<(), FileError> {
        let mut place = None;
        poll_fn(|context| {
            let mut state = lock(&self.group.state);
            if let Some(taken) = &state.taken {
                return Poll::Ready(taken.of(self.index));
            }
            if let Some(waker) = place.and_then(|place: usize| state.wakers.get_mut(place)) {
                waker.clone_from(context.waker());
            } else {
                place = Some(state.wakers.len());
                state.wakers.push(context.waker().clone());
            }
            Poll::Pending
        })
        .await
    }
}

impl Taken {
    pub(super) fn of(&self, index: usize) -> Result<(), FileError> {
        match &self.refused {
            Some(error) if index >= self.entries => Err(error.clone()),
            _ => Ok(()),
        }
    }
}
