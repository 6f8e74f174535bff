//! The bounded queue between the callers that commit and the worker that delivers.
//!
//! All of its state is behind one lock. Callers and the worker wait by `event_listener`, as they do in async-channel.
//! A library's channel does not fit: a channel frees a place when a record is received, and this queue frees it when the
//! record is delivered. A channel also cannot return a failed batch to its front, or wake all callers when it is empty.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use event_listener::{Event, IntoNotification};
use uuid::Uuid;

use super::block_on::block_on;
use super::queued::{Batch, Queued};
use super::{CloseReport, WhenFull};
use crate::observer::Failures;

pub(super) struct Queue {
    capacity: usize,
    when_full: WhenFull,
    state: Mutex<State>,
    /// Notified when an idle worker has something to do.
    arrival: Event,
    /// Notified when a place becomes free, and when the queue is closed.
    free_place: Event,
    /// Notified after each delivery, and when no more deliveries will follow.
    progress: Event,
    /// Notified when no more deliveries will follow.
    end: Event,
}

struct State {
    /// The records that wait for the worker.
    waiting: VecDeque<Queued>,
    /// The records that are being delivered.
    in_delivery: Vec<Uuid>,
    accepted: Amount,
    done: Amount,
    /// How many records were dropped after the last one that was accepted.
    missed: u64,
    /// How many records this queue has dropped.
    dropped: u64,
    failures: Failures,
    /// Why it accepts no more records.
    closed: Option<ClosedBy>,
    /// The records were returned to the caller that closed the queue, so no record may be put back into the queue.
    is_given_back: bool,
    has_worker_ended: bool,
}

/// The number of records that were accepted, or that are done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    /// Records that were accepted. If they are done, they were delivered or have failed for good.
    pub(super) records: u64,
    /// Dropped records. If they are done, the observer was notified of their number.
    pub(super) missed: u64,
}

/// Why the queue accepts no more records.
#[derive(Debug, Clone, Copy)]
pub(super) enum ClosedBy {
    Caller,
    WorkerGone,
}

/// The next work of the worker.
pub(super) enum Work {
    /// Deliver the batch.
    Batch,
    /// Notify the observer of this number of dropped records, which no record follows.
    Missed(u64),
    /// The queue is closed and empty.
    Closed,
}

impl State {
    fn miss(&mut self, count: u64) {
        self.missed += count;
        self.accepted.missed += count;
    }

    fn drop_one(&mut self) {
        self.miss(1);
        self.dropped += 1;
    }

    fn is_over(&self) -> bool {
        self.is_given_back || self.has_worker_ended
    }

    fn undelivered(&self) -> usize {
        self.waiting.len() + self.in_delivery.len()
    }

    /// Fills the batch with the next records, at most `limit`.
    fn work(&mut self, batch: &mut Batch, limit: usize) -> Option<Work> {
        while batch.records().len() < limit && self.waiting.front().is_some_and(|queued| batch.accepts(queued)) {
            self.waiting.pop_front().into_iter().for_each(|queued| batch.push(queued));
        }
        self.in_delivery.extend(batch.ids());
        if !self.in_delivery.is_empty() {
            Some(Work::Batch)
        } else if self.missed > 0 {
            Some(Work::Missed(std::mem::take(&mut self.missed)))
        } else {
            self.closed.map(|_| Work::Closed)
        }
    }
}

impl Queue {
    pub(super) fn new(capacity: usize, when_full: WhenFull, observer: String) -> Self {
        let none = Amount { records: 0, missed: 0 };
        let state = State {
            waiting: VecDeque::new(),
            in_delivery: Vec::new(),
            accepted: none,
            done: none,
            missed: 0,
            dropped: 0,
            failures: Failures::of(observer),
            closed: None,
            is_given_back: false,
            has_worker_ended: false,
        };
        let [arrival, free_place, progress, end] = [const { Event::new() }; 4];
        Self { capacity, when_full, state: Mutex::new(state), arrival, free_place, progress, end }
    }

    /// Locks the state. No waker is called and no span is dropped under the lock, so that no thread can wait for itself
    /// and none can panic halfway through a change.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn dropped(&self) -> u64 {
        self.state().dropped
    }

    pub(super) fn undelivered(&self) -> usize {
        self.state().undelivered()
    }

    pub(super) fn accepted(&self) -> Amount {
        self.state().accepted
    }

    /// Returns the number of records that are done, and whether the deliveries have ended.
    pub(super) fn done(&self) -> (Amount, bool) {
        let state = self.state();
        (state.done, state.is_over())
    }

    /// Drops and counts a record that was not offered.
    pub(super) fn drop_one(&self) {
        self.state().drop_one();
    }

    /// Accepts a number of records that another queue dropped before this one.
    pub(super) fn missed_before(&self, count: u64) {
        self.state().miss(count);
        self.arrival.notify(1);
    }

    /// Offers a record, which is taken if there is a free place. Returns `None` if the caller must wait for one.
    pub(super) fn try_offer(&self, offered: &mut Option<Queued>) -> Option<Result<(), ClosedBy>> {
        let mut state = self.state();
        if let Some(closed) = state.closed {
            state.drop_one();
            return Some(Err(closed));
        }
        if state.undelivered() >= self.capacity {
            return match self.when_full {
                WhenFull::Wait => None,
                WhenFull::DropAndCount => {
                    state.drop_one();
                    Some(Ok(()))
                }
            };
        }
        let was_empty = state.waiting.is_empty();
        if let Some(mut queued) = offered.take() {
            queued.missed = std::mem::take(&mut state.missed);
            state.accepted.records += 1;
            state.waiting.push_back(queued);
        }
        drop(state);
        if was_empty {
            self.arrival.notify(1);
        }
        Some(Ok(()))
    }

    /// Offers a record, and waits for a free place. If this future is dropped before it is ready, the record is not
    /// delivered.
    pub(super) async fn offer(&self, mut offered: Option<Queued>) -> Result<(), ClosedBy> {
        loop {
            let free_place = self.free_place.listen();
            if let Some(answer) = self.try_offer(&mut offered) {
                return answer;
            }
            free_place.await;
        }
    }

    /// Does the same as [`offer`](Queue::offer), and blocks the thread while it waits.
    pub(super) fn offer_blocking(&self, mut offered: Option<Queued>) -> Result<(), ClosedBy> {
        // A fast worker frees a place within microseconds, and waking a parked thread costs it more than a delivery. If
        // the thread parked at once, batches of 1,024 would take 30 percent longer with an observer that takes 2 µs.
        const ATTEMPTS: usize = 8;
        for _ in 0..ATTEMPTS {
            thread::yield_now();
            if let Some(answer) = self.try_offer(&mut offered) {
                return answer;
            }
        }
        block_on(self.offer(offered))
    }

    /// Waits for the next work. A batch has at most `limit` records.
    pub(super) async fn next(&self, batch: &mut Batch, limit: usize) -> Work {
        loop {
            if let Some(work) = self.state().work(batch, limit) {
                return work;
            }
            let arrival = self.arrival.listen();
            if let Some(work) = self.state().work(batch, limit) {
                return work;
            }
            // The queue is empty. Every caller is woken, because one that was woken before may never use its place.
            self.free_place.notify(usize::MAX);
            arrival.await;
        }
    }

    /// Ends the delivery of the batch: the first `done` of its records are delivered, or have failed for good, and the
    /// others go back to the front.
    pub(super) fn settle(&self, batch: &mut Batch, done: usize) {
        let mut rest = batch.unwind(done);
        let mut state = self.state();
        state.in_delivery.clear();
        state.done.records += done as u64;
        if !state.is_given_back {
            rest.by_ref().for_each(|queued| state.waiting.push_front(queued));
        }
        drop(state);
        drop(rest);
        self.free_place.notify(done.additional());
        self.progress.notify(usize::MAX);
    }

    /// Marks this number of dropped records as reported to the observer.
    pub(super) fn announced(&self, missed: u64) {
        self.state().done.missed += missed;
        self.progress.notify(usize::MAX);
    }

    pub(super) fn failed(&self, failures: &Failures) {
        self.state().failures.clone_from(failures);
    }

    /// Accepts no more records. The records in the queue are still delivered.
    pub(super) fn close(&self) {
        self.state().closed.get_or_insert(ClosedBy::Caller);
        self.arrival.notify(1);
        self.free_place.notify(usize::MAX);
    }

    /// The worker has ended, by itself or because it was dropped.
    pub(super) fn worker_ended(&self) {
        let mut state = self.state();
        state.closed.get_or_insert(ClosedBy::WorkerGone);
        state.has_worker_ended = true;
        drop(state);
        self.free_place.notify(usize::MAX);
        self.notify_end();
    }

    /// Removes and returns the records in the queue, so that they are not delivered.
    pub(super) fn give_back(&self) -> CloseReport {
        let mut state = self.state();
        let waiting = std::mem::take(&mut state.waiting);
        // The observer is still notified of those that were dropped between them.
        state.missed += waiting.iter().map(|queued| queued.missed).sum::<u64>();
        state.is_given_back = true;
        let report = CloseReport {
            delivered: state.done.records,
            failures: state.failures.clone(),
            dropped: state.dropped,
            left: Vec::new(),
            unfinished: state.in_delivery.clone(),
        };
        drop(state);
        self.notify_end();
        CloseReport { left: waiting.into_iter().map(|queued| queued.record).collect(), ..report }
    }

    fn notify_end(&self) {
        self.progress.notify(usize::MAX);
        self.end.notify(usize::MAX);
    }

    /// Waits until this number of records is done, or the deliveries have ended.
    pub(super) async fn wait_done(&self, amount: Amount) {
        let is_done = |done: Amount| done.records >= amount.records && done.missed >= amount.missed;
        self.wait_for(&self.progress, |state| is_done(state.done) || state.is_over()).await;
    }

    /// Waits until the records are returned to the caller, or the worker has ended.
    pub(super) async fn wait_over(&self) {
        self.wait_for(&self.end, State::is_over).await;
    }

    pub(super) async fn wait_worker_ended(&self) {
        self.wait_for(&self.end, |state| state.has_worker_ended).await;
    }

    pub(super) fn is_given_back(&self) -> bool {
        self.state().is_given_back
    }

    async fn wait_for(&self, event: &Event, condition: impl Fn(&State) -> bool) {
        loop {
            let listener = event.listen();
            if condition(&self.state()) {
                return;
            }
            listener.await;
        }
    }
}
