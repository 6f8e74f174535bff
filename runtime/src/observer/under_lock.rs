//! Whether this thread notifies observers under a lock that keeps their order, as a durable file does.

use std::cell::Cell;

thread_local! {
    /// The number of such locks that this thread holds: an observer of one file may commit into another.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Runs `notify`, which notifies observers under a lock.
#[cfg(feature = "file")]
pub(crate) fn under_lock(notify: impl FnOnce()) {
    let _guard = LockGuard::new();
    notify();
}

/// Returns whether this thread notifies observers under a lock. Then it must not wait for another one.
pub(crate) fn is_under_lock() -> bool {
    DEPTH.try_with(|depth| depth.get() > 0).unwrap_or(false)
}

#[cfg(feature = "file")]
struct LockGuard;

#[cfg(feature = "file")]
impl LockGuard {
    fn new() -> Self {
        let _ = DEPTH.try_with(|depth| depth.set(depth.get() + 1));
        Self
    }
}

#[cfg(feature = "file")]
impl Drop for LockGuard {
    fn drop(&mut self) {
        let _ = DEPTH.try_with(|depth| depth.set(depth.get() - 1));
    }
}
