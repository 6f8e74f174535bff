//! A record on its way into the queue, and the line of the callers that wait for a free place.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use super::{Intake, NotTaken, Queue, wake};
use crate::observer::background::queued::Queued;

pub(super) type Ticket = u64;

impl Intake {
    /// Joins the line, in the place where this ticket was before.
    fn join(&mut self, ticket: Option<Ticket>, waker: &Waker) -> Ticket {
        let ticket = ticket.unwrap_or_else(|| {
            self.next_ticket += 1;
            self.next_ticket
        });
        let place = self.line.partition_point(|(held, _)| *held < ticket);
        self.line.insert(place, (ticket, waker.clone()));
        ticket
    }

    /// Leaves the line; nothing if it was woken already.
    fn leave(&mut self, ticket: Ticket) -> Option<(Ticket, Waker)> {
        let place = self.line.binary_search_by_key(&ticket, |(held, _)| *held).ok()?;
        self.line.remove(place)
    }
}

/// A record on its way in. If this is dropped without an answer, the record is not delivered.
pub(in crate::observer::background) struct Offer<'a> {
    queue: &'a Queue,
    queued: Option<Queued>,
    /// The place in the line, held from the first wait until the answer.
    ticket: Option<Ticket>,
}

impl<'a> Offer<'a> {
    pub(super) fn new(queue: &'a Queue, queued: Queued) -> Self {
        Self { queue, queued: Some(queued), ticket: None }
    }

    /// The answer, if it need not wait for that.
    pub(in crate::observer::background) fn now(&mut self) -> Option<Result<(), NotTaken>> {
        let mut intake = self.queue.intake();
        let answer = self.queue.take(&mut intake, &mut self.queued);
        let worker = intake.parked.take();
        drop(intake);
        wake(worker);
        answer
    }
}

impl Future for Offer<'_> {
    type Output = Result<(), NotTaken>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { queue, queued, ticket } = &mut *self;
        let mut intake = queue.intake();
        let waited = ticket.take();
        let old = waited.and_then(|ticket| intake.leave(ticket));
        // Set before the look, see `Queue::settle`; a worker that sees it waits at the lock for the result.
        queue.is_awaited.store(true, Ordering::SeqCst);
        let answer = queue.take(&mut intake, queued);
        if answer.is_none() {
            *ticket = Some(intake.join(waited, context.waker()));
        }
        queue.is_awaited.store(!intake.line.is_empty(), Ordering::SeqCst);
        let worker = intake.parked.take();
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
        // It was woken and does not come: the free place is for the next.
        if place.is_none() {
            self.queue.wake_next();
        }
    }
}
