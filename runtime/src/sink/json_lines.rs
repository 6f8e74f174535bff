//! Records as JSON Lines into any writer, buffered.

use std::io::{self, Write};

use super::{AsyncSink, BatchSink, Sink};
use crate::record::Record;

/// Writes each record as a line of JSON, through a buffer, and refusals with them.
///
/// A record is accepted when it is in the buffer. The buffer is written when it is full, on
/// [`flush`](JsonLines::flush), and, its errors unseen, on drop: whoever needs to know that the records
/// have reached the writer calls `flush` or [`into_inner`](JsonLines::into_inner). Where the writer fails,
/// the commit at hand is refused; the records that were accepted before stay in the buffer for the next
/// try, and a line is never begun twice.
///
/// ```
/// use tollgate::{JsonLines, Record};
///
/// let mut log = JsonLines::new(Vec::new());
/// // commit steps into `&mut log`, and then
/// let written: Vec<u8> = log.into_inner()?;
/// let records: Vec<Record> = JsonLines::read(&written[..]).collect::<Result<_, _>>()?;
/// # assert!(records.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct JsonLines<W: Write> {
    /// Nothing only after `into_inner`.
    writer: Option<W>,
    buffer: Vec<u8>,
    capacity: usize,
}

impl<W: Write> JsonLines<W> {
    const CAPACITY: usize = 64 * 1024;

    /// Writes through a buffer of 64 KiB.
    pub fn new(writer: W) -> Self {
        Self::with_capacity(Self::CAPACITY, writer)
    }

    /// Writes through a buffer of this many bytes.
    pub fn with_capacity(capacity: usize, writer: W) -> Self {
        Self { writer: Some(writer), buffer: Vec::with_capacity(capacity), capacity }
    }

    /// Writes what is in the buffer, and flushes the writer.
    ///
    /// # Errors
    ///
    /// Those of the writer. What was not written stays in the buffer.
    pub fn flush(&mut self) -> io::Result<()> {
        self.drain()?;
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }

    /// The writer, after a flush.
    ///
    /// # Errors
    ///
    /// Those of the flush. The sink is dropped then, which tries once more; call
    /// [`flush`](JsonLines::flush) first where the records must not be lost.
    pub fn into_inner(mut self) -> io::Result<W> {
        self.flush()?;
        self.writer.take().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// The writer. What is still in the buffer has not reached it.
    pub fn get_ref(&self) -> Option<&W> {
        self.writer.as_ref()
    }

    /// Writes what is in the buffer. What the writer took is gone from the buffer even where the rest fails,
    /// so that nothing is written twice.
    fn drain(&mut self) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let mut written = 0;
        let result = loop {
            if written >= self.buffer.len() {
                break Ok(());
            }
            match writer.write(&self.buffer[written..]) {
                Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        self.buffer.drain(..written.min(self.buffer.len()));
        result
    }

    /// Puts these records into the buffer: all, or after an error none. A full buffer is written first, so
    /// that a record whose commit is refused has not come near the writer.
    fn append(&mut self, records: &[Record]) -> io::Result<()> {
        if self.buffer.len() >= self.capacity {
            self.drain()?;
        }
        let accepted = self.buffer.len();
        for record in records {
            if let Err(error) = serde_json::to_writer(&mut self.buffer, record) {
                self.buffer.truncate(accepted);
                return Err(error.into());
            }
            self.buffer.push(b'\n');
        }
        Ok(())
    }
}

impl JsonLines<io::Empty> {
    /// The records of such a file, line by line; blank lines are passed over.
    ///
    /// # Errors
    ///
    /// Each item is an error where the reader fails or a line is not a record; the error names the line by
    /// its number, and the reading can go on after it.
    pub fn read(reader: impl io::BufRead) -> impl Iterator<Item = io::Result<Record>> {
        (1..).zip(reader.lines()).filter_map(|(number, line)| match line {
            Ok(line) if line.trim().is_empty() => None,
            Ok(line) => Some(serde_json::from_str(&line).map_err(|error| {
                io::Error::new(io::ErrorKind::InvalidData, format!("line {number} is not a record: {error}"))
            })),
            Err(error) => Some(Err(io::Error::new(error.kind(), format!("line {number}: {error}")))),
        })
    }
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

/// Blocks while the buffer is written: for a writer that does not wait long, such as memory.
impl<W: Write + Send> AsyncSink for JsonLines<W> {
    type Error = io::Error;

    async fn on_success(&mut self, record: &Record) -> io::Result<()> {
        self.append(std::slice::from_ref(record))
    }

    async fn on_refusal(&mut self, record: &Record) -> io::Result<()> {
        self.append(std::slice::from_ref(record))
    }
}

impl<W: Write> Drop for JsonLines<W> {
    fn drop(&mut self) {
        // As `BufWriter` does: a drop has nobody to tell. A panic of the writer itself is left alone.
        if !std::thread::panicking() {
            let _ = self.flush();
        }
    }
}
