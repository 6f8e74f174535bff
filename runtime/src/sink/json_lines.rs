//! Records as JSON Lines into any writer, buffered.

use std::io::{self, Write};

use uuid::Uuid;

use super::{AsyncBatchSink, AsyncSink, BatchSink, Sink};
use crate::record::{Printable, Record, write_line};

/// Writes each record, refusals too, as a line of JSON to any writer, through a buffer.
///
/// For a path, and if no record may be lost, use `JsonLines::open`, with the default feature `file`. It also chains its
/// lines and writes the charts next to them; this sink does neither.
///
/// A record is accepted when it is in the buffer. The buffer is written when it is full, on [`flush`](JsonLines::flush), and
/// on drop, where errors are not reported: call `flush` or [`into_inner`](JsonLines::into_inner) to know that the records
/// have reached the writer. If the writer fails, the current commit is refused. The records that were accepted before stay
/// in the buffer for a retry, and no line is written twice. A record that could not be read back is refused with the kind
/// `InvalidData`, and its cause is a [`ValueError`](crate::ValueError).
///
/// ```
/// use tollgate::{JsonLines, Record};
///
/// let mut log = JsonLines::new(Vec::new());
/// // commit steps into `&mut log`, and then
/// let written: Vec<u8> = log.into_inner()?;
/// let records: Vec<Record> = JsonLines::read_from(&written[..]).collect::<Result<_, _>>()?;
/// # assert!(records.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct JsonLines<W: Write> {
    /// `None` only after `into_inner`.
    writer: Option<W>,
    buffer: Vec<u8>,
    /// How many bytes of the buffer the writer has taken. The count survives a panic of the writer, so that no byte is
    /// written twice.
    taken: usize,
    capacity: usize,
    /// Whether the writer is being called. It stays `true` after a panic of the writer.
    is_writing: bool,
}

impl<W: Write> JsonLines<W> {
    const CAPACITY: usize = 64 * 1024;

    /// Writes through a buffer of 64 KiB.
    pub fn new(writer: W) -> Self {
        Self::with_capacity(Self::CAPACITY, writer)
    }

    /// Writes through a buffer of this many bytes.
    pub fn with_capacity(capacity: usize, writer: W) -> Self {
        Self { writer: Some(writer), buffer: Vec::with_capacity(capacity), taken: 0, capacity, is_writing: false }
    }

    /// Writes the buffer, and flushes the writer.
    ///
    /// # Errors
    ///
    /// Returns errors of the writer. Bytes that were not written stay in the buffer.
    pub fn flush(&mut self) -> io::Result<()> {
        self.drain()?;
        self.is_writing = true;
        let result = self.writer.as_mut().map_or(Ok(()), Write::flush);
        self.is_writing = false;
        result
    }

    /// Flushes, and returns the writer.
    ///
    /// # Errors
    ///
    /// Returns errors of the flush. The sink is then dropped, which tries once more; call [`flush`](JsonLines::flush) first
    /// if the records must not be lost.
    pub fn into_inner(mut self) -> io::Result<W> {
        self.flush()?;
        self.writer.take().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Returns the writer. The bytes in the buffer have not reached it yet.
    pub fn get_ref(&self) -> Option<&W> {
        self.writer.as_ref()
    }

    /// Writes the buffer. Bytes that the writer took are removed from the buffer even if the rest fails, so that nothing is
    /// written twice.
    fn drain(&mut self) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let result = loop {
            if self.taken >= self.buffer.len() {
                break Ok(());
            }
            self.is_writing = true;
            let outcome = writer.write(&self.buffer[self.taken..]);
            self.is_writing = false;
            match outcome {
                Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.taken += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        self.buffer.drain(..self.taken.min(self.buffer.len()));
        self.taken = 0;
        result
    }

    /// Puts these records into the buffer: all of them, or after an error none. A full buffer is written first, so
    /// that no part of a refused record has reached the writer.
    fn append(&mut self, records: &[Record]) -> io::Result<()> {
        for record in records {
            record.check_for_line().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        }
        if self.buffer.len() >= self.capacity {
            self.drain()?;
        }
        for record in records {
            write_line(record, &mut self.buffer);
            self.buffer.push(b'\n');
        }
        Ok(())
    }
}

impl JsonLines<io::Empty> {
    /// Reads the records of such a file, line by line. Blank lines are skipped, and so are a byte order mark at the start
    /// and the `prev_line` of a [durable file](crate::guide::sinks).
    ///
    /// # Errors
    ///
    /// An item is an error if its line is not a record; it has the kind `InvalidData` and names the number of the line, the
    /// record's id if the line still shows it, and the reason. The next item is that of the next line. To stop at the first
    /// such line, collect into a `Result`; to step over it, filter by `Result::ok`. If the reader fails, the error is the
    /// last item.
    pub fn read_from(reader: impl io::BufRead) -> impl Iterator<Item = io::Result<Record>> {
        let mut lines = (1..).zip(reader.split(b'\n'));
        let mut is_readable = true;
        std::iter::from_fn(move || {
            while is_readable {
                let (number, line): (u64, _) = lines.next()?;
                match line {
                    Ok(line) if without_mark(&line, number).trim_ascii().is_empty() => {}
                    Ok(line) => return Some(record(number, &line)),
                    Err(error) => {
                        // A reader may fail again and again, and a caller that skips errors would never end.
                        is_readable = false;
                        return Some(Err(io::Error::new(error.kind(), format!("line {number}: {error}"))));
                    }
                }
            }
            None
        })
    }
}

/// The line without a byte order mark, which an editor may have put at the start of a file.
pub(crate) fn without_mark(line: &[u8], number: u64) -> &[u8] {
    line.strip_prefix(BYTE_ORDER_MARK).filter(|_| number == 1).unwrap_or(line)
}

/// The record in the line with this number, or why the line is not a record.
pub(crate) fn parse(line: &[u8], number: u64) -> Result<Record, String> {
    serde_json::from_slice(without_mark(line, number)).map_err(|error| {
        if line.starts_with(BYTE_ORDER_MARK) && number > 1 {
            return "it begins with a byte order mark, which is allowed only at the start of a file".to_owned();
        }
        let mut why = error.to_string();
        // The message of serde may repeat a text of any length.
        if let Some((end, _)) = why.char_indices().nth(LONGEST_REASON) {
            why.truncate(end);
            why.push_str("..");
        }
        why
    })
}

/// The id of a record that cannot be read, if it can be found in its line. The search ends at the first object that is a
/// value, so that it does not find the id of the subject.
pub(crate) fn find_id(line: &[u8]) -> Option<Uuid> {
    let line = &line[line.iter().position(|byte| *byte == b'{')? + 1..];
    let line = line.split(|byte| *byte == b'{').next()?;
    let key = line.windows(KEY.len()).position(|window| window == KEY)?;
    let value = line[key + KEY.len()..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let text = value.strip_prefix(b"\"")?.get(..36)?;
    std::str::from_utf8(text).ok()?.parse().ok()
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const KEY: &[u8] = b"\"id\"";
/// In characters.
const LONGEST_REASON: usize = 200;

fn record(number: u64, line: &[u8]) -> io::Result<Record> {
    parse(line, number).map_err(|why| {
        let id = find_id(line).map(|id| format!(" (id {id})")).unwrap_or_default();
        io::Error::new(io::ErrorKind::InvalidData, format!("line {number} is not a record{id}: {}", Printable(&why)))
    })
}

impl<W: Write> Sink for JsonLines<W> {
    type Error = io::Error;

    fn on_success(&mut self, record: &Record) -> io::Result<()> {
        self.append(std::slice::from_ref(record))
    }

    fn on_refusal(&mut self, record: &Record) -> io::Result<()> {
        self.append(std::slice::from_ref(record))
    }
}

impl<W: Write> BatchSink for JsonLines<W> {
    fn on_success_all(&mut self, records: &[Record]) -> io::Result<()> {
        self.append(records)
    }
}

/// Blocks while the buffer is written: for a fast writer, such as memory.
impl<W: Write + Send> AsyncSink for JsonLines<W> {
    type Error = io::Error;

    async fn on_success(&mut self, record: &Record) -> io::Result<()> {
        self.append(std::slice::from_ref(record))
    }

    async fn on_refusal(&mut self, record: &Record) -> io::Result<()> {
        self.append(std::slice::from_ref(record))
    }
}

impl<W: Write + Send> AsyncBatchSink for JsonLines<W> {
    async fn on_success_all(&mut self, records: &[Record]) -> io::Result<()> {
        self.append(records)
    }
}

impl<W: Write> Drop for JsonLines<W> {
    fn drop(&mut self) {
        // As in `BufWriter`, the error is lost. It writes during a panic too, because the machines of these records
        // have moved, but not after a panic of the writer.
        if !self.is_writing {
            let _ = self.flush();
        }
    }
}
