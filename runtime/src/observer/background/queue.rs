//! The bounded queue between those who tell and the worker that delivers.
//!
//! It has two locks, so that the two sides seldom meet: `intake` is where records come in, `hands` what the worker
//! has taken. The worker goes to the intake only with empty hands, and takes all of it at once.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use uuid::Uuid;

use super::WhenFull;
use crate::observer::Failures;
use crate::record::Record;

pub(super) struct Queue {
    capacity: usize,
    when_full: WhenFull,
    intake: Mutex<Intake>,
    hands: Mutex<Hands>,
    /// How many records the worker has in its hands, for those who look for room.
    in_hands: AtomicUsize,
    /// Whether the intake holds any, for a worker that is still awake.
    has_records: AtomicBool,
    /// Whether anyone waits for room, for a worker that has just made some.
    is_awaited: AtomicBool,
}

struct Intake {
    records: VecDeque<Record>,
    /// What `in_hands` was when it was last looked at; it is no more by now.
    in_hands_at_most: usize,
    dropped: u64,
    /// Why no record is taken any more.
    closed: Option<NotTaken>,
    worker: Worker,
    /// Those who wait for room: who came first is in front.
    line: VecDeque<(Ticket, Waker)>,
    next_ticket: Ticket,
    /// Those who wait for the worker's end.
    closing: Vec<Waker>,
}

type Ticket = u64;

enum Worker {
    Busy,
    Parked(Waker),
    Gone,
}

/// What the worker has taken, and what became of it.
struct Hands {
    records: VecDeque<Record>,
    /// The record that the observer is being told of.
    current: Option<Uuid>,
    delivered: u64,
    failures: Failures,
}

/// Why a record was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    Closed,
    WorkerGone,
}

/// What there was when it was closed and the time was up.
pub(super) struct Rest {
    pub(super) records: Vec<Record>,
    pub(super) current: Option<Uuid>,
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
                in_hands_at_most: 0,
                dropped: 0,
                closed: None,
                worker: Worker::Busy,
                line: VecDeque::new(),
                next_ticket: 0,
                closing: Vec::new(),
            }),
            hands: Mutex::new(Hands {
                records: VecDeque::new(),
                current: None,
                delivered: 0,
                failures: Failures::of(observer),
            }),
            in_hands: AtomicUsize::new(0),
            has_records: AtomicBool::new(false),
            is_awaited: AtomicBool::new(false),
        }
    }

    // Nobody is woken and nothing of others is dropped under either lock: so nothing waits for itself, and a poisoned
    // lock holds what is as whole as any.
    fn intake(&self) -> MutexGuard<'_, Intake> {
        self.intake.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn dropped(&self) -> u64 {
        self.intake().dropped
    }

    /// Counts a record that was not even offered.
    pub(super) fn drop_one(&self) {
        self.intake().dropped += 1;
    }

    /// The record that is being delivered is one of them.
    pub(super) fn undelivered(&self) -> usize {
        self.intake().records.len() + self.in_hands.load(Ordering::SeqCst)
    }

    /// A record on its way in; it waits for room, where there is none.
    pub(super) fn offer(&self, record: Record) -> Offer<'_> {
        Offer { queue: self, record: Some(record), ticket: None }
    }

    fn take(&self, intake: &mut Intake, record: &mut Option<Record>) -> Option<Result<(), NotTaken>> {
        if let Some(why) = intake.closed {
            intake.dropped += 1;
            return Some(Err(why));
        }
        if !self.has_room(intake) {
            return match self.when_full {
                WhenFull::Wait => None,
                WhenFull::DropAndCount => {
                    intake.dropped += 1;
                    Some(Ok(()))
                }
            };
        }
        intake.records.extend(record.take());
        if intake.records.len() == 1 {
            self.has_records.store(true, Ordering::Release);
        }
        Some(Ok(()))
    }

    fn has_room(&self, intake: &mut Intake) -> bool {
        // The worker writes its count at each record: whoever reads it without need slows both sides down.
        if intake.records.len() + intake.in_hands_at_most >= self.capacity {
            intake.in_hands_at_most = self.in_hands.load(Ordering::SeqCst);
        }
        intake.records.len() + intake.in_hands_at_most < self.capacity
    }

    /// The worker's next record; the one before has been delivered by now.
    pub(super) fn next(&self) -> Option<Record> {
        let mut hands = self.hands();
        let is_room_made = hands.current.is_some();
        hands.delivered += u64::from(is_room_made);
        let record = hands.records.pop_front();
        hands.current = record.as_ref().map(|record| record.id);
        let in_hands = hands.records.len() + usize::from(record.is_some());
        drop(hands);
        // In one order with what `Offer::poll` does: either it sees the room, or it is seen waiting.
        self.in_hands.store(in_hands, Ordering::SeqCst);
        if is_room_made && self.is_awaited.load(Ordering::SeqCst) {
            self.wake_next();
        }
        record
    }

    pub(super) fn failed(&self, failures: &Failures) {
        self.hands().failures.clone_from(failures);
    }

    /// Takes what has come in, and waits for it where there is nothing; `false` when no more will come.
    pub(super) async fn refill(&self) -> bool {
        poll_fn(|context| {
            let mut intake = self.intake();
            if !intake.records.is_empty() {
                intake.worker = Worker::Busy;
                self.has_records.store(false, Ordering::Relaxed);
                let mut hands = self.hands();
                std::mem::swap(&mut intake.records, &mut hands.records);
                intake.in_hands_at_most = hands.records.len();
                self.in_hands.store(hands.records.len(), Ordering::SeqCst);
                return Poll::Ready(true);
            }
            if intake.closed.is_some() {
                return Poll::Ready(false);
            }
            intake.worker = Worker::Parked(context.waker().clone());
            // All is room now, and this is the last chance to say so: who was woken for it may never come.
            let line = self.dissolve(&mut intake);
            drop(intake);
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

    /// All who stand in line, to be woken when the lock is open.
    fn dissolve(&self, intake: &mut Intake) -> impl Iterator<Item = Waker> + use<> {
        self.is_awaited.store(false, Ordering::SeqCst);
        std::mem::take(&mut intake.line).into_iter().map(|(_, waker)| waker)
    }

    /// Takes no more records. What is there is still delivered.
    pub(super) fn close(&self) {
        let mut intake = self.intake();
        intake.closed.get_or_insert(NotTaken::Closed);
        let worker = intake.rouse();
        let line = self.dissolve(&mut intake);
        drop(intake);
        wake(worker.into_iter().chain(line));
    }

    /// The worker has ended, by itself or because it was dropped.
    pub(super) fn worker_ended(&self) {
        let mut intake = self.intake();
        intake.closed.get_or_insert(NotTaken::WorkerGone);
        intake.worker = Worker::Gone;
        let closing = std::mem::take(&mut intake.closing);
        let line = self.dissolve(&mut intake);
        drop(intake);
        wake(closing.into_iter().chain(line));
    }

    /// Is ready when the worker has ended.
    pub(super) fn poll_ended(&self, context: &Context<'_>) -> Poll<()> {
        let mut intake = self.intake();
        if matches!(intake.worker, Worker::Gone) {
            return Poll::Ready(());
        }
        if !intake.closing.iter().any(|waker| waker.will_wake(context.waker())) {
            intake.closing.push(context.waker().clone());
        }
        Poll::Pending
    }

    /// Takes back what is not delivered, but for the record that the observer is being told of.
    pub(super) fn take_rest(&self) -> Rest {
        let mut intake = self.intake();
        let mut hands = self.hands();
        let mut records = Vec::from(std::mem::take(&mut hands.records));
        records.extend(intake.records.drain(..));
        self.in_hands.store(usize::from(hands.current.is_some()), Ordering::SeqCst);
        Rest {
            records,
            current: hands.current,
            dropped: intake.dropped,
            delivered: hands.delivered,
            failures: hands.failures.clone(),
        }
    }
}

fn wake(wakers: impl IntoIterator<Item = Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}

impl Intake {
    /// The worker, if it sleeps, to be woken when the lock is open.
    fn rouse(&mut self) -> Option<Waker> {
        if !matches!(self.worker, Worker::Parked(_)) {
            return None;
        }
        match std::mem::replace(&mut self.worker, Worker::Busy) {
            Worker::Parked(waker) => Some(waker),
            Worker::Busy | Worker::Gone => None,
        }
    }

    /// Stands in line, where this ticket did before.
    fn join(&mut self, ticket: Option<Ticket>, waker: &Waker) -> Ticket {
        let ticket = ticket.unwrap_or_else(|| {
            self.next_ticket += 1;
            self.next_ticket
        });
        let place = self.line.partition_point(|(held, _)| *held < ticket);
        self.line.insert(place, (ticket, waker.clone()));
        ticket
    }

    /// Steps out of the line; nothing where it had been called.
    fn leave(&mut self, ticket: Ticket) -> Option<(Ticket, Waker)> {
        let place = self.line.binary_search_by_key(&ticket, |(held, _)| *held).ok()?;
        self.line.remove(place)
    }
}

/// A record on its way in. Where this is dropped without an answer, the record is not told.
pub(super) struct Offer<'a> {
    queue: &'a Queue,
    record: Option<Record>,
    /// The place in the line, held from the first wait until the answer.
    ticket: Option<Ticket>,
}

impl Offer<'_> {
    /// The answer, where it need not wait for that.
    pub(super) fn now(&mut self) -> Option<Result<(), NotTaken>> {
        let mut intake = self.queue.intake();
        let answer = self.queue.take(&mut intake, &mut self.record);
        let worker = intake.rouse();
        drop(intake);
        wake(worker);
        answer
    }
}

impl Future for Offer<'_> {
    type Output = Result<(), NotTaken>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { queue, record, ticket } = &mut *self;
        let mut intake = queue.intake();
        let waited = ticket.take();
        let old = waited.and_then(|ticket| intake.leave(ticket));
        // Said before the look, see `Queue::next`; a worker that hears it waits at the lock for what comes of it.
        queue.is_awaited.store(true, Ordering::SeqCst);
        let answer = queue.take(&mut intake, record);
        if answer.is_none() {
            *ticket = Some(intake.join(waited, context.waker()));
        }
        queue.is_awaited.store(!intake.line.is_empty(), Ordering::SeqCst);
        let worker = intake.rouse();
        drop(intake);
        drop(old);
        wake(worker);
        answer.map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Offer<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let mut intake = self.queue.intake();
        let place = intake.leave(ticket);
        self.queue.is_awaited.store(!intake.line.is_empty(), Ordering::SeqCst);
        drop(intake);
        // It had been called, and does not come: the room is for the next.
        if place.is_none() {
            self.queue.wake_next();
        }
    }
}
