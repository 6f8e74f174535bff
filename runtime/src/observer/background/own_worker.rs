//! Which queues this thread delivers from just now: an observer must not wait for its own worker.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;

use super::Shared;

thread_local! {
    /// The addresses of their shared parts; several, if one worker runs inside another's observer.
    static DELIVERING: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

fn address(shared: &Shared) -> usize {
    std::ptr::from_ref(shared).addr()
}

/// Whether this thread runs the worker of this queue.
pub(super) fn is_own_worker(shared: &Shared) -> bool {
    DELIVERING.try_with(|delivering| delivering.borrow().contains(&address(shared))).unwrap_or(false)
}

/// Runs the worker of this queue.
pub(super) async fn delivering<T>(shared: Arc<Shared>, worker: impl Future<Output = T>) -> T {
    let mut worker = pin!(worker);
    poll_fn(|context| {
        let _turn = Turn::new(address(&shared));
        worker.as_mut().poll(context)
    })
    .await
}

/// One poll, which may end in a panic.
struct Turn;

impl Turn {
    fn new(address: usize) -> Self {
        let _ = DELIVERING.try_with(|delivering| delivering.borrow_mut().push(address));
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let _ = DELIVERING.try_with(|delivering| delivering.borrow_mut().pop());
    }
}
