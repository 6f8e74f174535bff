//! A record's id: a version 7 UUID (RFC 9562, section 5.7) that grows with each one made in a thread.
//!
//! Its 48 bits of time begin in 1970. An earlier time is in the 46 bits after them, in the first millisecond of 1970, so that ids
//! sort by time from the year 0 on. That leaves 28 bits, which are counted in a process from a random start.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use super::Timestamp;

thread_local! {
    static TAILS: RefCell<Tails> = RefCell::new(Tails::new());
}

/// A new id whose time is that of the record.
///
/// The 74 bits after the time follow RFC 9562's "monotonic random" (section 6.2, method 2): drawn anew for
/// each millisecond, and grown by a random amount within it.
pub(crate) fn new_id(at: Timestamp) -> Uuid {
    let Ok(millis) = u64::try_from(at.timestamp_millis()) else {
        return id(0, early_tail(at.timestamp_millis()));
    };
    // A thread that is just ending has no cell any more; its last ids are drawn one by one.
    let tail = TAILS.try_with(|tails| tails.borrow_mut().next(millis)).unwrap_or_else(|_| Tails::new().next(millis));
    // The first millisecond follows all earlier times.
    id(millis, if millis == 0 { tail & ((1 << 69) - 1) | 0b11111 << 69 } else { tail })
}

fn id(millis: u64, tail: u128) -> Uuid {
    Uuid::from_u128(
        u128::from(millis) << 80 | 0x7 << 76 | (tail >> 62 & 0xfff) << 64 | 0b10 << 62 | tail & ((1 << 62) - 1),
    )
}

/// The milliseconds from the beginning of the year 0 to that of 1970: 46 bits, of which the first five are never all set.
const BEFORE_1970: i64 = 62_167_219_200_000;

/// The 74 bits for a time before 1970.
fn early_tail(millis: i64) -> u128 {
    static NEXT: OnceLock<AtomicU64> = OnceLock::new();
    let next = NEXT.get_or_init(|| AtomicU64::new(RandomState::new().hash_one(0))).fetch_add(1, Ordering::Relaxed);
    // Two processes that were forked from one share the start.
    let process = u64::from(std::process::id()).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let since_year_zero = u64::try_from(millis.saturating_add(BEFORE_1970)).unwrap_or(0);
    u128::from(since_year_zero) << 28 | u128::from(next.wrapping_add(process) & ((1 << 28) - 1))
}

/// The random part of the ids of one thread.
struct Tails {
    /// `SipHash` under a key that the standard library draws from the system for each thread.
    random: RandomState,
    drawn: u64,
    millis: u64,
    tail: u128,
    growth: u64,
}

impl Tails {
    fn new() -> Self {
        Self { random: RandomState::new(), drawn: 0, millis: u64::MAX, tail: 0, growth: 0 }
    }

    fn next(&mut self, millis: u64) -> u128 {
        if self.millis == millis {
            self.tail += 1 + u128::from(self.growth());
        } else {
            self.millis = millis;
            self.growth = self.draw();
            // The process is part of it: two that were forked from one share the key and the count.
            // The highest bit stays free, so that the growth within a millisecond cannot overflow.
            let process = u64::from(std::process::id());
            let [high, low] = [self.draw() ^ self.random.hash_one(process), self.draw()];
            self.tail = (u128::from(high) << 64 | u128::from(low)) & ((1 << 73) - 1);
        }
        self.tail
    }

    /// 32 bits for the growth within a millisecond. They need not be secret, only differ from thread to thread:
    /// a linear congruential generator (Knuth's MMIX) from a random start takes a tenth of the time of a draw.
    fn growth(&mut self) -> u64 {
        self.growth = self.growth.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.growth >> 32
    }

    fn draw(&mut self) -> u64 {
        self.drawn = self.drawn.wrapping_add(1);
        self.random.hash_one(self.drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_within_a_thread_and_carry_the_time() {
        let at = Timestamp::from_timestamp_nanos(1_700_000_000_123_456_789);
        let ids: Vec<Uuid> = (0..10_000).map(|_| new_id(at)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        for id in ids {
            assert_eq!(id.get_version_num(), 7);
            assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
            assert_eq!(id.as_u128() >> 80, 1_700_000_000_123);
        }
    }

    #[test]
    fn ids_sort_by_the_milliseconds_of_all_years() {
        let millis = [
            -62_167_219_200_000, // the year 0
            -62_167_219_199_999,
            -2_208_988_800_000,
            -1_000,
            -2,
            -1,
            0,
            1,
            1_700_000_000_123,
            253_402_300_799_999, // the year 9999
        ];
        let ids = |millis| (0..100).map(move |_| new_id(Timestamp::from_timestamp_millis(millis).expect("in range")));
        let ids: Vec<Vec<Uuid>> = millis.into_iter().map(|millis| ids(millis).collect()).collect();
        for pair in ids.windows(2) {
            assert!(pair[0].iter().max() < pair[1].iter().min(), "{pair:?}");
        }
        assert!(ids.iter().flatten().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
        assert!(ids[..6].iter().flatten().all(|id| id.as_u128() >> 80 == 0));
    }

    #[test]
    fn ids_of_many_threads_differ() {
        for at in [0, -1].map(Timestamp::from_timestamp_nanos) {
            differ(at);
        }
    }

    fn differ(at: Timestamp) {
        let threads: Vec<_> =
            (0..8).map(|_| std::thread::spawn(move || (0..5_000).map(|_| new_id(at)).collect::<Vec<_>>())).collect();
        let mut ids: Vec<Uuid> =
            threads.into_iter().flat_map(|thread| thread.join().expect("the thread makes ids")).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 40_000);
    }
}
