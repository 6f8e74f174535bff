//! The queues whose workers run on this thread: an observer must not wait for its own worker.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;

use super::BackgroundState;

thread_local! {
    /// The addresses of their states; several, if one worker runs inside another's observer.
    static RUNNING: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

fn address(state: &BackgroundState) -> usize {
    std::ptr::from_ref(state).addr()
}

/// Whether this thread runs the worker of this queue.
pub(super) fn is_own_worker(state: &BackgroundState) -> bool {
    RUNNING.try_with(|running| running.borrow().contains(&address(state))).unwrap_or(false)
}

/// Runs the worker of this queue.
pub(super) async fn as_worker<T>(state: Arc<BackgroundState>, worker: impl Future<Output = T>) -> T {
    let mut worker = pin!(worker);
    poll_fn(|context| {
        let _guard = RunningGuard::new(address(&state));
        worker.as_mut().poll(context)
    })
    .await
}

/// Marks a worker as running during one poll, which may end in a panic.
struct RunningGuard;

impl RunningGuard {
    fn new(address: usize) -> Self {
        let _ = RUNNING.try_with(|running| running.borrow_mut().push(address));
        Self
    }
}

impl Drop for RunningGuard {
    fn drop(&mut self) {
        let _ = RUNNING.try_with(|running| running.borrow_mut().pop());
    }
}
