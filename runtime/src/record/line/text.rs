//! Texts between quotes. Hardly any holds what must be escaped, so each is copied as if it did not, eight bytes at a
//! time, and looked at on the way.

use super::digits::hex;
use super::room::Room;

/// What JSON has an escape for: control characters, the quote, the backslash.
fn is_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Whether one of eight bytes is to be escaped, after D. Lemire, "Quickly checking whether a string needs escaping":
/// with its second bit turned over, the quote stands right behind the control characters. A borrow can make it err
/// about a byte only where it was right about one before.
#[inline]
fn holds_escaped(word: u64) -> bool {
    const fn eight(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let controls_and_quote = (word ^ eight(0x02)).wrapping_sub(eight(0x21));
    let backslash = (word ^ eight(b'\\')).wrapping_sub(eight(1));
    (controls_and_quote | backslash) & !word & eight(0x80) != 0
}

/// Fewer than eight bytes as a word whose other bytes are zero.
#[inline]
fn word_of(bytes: &[u8]) -> u64 {
    // Halves and bytes that overlap say the same of the bytes that they share.
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let last = u64::from(u32::from_le_bytes(*last)) << (8 * (bytes.len() - 4));
        return u64::from(u32::from_le_bytes(*first)) | last;
    }
    let byte = |index: usize| u64::from(bytes[index]) << (8 * index);
    if bytes.is_empty() { 0 } else { byte(0) | byte(bytes.len() / 2) | byte(bytes.len() - 1) }
}

impl Room<'_> {
    /// The text and the quote that closes it. The one that opens it ends what the caller wrote before.
    pub(super) fn text(self, text: &str) -> Option<Self> {
        let Room(room) = self;
        let (mut left, mut rest) = (Room(&mut *room), text.as_bytes());
        let mut is_clean = true;
        while let Some((word, behind)) = rest.split_first_chunk() {
            is_clean &= !holds_escaped(u64::from_le_bytes(*word));
            (left, rest) = (left.put(word)?, behind);
        }
        let (word, end) = (word_of(rest), 8 * rest.len());
        is_clean &= !holds_escaped(word | u64::from_le_bytes([b' '; 8]) << end);
        left.put(&(word | u64::from(b'"') << end).to_le_bytes())?;
        if is_clean { room.get_mut(text.len() + 1..).map(Room) } else { Room(room).escaped(text) }
    }

    #[cold]
    fn escaped(mut self, text: &str) -> Option<Self> {
        let mut rest = text.as_bytes();
        while let Some(clean) = rest.iter().position(|byte| is_escaped(*byte)) {
            self = self.put_all(&rest[..clean])?;
            self = match rest[clean] {
                b'"' => self.put(b"\\\""),
                b'\\' => self.put(b"\\\\"),
                b'\t' => self.put(b"\\t"),
                b'\n' => self.put(b"\\n"),
                b'\r' => self.put(b"\\r"),
                0x08 => self.put(b"\\b"),
                0x0c => self.put(b"\\f"),
                control => self.put(b"\\u00")?.put(&hex::<1, 2>(&[control])),
            }?;
            rest = &rest[clean + 1..];
        }
        self.put_all(rest)?.put(b"\"")
    }
}
