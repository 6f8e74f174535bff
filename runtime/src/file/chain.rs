//! The chain of lines: its form in a line, its digests, and the line that the next one follows.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::paths::LogPaths;
use crate::record::{Digest, Record, write_line};

/// The link of the first line of a log, which follows no other.
pub(super) const START: Digest = Digest::new([0; 32]);

const KEY: &[u8] = b",\"prev_line\":\"";
const DIGITS: usize = 64;
const END: &[u8] = b"\"}";

/// The SHA-256 of a line without its newline.
pub(super) fn digest(line: &[u8]) -> Digest {
    Digest::new(Sha256::digest(line).into())
}

/// Writes the record with a link that [`link_lines`] fills in: the line before it is known only when it is written.
pub(super) fn write_linked(record: &Record, lines: &mut Vec<u8>) {
    write_line(record, lines);
    let brace = lines.pop();
    debug_assert_eq!(brace, Some(b'}'), "a record is an object");
    lines.extend_from_slice(KEY);
    lines.extend_from_slice(&[b'0'; DIGITS]);
    lines.extend_from_slice(END);
}

/// Fills in the links of whole lines that follow the line with this digest. Returns the digest of the last line.
pub(super) fn link_lines(lines: &mut [u8], mut head: Digest) -> Digest {
    for line in lines.split_mut(|byte| *byte == b'\n') {
        if let Some(end) = line.len().checked_sub(END.len()) {
            line[end - DIGITS..end].copy_from_slice(head.to_string().as_bytes());
            head = digest(line);
        }
    }
    head
}

/// The link of a line, if it has one: its last key. The text of a value cannot look like it, because a quote inside a
/// text is escaped, and a key of an object inside the record is followed by two braces.
pub(super) fn link(line: &[u8]) -> Option<Digest> {
    let line = line.trim_ascii_end().strip_suffix(END)?;
    let (line, digits) = line.split_at(line.len().checked_sub(DIGITS)?);
    if line.ends_with(KEY) { std::str::from_utf8(digits).ok()?.parse().ok() } else { None }
}

/// The digest of the last line of the finished files. The chain starts again if the last of these files is compressed,
/// gone or cannot be read.
pub(super) fn head_of_finished(paths: &LogPaths) -> Digest {
    let (Ok(finished), Ok(mut number)) = (paths.finished_after(0), paths.last_number()) else { return START };
    for (found, path) in finished.iter().rev() {
        if *found != number {
            break;
        }
        match last_line(path) {
            Ok(Some(line)) => return digest(&line),
            // A file without lines does not separate its neighbours.
            Ok(None) => number -= 1,
            Err(_) => break,
        }
    }
    START
}

/// The last line of a file that is not blank.
fn last_line(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut window = length.min(64 * 1024);
    loop {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(length - window))?;
        (&file).take(window).read_to_end(&mut bytes)?;
        let mut lines = bytes.split(|byte| *byte == b'\n');
        if window < length {
            // Its beginning may lie before the window.
            lines.next();
        }
        if let Some(line) = lines.rev().find(|line| !line.trim_ascii().is_empty()) {
            return Ok(Some(line.to_vec()));
        }
        if window == length {
            return Ok(None);
        }
        window = length.min(window * 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_line_longer_than_the_window_is_returned_whole() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("trail.000001.jsonl");
        let long = vec![b'x'; 300 * 1024];
        for end in ["", "\n", "\n\n \r\n"] {
            std::fs::write(&path, [b"first\n", &long[..], end.as_bytes()].concat())?;
            assert!(last_line(&path)?.is_some_and(|line| line == long), "{end:?}");
        }
        std::fs::write(&path, vec![b'\n'; 200 * 1024])?;
        assert_eq!(last_line(&path)?, None);
        Ok(())
    }

    #[test]
    fn link_in_a_value_is_not_the_link_of_the_line() {
        let zeros = "0".repeat(64);
        let end = format!(",\"prev_line\":\"{zeros}\"}}");
        assert_eq!(link(format!("{{\"v\":1{end}\r").as_bytes()), Some(START));
        for line in
            [format!("{{\"v\":1,\"context\":{{\"a\":1{end}}}"), format!("{{\"v\":1,\"reason\":{end:?}}}"), zeros]
        {
            assert_eq!(link(line.as_bytes()), None, "{line}");
        }
    }
}
