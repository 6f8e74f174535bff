//! How far the worker has come, and the callers that wait for it. The queue does not know it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// How much has come in, or is done.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Amount {
    /// The records that were accepted; of those that are done, each was delivered or has failed for good.
    pub(super) records: u64,
    /// The dropped records of which the observer is notified by number.
    pub(super) missed: u64,
}

#[derive(Default)]
pub(super) struct Progress(Mutex<State>);

#[derive(Default)]
struct State {
    done: Amount,
    /// The records in the queue were given back to the caller that closed it.
    is_abandoned: bool,
    has_ended: bool,
    next_ticket: u64,
    waiting: Vec<Waiting>,
}

struct Waiting {
    ticket: u64,
    milestone: Milestone,
    waker: Waker,
}

#[derive(Clone, Copy)]
pub(super) enum Milestone {
    /// So much is done; or no more ever will be.
    Done(Amount),
    /// The records in the queue were given back.
    Abandoned,
    /// The worker has ended.
    Ended,
}

impl Progress {
    fn state(&self) -> MutexGuard<'_, State> {
        // No code of others runs under this lock, so that a poisoned lock holds a whole state.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn done(&self) -> Amount {
        self.state().done
    }

    /// Whether no more records will be delivered.
    pub(super) fn is_over(&self) -> bool {
        let state = self.state();
        state.is_abandoned || state.has_ended
    }

    pub(super) fn advance(&self, done: u64) {
        self.change(|state| state.done.records = done);
    }

    pub(super) fn announced(&self, missed: u64) {
        self.change(|state| state.done.missed += missed);
    }

    pub(super) fn abandon(&self) {
        self.change(|state| state.is_abandoned = true);
    }

    pub(super) fn end(&self) {
        self.change(|state| state.has_ended = true);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        if state.waiting.is_empty() {
            return;
        }
        let waiting = std::mem::take(&mut state.waiting);
        let (reached, waiting) = waiting.into_iter().partition(|waiting| state.has_reached(waiting.milestone));
        state.waiting = waiting;
        drop(state);
        let reached: Vec<Waiting> = reached;
        for waiting in reached {
            waiting.waker.wake();
        }
    }

    /// Is ready when the milestone is reached.
    pub(super) fn until(&self, milestone: Milestone) -> Until<'_> {
        Until { progress: self, milestone, ticket: None }
    }
}

impl State {
    fn has_reached(&self, milestone: Milestone) -> bool {
        match milestone {
            Milestone::Done(Amount { records, missed }) => {
                let is_done = self.done.records >= records && self.done.missed >= missed;
                is_done || self.is_abandoned || self.has_ended
            }
            Milestone::Abandoned => self.is_abandoned || self.has_ended,
            Milestone::Ended => self.has_ended,
        }
    }
}

/// See [`Progress::until`].
pub(super) struct Until<'a> {
    progress: &'a Progress,
    milestone: Milestone,
    ticket: Option<u64>,
}

impl Future for Until<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let waker = context.waker().clone();
        let mut state = self.progress.state();
        if state.has_reached(self.milestone) {
            return Poll::Ready(());
        }
        let ticket = self.ticket.unwrap_or_else(|| {
            state.next_ticket += 1;
            state.next_ticket
        });
        let position = state.waiting.iter().position(|waiting| waiting.ticket == ticket);
        let old = position.map(|position| state.waiting.swap_remove(position));
        state.waiting.push(Waiting { ticket, milestone: self.milestone, waker });
        drop(state);
        drop(old);
        self.ticket = Some(ticket);
        Poll::Pending
    }
}

impl Drop for Until<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let mut state = self.progress.state();
        let position = state.waiting.iter().position(|waiting| waiting.ticket == ticket);
        let left = position.map(|position| state.waiting.swap_remove(position));
        drop(state);
        drop(left);
    }
}
