//! The path of the current record: the shared hubs that deliver it, or a record that caused it, on this thread.

use std::cell::RefCell;

use crate::observer::is_under_lock;

thread_local! {
    /// Ids of shared hubs. While a record from a queue is delivered, these are the hubs in which the committing thread was
    /// when it queued the record, and not the hubs of this thread.
    static PATH: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Returns whether the hub is on the path.
pub(super) fn contains(id: u64) -> bool {
    PATH.try_with(|path| path.borrow().contains(&id)).unwrap_or(false)
}

/// Returns whether this thread may wait for a hub: it is in no hub, and does not notify the observers of a durable file,
/// whose subscribers could wait for that file. While the thread is torn down this is not known, and it must not wait.
pub(super) fn may_wait() -> bool {
    !is_under_lock() && PATH.try_with(|path| path.borrow().is_empty()).unwrap_or(false)
}

pub(super) fn current() -> Vec<u64> {
    PATH.try_with(|path| path.borrow().clone()).unwrap_or_default()
}

/// Adds the hub to the path until the result is dropped.
pub(super) fn enter(id: u64) -> PathGuard {
    let _ = PATH.try_with(|path| path.borrow_mut().push(id));
    PathGuard
}

/// Exchanges the path for this one and the hub, until the result is dropped.
pub(super) fn replace(mut path: Vec<u64>, id: u64) -> ReplacedPath {
    path.push(id);
    ReplacedPath(PATH.try_with(|current| current.replace(path)).unwrap_or_default())
}

pub(super) struct PathGuard;

impl Drop for PathGuard {
    fn drop(&mut self) {
        let _ = PATH.try_with(|path| path.borrow_mut().pop());
    }
}

pub(super) struct ReplacedPath(Vec<u64>);

impl Drop for ReplacedPath {
    fn drop(&mut self) {
        let before = std::mem::take(&mut self.0);
        let _ = PATH.try_with(|path| path.replace(before));
    }
}
