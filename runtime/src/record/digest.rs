//! A SHA-256, written as 64 hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A SHA-256, written as 64 lower-case hexadecimal digits: the fingerprint of a chart, or the digest of a record or a line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

/// The error of reading a [`Digest`]: the text is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a digest; a digest is 64 lower-case hexadecimal digits")]
pub struct NotADigest {
    text: String,
}

impl Digest {
    /// Returns the digest of these 32 bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads the 64 digits, in a constant of a derive.
    ///
    /// # Panics
    ///
    /// Panics if the text is not 64 lower-case hexadecimal digits.
    #[doc(hidden)]
    #[must_use]
    pub const fn from_hex(text: &str) -> Self {
        match parsed(text.as_bytes()) {
            Some(digest) => digest,
            None => panic!("a digest is 64 lower-case hexadecimal digits"),
        }
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the 64 digits.
    pub(super) fn hex(&self) -> [u8; 64] {
        // Computed instead of looked up, so that the compiler vectorizes the loop.
        let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' - 10 + half };
        let mut hex = [0; 64];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(self.0) {
            pair[0] = digit(byte >> 4);
            pair[1] = digit(byte & 15);
        }
        hex
    }

    /// Calls `read` with the 64 digits, without an allocation.
    fn with_hex<T>(&self, read: impl FnOnce(&str) -> T) -> T {
        read(std::str::from_utf8(&self.hex()).expect("hexadecimal digits are ASCII"))
    }
}

const fn parsed(text: &[u8]) -> Option<Digest> {
    if text.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    let mut index = 0;
    while index < 32 {
        let (Some(high), Some(low)) = (digit(text[2 * index]), digit(text[2 * index + 1])) else { return None };
        bytes[index] = high << 4 | low;
        index += 1;
    }
    Some(Digest(bytes))
}

const fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    }
}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        parsed(text.as_bytes()).ok_or_else(|| NotADigest { text: text.to_owned() })
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_hex(|hex| formatter.pad(hex))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_hex(|hex| serializer.serialize_str(hex))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
