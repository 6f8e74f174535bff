//! A record's id: a version 7 UUID (RFC 9562, section 5.7) that grows with each one made in a thread.
//!
//! Its 48 bits of time begin in 1970. An earlier time is in the 46 bits after them, in the first millisecond of 1970, so that
//! ids sort by time from the year 0 on. That leaves 28 bits, which are counted in a process from a random start.
//!
//! It is hand-written because stores list records by id, and the ids of the crate `uuid` would change that order. Without a
//! context, ids of one millisecond are in random order; with one, an imported record gets a later time; with either, times
//! before 1970 do not sort. A commit in a batch of 1,024 would take 35 percent longer, for the system call of each id, or 2
//! percent with `fast-rng`, whose random numbers two forked processes share.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use super::Timestamp;

thread_local! {
    /// The milliseconds and the tail of the last id.
    static LAST: Cell<(u64, u128)> = const { Cell::new((u64::MAX, 0)) };
}

/// Returns a new id with the time of the record.
pub(crate) fn new_id(at: Timestamp) -> Uuid {
    let Ok(millis) = u64::try_from(at.timestamp_millis()) else {
        return id(0, early_tail(at.timestamp_millis()));
    };
    let tail = tail(millis);
    // The first millisecond follows all earlier times.
    id(millis, if millis == 0 { tail & ((1 << 69) - 1) | 0b11111 << 69 } else { tail })
}

/// Joins the 48 bits of time and the 74 bits after them.
fn id(millis: u64, tail: u128) -> Uuid {
    Uuid::from_u128(
        u128::from(millis) << 80 | 0x7 << 76 | (tail >> 62 & 0xfff) << 64 | 0b10 << 62 | tail & ((1 << 62) - 1),
    )
}

/// The 74 bits after the time: random in a new millisecond, and one more than the last within it (RFC 9562, section 6.2,
/// method 1). The highest bit of a random tail is zero, so that the count cannot overflow.
fn tail(millis: u64) -> u128 {
    let random = || (u128::from(random()) << 64 | u128::from(random())) & ((1 << 73) - 1);
    let next = |last: &Cell<(u64, u128)>| {
        let tail = match last.get() {
            (same, tail) if same == millis => tail + 1,
            _ => random(),
        };
        last.set((millis, tail));
        tail
    };
    // The thread-local value is already dropped if the thread is ending.
    LAST.try_with(next).unwrap_or_else(|_| random())
}

/// `SipHash` with a new key: the standard library draws a key from the system for each thread, and changes it with each
/// use. The id of the process is hashed because two processes that were forked from one share the keys.
fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// The milliseconds from the beginning of the year 0 to that of 1970: 46 bits, of which the first five are never all set.
const BEFORE_1970: i64 = 62_167_219_200_000;

/// The 74 bits for a time before 1970.
fn early_tail(millis: i64) -> u128 {
    static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(random()));
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    // Two processes that were forked from one share the start.
    let process = u64::from(std::process::id()).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let since_year_zero = u64::try_from(millis.saturating_add(BEFORE_1970)).unwrap_or(0);
    u128::from(since_year_zero) << 28 | u128::from(next.wrapping_add(process) & ((1 << 28) - 1))
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
