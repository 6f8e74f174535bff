//! The bounded queue between the callers that commit and the worker that delivers.
//!
//! It has two locks, so that the two sides seldom meet: `intake` is where records come in, `hands` what the worker
//! has taken. The worker goes to the intake only with empty hands, and takes all of it at once.

mod offer;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use uuid::Uuid;

use self::offer::{Offer, Ticket};
use super::WhenFull;
use super::progress::Amount;
use super::queued::{Batch, Queued};
use crate::observer::Failures;
use crate::record::Record;

pub(super) struct Queue {
    capacity: usize,
    when_full: WhenFull,
    intake: Mutex<Intake>,
    hands: Mutex<Hands>,
    /// How many records the worker has in its hands, for callers that look for a free place.
    in_hands: AtomicUsize,
    /// How many records were dropped.
    dropped: AtomicU64,
    /// Whether the intake holds any, for a worker that is still awake.
    has_records: AtomicBool,
    /// Whether a caller waits for a free place, for a worker that has just made one.
    is_awaited: AtomicBool,
}

struct Intake {
    records: VecDeque<Queued>,
    /// How many records it has accepted.
    accepted: u64,
    /// How many records were dropped after the last one that it has accepted.
    missed: u64,
    /// How many records were dropped in all, here or in a queue before this one.
    missed_in_all: u64,
    /// An earlier value of `in_hands`, which has only become less.
    in_hands_at_most: usize,
    /// Why it accepts no more records.
    closed: Option<NotTaken>,
    /// The worker, while it is parked.
    parked: Option<Waker>,
    /// The callers that wait for a free place: the first to come is in front.
    line: VecDeque<(Ticket, Waker)>,
    next_ticket: Ticket,
}

impl Intake {
    fn miss(&mut self, count: u64) {
        self.missed += count;
        self.missed_in_all += count;
    }
}

/// The records that the worker has taken, and the results of the deliveries.
struct Hands {
    records: VecDeque<Queued>,
    /// The records that are being delivered.
    current: Vec<Uuid>,
    delivered: u64,
    failures: Failures,
    /// The records were given back to the caller that closed it, so that none may come back into the queue.
    is_given_back: bool,
}

/// Why a record was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    Closed,
    WorkerGone,
}

/// The next thing for the worker to do, when it has delivered all that it had.
pub(super) enum Refill {
    Records,
    /// No record has come after these were dropped.
    Missed(u64),
    Closed,
}

/// The state of the queue when it was closed and the time was up.
pub(super) struct Rest {
    pub(super) records: Vec<Record>,
    pub(super) current: Vec<Uuid>,
    pub(super) dropped: u64,
    pub(super) delivered: u64,
    pub(super) failures: Failures,
}

impl Queue {
    pub(super) fn new(capacity: usize, when_full: WhenFull, observer: String) -> Self {
        Self {
            capacity,
            when_full,
            intake: Mutex::new(Intake {
                records: VecDeque::new(),
                accepted: 0,
                missed: 0,
                missed_in_all: 0,
                in_hands_at_most: 0,
                closed: None,
                parked: None,
                line: VecDeque::new(),
                next_ticket: 0,
            }),
            hands: Mutex::new(Hands {
                records: VecDeque::new(),
                current: Vec::new(),
                delivered: 0,
                failures: Failures::of(observer),
                is_given_back: false,
            }),
            in_hands: AtomicUsize::new(0),
            dropped: AtomicU64::new(0),
            has_records: AtomicBool::new(false),
            is_awaited: AtomicBool::new(false),
        }
    }

    // No waker is called and no value of others is dropped under either lock: no thread waits for itself, and a poisoned
    // lock holds a whole state.
    fn intake(&self) -> MutexGuard<'_, Intake> {
        self.intake.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::SeqCst)
    }

    /// Returns how many records it has accepted, and how many were dropped.
    pub(super) fn taken_in(&self) -> Amount {
        let intake = self.intake();
        Amount { records: intake.accepted, missed: intake.missed_in_all }
    }

    /// Counts a record that was not even offered.
    pub(super) fn drop_one(&self) {
        self.count_dropped(&mut self.intake());
    }

    fn count_dropped(&self, intake: &mut Intake) {
        intake.miss(1);
        self.dropped.fetch_add(1, Ordering::SeqCst);
    }

    /// Passes on a number of records that another queue dropped before this one.
    pub(super) fn missed_before(&self, count: u64) {
        let mut intake = self.intake();
        intake.miss(count);
        let worker = intake.parked.take();
        drop(intake);
        wake(worker);
    }

    /// The records that are being delivered are some of them.
    pub(super) fn undelivered(&self) -> usize {
        self.intake().records.len() + self.in_hands.load(Ordering::SeqCst)
    }

    /// A record on its way in; it waits for a free place, if there is none.
    pub(super) fn offer(&self, record: Record) -> Offer<'_> {
        Offer::new(self, Queued::new(record))
    }

    fn take(&self, intake: &mut Intake, queued: &mut Option<Queued>) -> Option<Result<(), NotTaken>> {
        if let Some(why) = intake.closed {
            self.count_dropped(intake);
            return Some(Err(why));
        }
        if !self.has_free_place(intake) {
            return match self.when_full {
                WhenFull::Wait => None,
                WhenFull::DropAndCount => {
                    self.count_dropped(intake);
                    Some(Ok(()))
                }
            };
        }
        if let Some(mut queued) = queued.take() {
            queued.missed = std::mem::take(&mut intake.missed);
            intake.accepted += 1;
            intake.records.push_back(queued);
        }
        if intake.records.len() == 1 {
            self.has_records.store(true, Ordering::Release);
        }
        Some(Ok(()))
    }

    fn has_free_place(&self, intake: &mut Intake) -> bool {
        // The worker writes its count at each record: reading it without need slows both sides down.
        if intake.records.len() + intake.in_hands_at_most >= self.capacity {
            intake.in_hands_at_most = self.in_hands.load(Ordering::SeqCst);
        }
        intake.records.len() + intake.in_hands_at_most < self.capacity
    }

    /// Fills the batch with the worker's next records, at most so many; `false` if its hands are empty.
    pub(super) fn next(&self, batch: &mut Batch, limit: usize) -> bool {
        let mut hands = self.hands();
        for _ in 0..limit {
            if !hands.records.front().is_some_and(|queued| batch.accepts(queued)) {
                break;
            }
            hands.records.pop_front().into_iter().for_each(|queued| batch.push(queued));
        }
        hands.current.extend(batch.ids());
        !hands.current.is_empty()
    }

    /// Ends the delivery of the batch: the first `done` of its records are delivered, or have failed for good, and the
    /// others go back to the front. Returns how many are delivered in all.
    pub(super) fn settle(&self, batch: &mut Batch, done: usize) -> u64 {
        let mut abandoned = Vec::new();
        let rest = batch.unwind(done);
        let mut hands = self.hands();
        hands.current.clear();
        hands.delivered += done as u64;
        let delivered = hands.delivered;
        for queued in rest {
            if hands.is_given_back {
                abandoned.push(queued);
            } else {
                hands.records.push_front(queued);
            }
        }
        // In one order with `Offer::poll`: either that sees the free place, or this sees that it waits.
        self.in_hands.store(hands.records.len(), Ordering::SeqCst);
        drop(hands);
        drop(abandoned);
        for _ in 0..done {
            if !self.is_awaited.load(Ordering::SeqCst) {
                break;
            }
            self.wake_next();
        }
        delivered
    }

    pub(super) fn is_given_back(&self) -> bool {
        self.hands().is_given_back
    }

    pub(super) fn failed(&self, failures: &Failures) {
        self.hands().failures.clone_from(failures);
    }

    /// Takes what has come in, and waits if there is nothing.
    pub(super) async fn refill(&self) -> Refill {
        poll_fn(|context| {
            let mut intake = self.intake();
            if !intake.records.is_empty() {
                self.has_records.store(false, Ordering::Relaxed);
                let mut hands = self.hands();
                std::mem::swap(&mut intake.records, &mut hands.records);
                intake.in_hands_at_most = hands.records.len();
                self.in_hands.store(hands.records.len(), Ordering::SeqCst);
                return Poll::Ready(Refill::Records);
            }
            if intake.missed > 0 {
                return Poll::Ready(Refill::Missed(std::mem::take(&mut intake.missed)));
            }
            if intake.closed.is_some() {
                return Poll::Ready(Refill::Closed);
            }
            let old = intake.parked.replace(context.waker().clone());
            // The queue is empty, and this is the last chance to wake the line: a caller that was woken may never come.
            let line = self.dissolve(&mut intake);
            drop(intake);
            drop(old);
            wake(line);
            Poll::Pending
        })
        .await
    }

    pub(super) fn has_records(&self) -> bool {
        self.has_records.load(Ordering::Acquire)
    }

    fn wake_next(&self) {
        let mut intake = self.intake();
        let next = intake.line.pop_front();
        self.is_awaited.store(!intake.line.is_empty(), Ordering::SeqCst);
        drop(intake);
        wake(next.map(|(_, waker)| waker));
    }

    /// All callers that wait in line, to be woken when the lock is released.
    fn dissolve(&self, intake: &mut Intake) -> impl Iterator<Item = Waker> + use<> {
        self.is_awaited.store(false, Ordering::SeqCst);
        std::mem::take(&mut intake.line).into_iter().map(|(_, waker)| waker)
    }

    /// Accepts no more records. The records in the queue are still delivered.
    pub(super) fn close(&self) {
        self.end(NotTaken::Closed);
    }

    /// The worker has ended, by itself or because it was dropped.
    pub(super) fn worker_ended(&self) {
        self.end(NotTaken::WorkerGone);
    }

    fn end(&self, why: NotTaken) {
        let mut intake = self.intake();
        intake.closed.get_or_insert(why);
        let worker = intake.parked.take();
        let line = self.dissolve(&mut intake);
        drop(intake);
        wake(worker.into_iter().chain(line));
    }

    /// Gives back the records that are not delivered, except those that are being delivered.
    pub(super) fn give_back(&self) -> Rest {
        let mut intake = self.intake();
        let mut hands = self.hands();
        let mut queued = Vec::from(std::mem::take(&mut hands.records));
        queued.extend(intake.records.drain(..));
        // The observer still learns of those that were dropped between them.
        intake.missed += queued.iter().map(|queued| queued.missed).sum::<u64>();
        hands.is_given_back = true;
        self.in_hands.store(hands.current.len(), Ordering::SeqCst);
        let (current, delivered) = (hands.current.clone(), hands.delivered);
        let failures = hands.failures.clone();
        drop((intake, hands));
        let records = queued.into_iter().map(|queued| queued.record).collect();
        Rest { records, current, dropped: self.dropped(), delivered, failures }
    }
}

fn wake(wakers: impl IntoIterator<Item = Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}
