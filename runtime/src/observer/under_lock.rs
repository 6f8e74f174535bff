//! Whether this thread notifies observers under a lock that keeps their order, as a durable file does.

use std::cell::Cell;

thread_local! {
    /// The number of such locks that this thread holds: an observer of one file may commit into another.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Runs `notify`, which notifies observers under a lock.
#[cfg(feature = "file")]
pub(crate) fn under_lock(notify: impl FnOnce()) {
    let _held = Held::new();
    notify();
}

/// Returns whether this thread notifies observers under a lock. Then it must not wait for another one.
pub(crate) fn is_under_lock() -> bool {
    HELD.try_with(|held| held.get() > 0).unwrap_or(false)
}

#[cfg(feature = "file")]
struct Held;

#[cfg(feature = "file")]
impl Held {
    fn new() -> Self {
        let _ = HELD.try_with(|held| held.set(held.get() + 1));
        Self
    }
}

#[cfg(feature = "file")]
impl Drop for Held {
    fn drop(&mut self) {
        let _ = HELD.try_with(|held| held.set(held.get() - 1));
    }
}
