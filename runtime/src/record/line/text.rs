//! Texts between quotes. Hardly any holds what must be escaped, so each is copied as if it did not, eight bytes at a
//! time, and looked at on the way.

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

/// Writes the text and the quote that closes it. The one that opens it ends what the caller wrote before.
pub(super) fn write_text(text: &str, line: &mut Vec<u8>) {
    let start = line.len();
    let mut words = text.as_bytes().chunks_exact(8);
    let mut is_clean = true;
    for word in words.by_ref() {
        let word: [u8; 8] = word.try_into().expect("a chunk of eight");
        is_clean &= !holds_escaped(u64::from_le_bytes(word));
        line.extend_from_slice(&word);
    }
    let rest = words.remainder();
    let (word, blank) = (word_of(rest), u64::from_le_bytes([b' '; 8]));
    is_clean &= !holds_escaped(word | blank << (8 * rest.len()));
    // The quote that closes the text is the byte behind its last.
    let closed = word | u64::from(b'"') << (8 * rest.len());
    line.extend_from_slice(&closed.to_le_bytes());
    line.truncate(start + text.len() + 1);
    if !is_clean {
        line.truncate(start);
        write_escaped(text, line);
    }
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

#[cold]
fn write_escaped(text: &str, line: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(clean) = rest.iter().position(|byte| is_escaped(*byte)) {
        line.extend_from_slice(&rest[..clean]);
        let byte = rest[clean];
        match byte {
            b'"' => line.extend_from_slice(b"\\\""),
            b'\\' => line.extend_from_slice(b"\\\\"),
            0x08 => line.extend_from_slice(b"\\b"),
            b'\t' => line.extend_from_slice(b"\\t"),
            b'\n' => line.extend_from_slice(b"\\n"),
            0x0c => line.extend_from_slice(b"\\f"),
            b'\r' => line.extend_from_slice(b"\\r"),
            _ => {
                line.extend_from_slice(b"\\u00");
                line.extend_from_slice(&super::hex::<1, 2>(&[byte]));
            }
        }
        rest = &rest[clean + 1..];
    }
    line.extend_from_slice(rest);
    line.push(b'"');
}
