//! The worker: takes records from the queue, and notifies the observer.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use super::BackgroundState;
use super::block_on::{block_on, block_until};
use super::own_worker::as_worker;
use super::queue::Work;
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
    /// The maximum number of records in one call, if it delivers batches.
    batches: Option<usize>,
    retry: Option<Retry>,
    /// How often the first record of the batch has failed.
    attempts: u32,
    /// The number of records in the batch that the worker will retry.
    retry_size: Option<usize>,
    /// Declared last, so that it is dropped after the observer.
    end: End,
}

/// Marks the worker as ended, when it is dropped.
struct End(Arc<BackgroundState>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.queue.worker_ended();
    }
}

impl Worker {
    pub(super) fn new(
        state: Arc<BackgroundState>,
        observer: AnyObserver<'static>,
        report: Option<Report<'static>>,
        (batches, retry): (Option<usize>, Option<Retry>),
    ) -> Self {
        let failures = Failures::of(state.name.clone());
        Self { observer, failures, report, batches, retry, attempts: 0, retry_size: None, end: End(state) }
    }

    /// Runs on this thread until the queue is closed and empty.
    pub(super) fn block(self) {
        let state = Arc::clone(&self.end.0);
        let sleep = |delay| {
            let state = Arc::clone(&state);
            async move {
                // The thread belongs to this worker, so that it may sleep in the middle of a poll.
                block_until(state.queue.wait_over(), Instant::now().checked_add(delay));
            }
        };
        block_on(as_worker(Arc::clone(&state), self.run(true, sleep)));
    }

    /// Runs as a future, which sleeps as the caller's runtime does.
    pub(super) fn future<F: Future>(self, sleep: impl FnMut(Duration) -> F) -> impl Future<Output = ()> {
        as_worker(Arc::clone(&self.end.0), self.run(false, sleep))
    }

    async fn run<F: Future>(mut self, has_thread: bool, mut sleep: impl FnMut(Duration) -> F) {
        const CALLS_PER_YIELD: usize = 64;
        let state = Arc::clone(&self.end.0);
        let mut batch = Batch::default();
        let mut calls: usize = 0;
        loop {
            let limit = self.retry_size.take().or(self.batches).unwrap_or(1);
            match state.queue.next(&mut batch, limit).await {
                Work::Batch => {}
                Work::Missed(count) => {
                    self.announce(count).await;
                    continue;
                }
                Work::Closed => break,
            }
            let delay = self.deliver(&mut batch).await;
            state.notify_dropped();
            if let Some(delay) = delay {
                unless(state.queue.wait_over(), sleep(delay)).await;
            }
            calls = calls.wrapping_add(1);
            // An observer that is always ready must not keep a runtime's other tasks from running.
            if !has_thread && calls % CALLS_PER_YIELD == 0 {
                yield_now().await;
            }
        }
    }

    /// Delivers the batch, and returns the delay if its first records must be retried.
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
                self.end.0.queue.settle(batch, batch.records().len());
                None
            }
            Err(error) => self.fail(batch, error),
        }
    }

    fn fail(&mut self, batch: &mut Batch, BatchError { position, fault }: BatchError) -> Option<Duration> {
        let last = batch.records().len() - 1;
        let (first, end) = position.map_or((0, last + 1), |position| (position.min(last), position.min(last) + 1));
        if first > 0 {
            self.attempts = 0; // they were attempts of an earlier record
        }
        self.attempts += 1;
        let retry = self.retry.as_ref().filter(|_| !fault.is_final() && !self.end.0.queue.is_given_back());
        let delay = retry.and_then(|retry| retry.delay_after(self.attempts));
        if delay.is_some() {
            self.retry_size = Some(last + 1 - first);
            self.end.0.queue.settle(batch, first);
            return delay;
        }
        self.failures.count_all(fault, &batch.records()[first..end], self.attempts, self.report.as_mut());
        self.end.0.queue.failed(&self.failures);
        self.attempts = 0;
        self.end.0.queue.settle(batch, end);
        None
    }

    /// Notifies the observer of the number of dropped records. A panic is only counted, because it belongs to no record.
    async fn announce(&mut self, missed: u64) {
        if self.observer.missed(missed).await.is_err() {
            self.failures.panics += 1;
            self.end.0.queue.failed(&self.failures);
        }
        // Before `flush` returns, both the observer and `on_dropped` are notified.
        self.end.0.notify_dropped();
        self.end.0.queue.announced(missed);
    }
}

/// Lets the runtime run other tasks first.
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
