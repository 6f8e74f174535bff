//! The worker: takes from the queue, and tells the observer.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use super::park::linger;
use super::queue::Queue;
use crate::observer::Failures;
use crate::observer::list::Kept;
use crate::observer::outcome::Report;

/// Who delivers.
pub(super) struct Worker {
    observer: Kept<'static>,
    failures: Failures,
    report: Option<Report<'static>>,
    /// The last field, and so dropped after the observer.
    end: End,
}

/// Says that the worker has ended, when it is dropped.
struct End(Arc<Queue>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.worker_ended();
    }
}

impl Worker {
    pub(super) fn new(
        queue: Arc<Queue>,
        observer: Kept<'static>,
        report: Option<Report<'static>>,
        name: String,
    ) -> Self {
        Self { observer, failures: Failures::of(name), report, end: End(queue) }
    }

    pub(super) async fn run(self, has_thread: bool) {
        const AT_A_TIME: usize = 64;
        // Dropped from the last to the first: the observer before its end is told.
        let Worker { end, mut failures, mut report, mut observer } = self;
        let queue = &*end.0;
        let mut told: usize = 0;
        loop {
            while let Some(record) = queue.next() {
                if let Err(fault) = observer.tell(&record).await {
                    failures.count(fault, &record, report.as_mut());
                    queue.failed(&failures);
                }
                told = told.wrapping_add(1);
                // An observer that is always ready must not keep a runtime's other tasks from running.
                if !has_thread && told % AT_A_TIME == 0 {
                    yield_now().await;
                }
            }
            if has_thread {
                linger(|| queue.has_records());
            }
            if !queue.refill().await {
                break;
            }
        }
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
