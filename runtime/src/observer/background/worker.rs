//! The worker: takes records from the queue, and notifies the observer.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use super::Shared;
use super::block_on::{block_on, block_until, linger};
use super::own_worker::delivering;
use super::progress::Milestone;
use super::queue::Refill;
use super::queued::Batch;
use super::retry::Retry;
use crate::observer::Failures;
use crate::observer::batch::BatchError;
use crate::observer::limit::unless;
use crate::observer::list::AnyObserver;
use crate::observer::outcome::Report;

pub(super) struct Worker {
    observer: AnyObserver<'static>,
    failures: Failures,
    report: Option<Report<'static>>,
    /// How many records it delivers in one call, if it delivers batches.
    batches: Option<usize>,
    retry: Option<Retry>,
    /// How often the first record in its hands has failed.
    attempts: u32,
    /// The number of records to attempt again in one call.
    again: Option<usize>,
    /// The last field, and so dropped after the observer.
    end: End,
}

/// Says that the worker has ended, when it is dropped.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.queue.worker_ended();
        self.0.progress.end();
    }
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        observer: AnyObserver<'static>,
        report: Option<Report<'static>>,
        (batches, retry): (Option<usize>, Option<Retry>),
    ) -> Self {
        let failures = Failures::of(shared.name.clone());
        Self { observer, failures, report, batches, retry, attempts: 0, again: None, end: End(shared) }
    }

    /// Runs on this thread, to the end.
    pub(super) fn block(self) {
        let shared = Arc::clone(&self.end.0);
        let sleep = |delay| {
            let shared = Arc::clone(&shared);
            async move {
                // The thread is its own, and may sleep in the middle of a poll.
                let abandoned = shared.progress.until(Milestone::Abandoned);
                block_until(abandoned, Instant::now().checked_add(delay));
            }
        };
        block_on(delivering(Arc::clone(&shared), self.run(true, sleep)));
    }

    /// Runs as a future, which sleeps as the caller's runtime does.
    pub(super) fn future<F: Future>(self, sleep: impl FnMut(Duration) -> F) -> impl Future<Output = ()> {
        delivering(Arc::clone(&self.end.0), self.run(false, sleep))
    }

    async fn run<F: Future>(mut self, has_thread: bool, mut sleep: impl FnMut(Duration) -> F) {
        const AT_A_TIME: usize = 64;
        let shared = Arc::clone(&self.end.0);
        let mut batch = Batch::default();
        let mut calls: usize = 0;
        loop {
            while shared.queue.next(&mut batch, self.again.take().or(self.batches).unwrap_or(1)) {
                let delay = self.deliver(&mut batch).await;
                shared.give_notice();
                if let Some(delay) = delay {
                    unless(shared.progress.until(Milestone::Abandoned), sleep(delay)).await;
                }
                calls = calls.wrapping_add(1);
                // An observer that is always ready must not keep a runtime's other tasks from running.
                if !has_thread && calls % AT_A_TIME == 0 {
                    yield_now().await;
                }
            }
            if has_thread {
                linger(|| shared.queue.has_records());
            }
            match shared.queue.refill().await {
                Refill::Records => {}
                Refill::Missed(count) => self.announce(count).await,
                Refill::Closed => break,
            }
        }
    }

    /// Delivers the batch, and returns the delay if its first records are to be attempted again.
    async fn deliver(&mut self, batch: &mut Batch) -> Option<Duration> {
        let missed = batch.take_missed();
        if missed > 0 {
            self.announce(missed).await;
        }
        let answer = match (batch.records(), self.batches) {
            ([record], None) => {
                let answer = batch.at_origin(self.observer.notify(record)).await;
                answer.map_err(|fault| BatchError { position: None, fault })
            }
            (records, _) => batch.at_origin(self.observer.observe_all(records)).await,
        };
        match answer {
            Ok(()) => {
                self.attempts = 0;
                self.settle(batch, batch.records().len());
                None
            }
            Err(error) => self.fail(batch, error),
        }
    }

    fn fail(&mut self, batch: &mut Batch, BatchError { position, fault }: BatchError) -> Option<Duration> {
        let last = batch.records().len() - 1;
        let (first, end) = position.map_or((0, last + 1), |position| (position.min(last), position.min(last) + 1));
        if first > 0 {
            self.attempts = 0; // those of a record before it
        }
        self.attempts += 1;
        let retry = self.retry.as_ref().filter(|_| !fault.is_final() && !self.end.0.queue.is_given_back());
        let delay = retry.and_then(|retry| retry.delay_after(self.attempts));
        if delay.is_some() {
            self.again = Some(last + 1 - first);
            self.settle(batch, first);
            return delay;
        }
        self.failures.count_all(fault, &batch.records()[first..end], self.attempts, self.report.as_mut());
        self.end.0.queue.failed(&self.failures);
        self.attempts = 0;
        self.settle(batch, end);
        None
    }

    fn settle(&self, batch: &mut Batch, done: usize) {
        let Shared { queue, progress, .. } = &*self.end.0;
        progress.advance(queue.settle(batch, done));
    }

    /// Notifies the observer of the number of dropped records. No record belongs to a panic in that: it is only counted.
    async fn announce(&mut self, missed: u64) {
        if self.observer.missed(missed).await.is_err() {
            self.failures.panics += 1;
            self.end.0.queue.failed(&self.failures);
        }
        // A caller that waits in `flush` finds both notices given.
        self.end.0.give_notice();
        self.end.0.progress.announced(missed);
    }
}

/// Lets the runtime do something else first.
async fn yield_now() {
    let mut has_yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
