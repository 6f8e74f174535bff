//! Numbers as digits: decimal, and hexadecimal for ids and digests.

use uuid::Uuid;

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + number as u8 / 10, b'0' + number as u8 % 10];
        number += 1;
    }
    pairs
};

/// The last two digits of a number.
#[inline]
pub(in crate::record) fn two_digits(number: u32) -> [u8; 2] {
    PAIRS[(number % 100) as usize]
}

#[inline]
pub(super) fn write_integer(number: u64, line: &mut Vec<u8>) {
    // Versions and row ids are small.
    match number {
        0..10 => line.push(b'0' + number as u8),
        10..100 => line.extend_from_slice(&PAIRS[number as usize]),
        _ => write_long(number, line),
    }
}

fn write_long(mut number: u64, line: &mut Vec<u8>) {
    const LENGTH: usize = "18446744073709551615".len();
    let mut digits = [b'0'; LENGTH];
    let mut start = LENGTH;
    while number >= 10 {
        start -= 2;
        digits[start..start + 2].copy_from_slice(&PAIRS[(number % 100) as usize]);
        number /= 100;
    }
    if number > 0 {
        start -= 1;
        digits[start] += number as u8;
    }
    line.extend_from_slice(&digits[start..]);
}

/// Without a table, and so for many bytes at once: where a digit is a letter, 39 is added to it.
#[inline(never)]
pub(in crate::record) fn hex<const N: usize, const DIGITS: usize>(bytes: &[u8; N]) -> [u8; DIGITS] {
    const { assert!(DIGITS == 2 * N) };
    let digit = |nibble: u8| nibble + b'0' + if nibble > 9 { b'a' - b'9' - 1 } else { 0 };
    let mut digits = [0; DIGITS];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair[0] = digit(byte >> 4);
        pair[1] = digit(byte & 15);
    }
    digits
}

/// `00000000-0000-7000-8000-000000000000`.
#[inline]
pub(super) fn hyphenated(uuid: Uuid) -> [u8; 36] {
    let digits: [u8; 32] = hex(uuid.as_bytes());
    let mut text = [b'-'; 36];
    text[..8].copy_from_slice(&digits[..8]);
    text[9..13].copy_from_slice(&digits[8..12]);
    text[14..18].copy_from_slice(&digits[12..16]);
    text[19..23].copy_from_slice(&digits[16..20]);
    text[24..].copy_from_slice(&digits[20..]);
    text
}
