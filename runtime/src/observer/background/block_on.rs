//! Waiting on a thread: first a few microseconds awake, then parked until another thread wakes it.

use std::future::Future;
use std::hint::spin_loop;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

/// Wakes a thread that is parked.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    block_until(future, None).expect("without a deadline it waits for the future")
}

/// Runs a future on this thread, and drops it at the deadline.
pub(super) fn block_until<T>(future: impl Future<Output = T>, deadline: Option<Instant>) -> Option<T> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        let Some(deadline) = deadline else {
            thread::park();
            continue;
        };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        thread::park_timeout(left);
    }
}

/// Stays awake for some microseconds, until the condition holds; returns whether it does.
///
/// A wake-up costs the other side several microseconds; if both sides are busy, the wait is mostly shorter.
pub(super) fn linger(mut holds: impl FnMut() -> bool) -> bool {
    const SPINS: u32 = 7;
    const YIELDS: u32 = 4;
    for attempt in 0..SPINS + YIELDS {
        if holds() {
            return true;
        }
        if attempt < SPINS {
            (0..1 << attempt).for_each(|_| spin_loop());
        } else {
            thread::yield_now();
        }
    }
    holds()
}
