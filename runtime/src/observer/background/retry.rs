//! How often a delivery is attempted, and how long the worker waits between two attempts.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How often a [`Background`](super::Background) attempts to deliver a record, and the delays between the attempts.
///
/// ```
/// use std::time::Duration;
/// use tollgate::observer::Retry;
///
/// // Attempts after 0 s, 1 s, 3 s, 7 s and 15 s, each delay shortened at random by up to half.
/// let retry = Retry::attempts(5).first_delay(Duration::from_secs(1)).factor(2).jitter();
/// # let _ = retry;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    first_delay: Duration,
    factor: u32,
    longest_delay: Duration,
    has_jitter: bool,
}

impl Retry {
    /// Attempts a delivery at most this many times; 0 counts as 1. The delays are 100 ms, 200 ms, 400 ms and so on, at
    /// most 30 s.
    #[must_use]
    pub const fn attempts(attempts: u32) -> Self {
        let (first_delay, longest_delay) = (Duration::from_millis(100), Duration::from_secs(30));
        Self { attempts, first_delay, factor: 2, longest_delay, has_jitter: false }
    }

    /// Waits for this time before the second attempt.
    #[must_use]
    pub const fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// Multiplies the delay by this after each attempt; 1 keeps it the same, and 0 counts as 1.
    #[must_use]
    pub const fn factor(mut self, factor: u32) -> Self {
        self.factor = factor;
        self
    }

    /// Waits for at most this time before each attempt.
    #[must_use]
    pub const fn longest_delay(mut self, delay: Duration) -> Self {
        self.longest_delay = delay;
        self
    }

    /// Shortens each delay at random by up to half, so that several processes do not retry at the same moment.
    #[must_use]
    pub const fn jitter(mut self) -> Self {
        self.has_jitter = true;
        self
    }

    /// Returns the delay after this number of failed attempts, unless that was the last attempt.
    pub(super) fn delay_after(&self, failed: u32) -> Option<Duration> {
        if failed >= self.attempts {
            return None;
        }
        let factor = self.factor.max(1).saturating_pow(failed.saturating_sub(1));
        let delay = self.first_delay.saturating_mul(factor).min(self.longest_delay);
        if !self.has_jitter {
            return Some(delay);
        }
        // The keys of a `RandomState` are random, and differ from one to the next.
        let random = u32::try_from(RandomState::new().hash_one(failed) >> 32).unwrap_or(0);
        Some(delay.saturating_sub(delay.mul_f64(f64::from(random) / f64::from(u32::MAX) / 2.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(retry: &Retry) -> Vec<u64> {
        let delays = (1..).map_while(|failed| retry.delay_after(failed));
        delays.map(|delay| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)).collect()
    }

    #[test]
    fn delay_grows_by_the_factor_up_to_the_longest() {
        let retry = Retry::attempts(6).first_delay(Duration::from_millis(10)).factor(3);
        assert_eq!(delays(&retry), [10, 30, 90, 270, 810]);
        assert_eq!(delays(&retry.longest_delay(Duration::from_millis(100))), [10, 30, 90, 100, 100]);
    }

    #[test]
    fn zero_attempts_and_zero_factor_count_as_one() {
        assert_eq!(delays(&Retry::attempts(0)), [0; 0]);
        assert_eq!(delays(&Retry::attempts(1)), [0; 0]);
        assert_eq!(delays(&Retry::attempts(3).factor(0)), [100, 100]);
    }

    #[test]
    fn delay_beyond_the_range_is_the_longest() {
        let retry = Retry::attempts(u32::MAX).first_delay(Duration::MAX).factor(u32::MAX);
        assert_eq!(retry.delay_after(u32::MAX - 1), Some(Duration::from_secs(30)));
        let retry = retry.longest_delay(Duration::MAX).jitter();
        assert!(retry.delay_after(2).is_some_and(|delay| delay >= Duration::MAX / 2));
    }

    #[test]
    fn jitter_shortens_a_delay_by_up_to_half_and_differs() {
        let retry = Retry::attempts(2).first_delay(Duration::from_secs(10)).jitter();
        let delays: Vec<_> = (0..50).filter_map(|_| retry.delay_after(1)).collect();
        assert!(delays.iter().all(|delay| (5..=10).contains(&delay.as_secs())), "{delays:?}");
        assert!(delays.iter().any(|delay| *delay != delays[0]), "{delays:?}");
    }
}
