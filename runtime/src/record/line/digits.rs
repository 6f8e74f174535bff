//! Numbers as digits: decimal, and hexadecimal for ids and digests.

use uuid::Uuid;

use super::room::Room;
use crate::record::Digest;

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 1;
    while number < 100 {
        let [tens, ones] = pairs[number - 1];
        pairs[number] = if ones == b'9' { [tens + 1, b'0'] } else { [tens, ones + 1] };
        number += 1;
    }
    pairs
};

/// The last two digits of a number.
#[inline]
pub(in crate::record) fn two_digits(number: impl Into<u64>) -> [u8; 2] {
    PAIRS[(number.into() % 100) as usize]
}

/// Digits in lower case. Reckoned and not looked up, so that the compiler does many at once: it adds 39 where a digit
/// is a letter. Inlined it would be taken to pieces instead.
#[inline(never)]
pub(in crate::record) fn hex<const N: usize, const DIGITS: usize>(bytes: &[u8; N]) -> [u8; DIGITS] {
    const { assert!(DIGITS == 2 * N) };
    let digit = |half: u8| half + b'0' + if half > 9 { b'a' - b'9' - 1 } else { 0 };
    let mut digits = [0; DIGITS];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair[0] = digit(byte >> 4);
        pair[1] = digit(byte & 15);
    }
    digits
}

impl Room<'_> {
    #[inline]
    pub(super) fn integer(self, number: u64) -> Option<Self> {
        // Versions are short, and often ids.
        match number {
            0..10 => self.put(&[two_digits(number)[1]]),
            10..100 => self.put(&two_digits(number)),
            _ => self.long_integer(number),
        }
    }

    fn long_integer(self, mut number: u64) -> Option<Self> {
        let length = number.ilog10() as usize + 1;
        let (place, left) = self.0.split_at_mut_checked(length)?;
        let mut pairs = place.rchunks_exact_mut(2);
        for pair in pairs.by_ref() {
            pair.copy_from_slice(&two_digits(number));
            number /= 100;
        }
        if let [first] = pairs.into_remainder() {
            *first = two_digits(number)[1];
        }
        Some(Room(left))
    }

    #[inline]
    pub(super) fn uuid(self, uuid: Uuid) -> Option<Self> {
        let digits: [u8; 32] = hex(uuid.as_bytes());
        let mut text = [b'-'; 36];
        text[..8].copy_from_slice(&digits[..8]);
        text[9..13].copy_from_slice(&digits[8..12]);
        text[14..18].copy_from_slice(&digits[12..16]);
        text[19..23].copy_from_slice(&digits[16..20]);
        text[24..].copy_from_slice(&digits[20..]);
        self.put(&text)
    }

    /// The digits and the quote behind them.
    #[inline]
    pub(super) fn digest(self, digest: &Digest) -> Option<Self> {
        self.put(&hex::<32, 64>(digest.as_bytes()))?.put(b"\"")
    }
}
