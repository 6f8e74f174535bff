//! A durable file of JSON Lines: each record is on the disk when its commit returns. Threads and tasks share it.
//!
//! [`JsonLines::open`](crate::JsonLines::open) opens one, [`JsonLines::options`](crate::JsonLines::options) opens one with
//! other settings, [`JsonLines::read`](crate::JsonLines::read) and [`JsonLines::follow`](crate::JsonLines::follow) read it.
//!
//! # Durability
//!
//! | [`Durability`] | when a commit returns, its record is | a killed process loses | a power cut or a system crash loses |
//! | --- | --- | --- | --- |
//! | `Grouped`, the default | on the disk; commits that arrive together share one sync | nothing that was acknowledged | the same |
//! | `EachRecord` | on the disk; each commit has its own sync | nothing that was acknowledged | the same |
//! | `OnFlush` | in a buffer of 64 KiB | the buffer | everything since the last `flush` |
//!
//! "On the disk" means what `fdatasync` promises: the operating system has handed the bytes to the device, and the device
//! has confirmed them. A device that confirms too early, or a virtual one whose host does not pass the request on, breaks
//! that promise. The names of new and of rotated files are made durable too, by a sync of their directory, if the system
//! supports it: on Unix, and not on every file system.
//!
//! A refused commit leaves nothing in the file. If a part of its line was written, the sink removes it durably before the
//! commit returns. If that fails too, the error states that the [outcome is unknown](FileError::is_outcome_unknown). The
//! sink then writes nothing else until it has removed that part, so a retry of the step is not written twice. When a full
//! disk has room again, the same sink continues. After a failed sync that could not be rolled back, the sink accepts no
//! records until it is opened again, because the kernel may then treat lost pages as written. A reader may see a record
//! shortly before its commit returns.
//!
//! If a process dies after a write and before the commit returns, complete lines that were never acknowledged stay in the
//! file. An incomplete last line is [repaired](Repair) when the log is opened next.
//!
//! # Unreadable lines
//!
//! A line that ends in a newline but is not a record (a damaged disk block, an edit, another wire version) does not hide the
//! others. Each reader returns an error for it and continues with the next line. The error has the file, the line, the byte
//! and, if it is still readable, the record's id. [`open`](FileOptions::open) skips the line,
//! [reports](JsonLinesFile::unreadable) it and appends after it; with [`FileOptions::strict`] and [`Records::strict`],
//! opening and reading stop there. If a file has content, and no line is or was a record, it is the file of another program,
//! and `open` refuses it.
//!
//! A sink refuses a record that no reader could read back, with [`FileError::Unrecordable`], before it writes anything.
//!
//! A byte order mark at the start of a file is skipped, because many editors add one; at any other place it makes its line
//! unreadable.
//!
//! # The chain of lines
//!
//! Each line carries the SHA-256 of the line before it, so that a changed, removed, inserted or moved line is detected. A
//! line is the [canonical](crate::Record::canonical) record with one more key at its end:
//!
//! ```text
//! {"v":1,"id":"0197..","at":"..","kind":"creation",..,"prev_line":"<64 lower-case hexadecimal digits>"}
//! ```
//!
//! The digest of a line is that of its bytes without the newline, `prev_line` included. The first line of a log carries 64
//! zeros. The chain continues from a finished file to the next one, across repairs, unreadable lines and lines without the
//! key; blank lines are not part of it. It starts again with 64 zeros only in the case that [`FileOptions::rotate`]
//! describes. [`FileOptions::chain`] turns the chain off.
//!
//! [`Records::chained`] verifies the chain. The chain does not show that lines were removed from the end, and it is not a
//! signature: a person who can write the file can also compute all digests again. From time to time, store the digest of the
//! last line ([`Chained::head`]) in another place, and compare.
//!
//! The digest is exactly as durable as its line. A refused commit does not change the chain.
//!
//! # The charts file
//!
//! Next to `trail.jsonl` is `trail.charts.jsonl`: the charts of the machines whose records are in the log, one on a line, so
//! that a copy of both can be verified without the program:
//!
//! ```text
//! {"chart":"<fingerprint>","text":"<the text of Chart::canonical>"}
//! ```
//!
//! The SHA-256 of `text` is the fingerprint that records carry in [`chart`](crate::Record::chart).
//! [`JsonLines::charts`](crate::JsonLines::charts) reads and verifies it. One charts file serves all files of the log, and
//! it is not rotated.
//!
//! A chart is on the disk before the first record that names it is written, with every [`Durability`]; if it cannot be
//! written, the commit is refused. The sink gets the chart only from a successful commit, not from a direct call of
//! [`Sink::on_success`] or from a refusal. If no step of a machine was committed to this log yet, its chart is not in the
//! file. If the file is removed while the log is open, its charts are written again after the next `open`.
//!
//! # One writer
//!
//! The writer holds an advisory lock on `trail.jsonl.lock`, a file next to the log that stays when the writer ends. On Unix
//! it also locks the log itself, so that a second writer cannot open a hard link. The lock keeps out other sinks of this
//! type, but not other programs. Before each write the sink checks that the file was not moved, removed or changed by
//! another program, and refuses the write if it was; a change between the check and the write is not detected. On network
//! file systems the lock works between hosts only if server and mount support it, and a sync is as durable as the server
//! makes it: keep the log on a local disk.
//!
//! # Threads and tasks
//!
//! `&JsonLinesFile` is a [`Sink`], a [`BatchSink`], an [`AsyncSink`] and an [`AsyncBatchSink`]; an `Arc` works as `&*log`.
//!
//! ```
//! use tollgate::{Id, JsonLines, StateMachine};
//!
//! #[derive(StateMachine)]
//! #[transition(close, from = Open, to = Closed)]
//! enum DoorState {
//!     #[state(initial)]
//!     Open,
//!     #[state(terminal)]
//!     Closed,
//! }
//!
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("trail.jsonl");
//! let log = JsonLines::open(&path)?;
//! if let Some(repair) = log.repaired() {
//!     eprintln!("the last line of {} was torn off at byte {}", repair.path.display(), repair.byte);
//! }
//! std::thread::scope(|scope| {
//!     for id in 0..8_u64 {
//!         let log = &log;
//!         scope.spawn(move || {
//!             let door = DoorMachine::create(Id::from(id)).commit(log)?;
//!             // It is on the disk now. So is this, when it returns:
//!             door.close().by("ann").commit(log)?;
//!             Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
//!         });
//!     }
//! });
//! assert_eq!(JsonLines::read(&path)?.count(), 16);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`open`](FileOptions::open) starts a writer thread for each log. Commits that arrive while it is busy are written
//! together. Tasks wait for it without blocking, in any runtime. A child process that is made by `fork` does not have this
//! thread: open the log after the fork.
//!
//! If a future is dropped, its record may be written or not; nothing else is affected. `on_success_all` accepts all of
//! several records or none, by one write, in one file. A process that is killed during that write can leave the first of
//! them as whole lines that were not acknowledged; before a retry, look for the ids.
//!
//! [`JsonLinesFile::observed_by`] notifies an observer of all commits to the file, in the order of the file. An observer
//! that is added to one `&log`, by [`adapt`](crate::sink::adapt), is notified only of commits through that `&log`.

mod batch;
mod chain;
mod charts;
mod current;
mod error;
mod follow;
mod json_lines;
mod lines;
mod lock;
mod notify;
mod options;
mod paths;
mod platform;
mod read;
mod repair;
mod torn;
mod unreadable;
mod verify;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::slice;

pub use self::charts::{Charts, RecordedChart};
pub use self::error::{FileError, Operation, WriteState};
pub use self::follow::{Follow, Stop};
pub use self::lines::LinePosition;
pub use self::options::{Durability, FileOptions, Rotation};
pub use self::read::{Records, WithPositions};
use self::repair::Opened;
pub use self::repair::Repair;
pub use self::unreadable::Unreadable;
pub use self::verify::Chained;
use self::writer::Writer;
use crate::observer::{Failure, Failures, Observer};
use crate::record::Record;
use crate::sink::{AsyncBatchSink, AsyncSink, BatchSink, Offer, Offers, Receipt, Sink};

/// A durable file of JSON Lines, opened by [`JsonLines::open`](crate::JsonLines::open); see [the module](self).
///
/// Refusals are written like successes. Dropping it waits for the write that is under way, and writes the buffer, if
/// there is one; errors of that write are not reported.
pub struct JsonLinesFile {
    writer: Writer,
    path: PathBuf,
    repair: Option<Repair>,
    unreadable: Unreadable,
}

impl FileOptions {
    /// Opens the file, or creates it for its owner only, and repairs an incomplete last line.
    ///
    /// `open` reads the current file from its start to its end: about one second for a million records. It does not
    /// read finished files, except the last line of the newest one if the current file is empty. A line that is not a
    /// record is stepped over and reported by [`JsonLinesFile::unreadable`], as is a line of the
    /// [charts file](self#the-charts-file) that is not a chart.
    ///
    /// # Errors
    ///
    /// [`FileError::LockHeld`] if another sink writes the file. [`FileError::Foreign`] if the file is that of another program: it
    /// has content, no line of it is or was a record, and the log has no finished file. [`FileError::NotARecord`] or [`FileError::NotAChart`] for the first
    /// unreadable line, if [`strict`](FileOptions::strict) is set. [`FileError::NotAFile`]; [`FileError::Io`], also if
    /// files rotate and the last number that there is has been used. The files are not changed if `open` fails because of their content.
    pub fn open(self, path: impl AsRef<Path>) -> Result<JsonLinesFile, FileError> {
        let Opened { file, repair, unreadable } = repair::open(path.as_ref(), self)?;
        let path = file.path().to_owned();
        Ok(JsonLinesFile { writer: Writer::start(file, self.durability)?, path, repair, unreadable })
    }
}

impl JsonLinesFile {
    /// Returns the absolute path of the current file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns how `open` repaired the last line, if it had no newline.
    #[must_use]
    pub fn repaired(&self) -> Option<&Repair> {
        self.repair.as_ref()
    }

    /// Returns the lines that `open` could not read and stepped over: of the current file, and of the charts next to it.
    /// They stay in the files. If the end of a charts file is not part of a chart, it is moved to another file.
    /// [`FileOptions::strict`] refuses them.
    #[must_use]
    pub fn unreadable(&self) -> &Unreadable {
        &self.unreadable
    }

    /// Makes every accepted record durable. This has an effect only with [`Durability::OnFlush`]. It waits for the disk, so
    /// call it from a task only if the task may block.
    ///
    /// # Errors
    ///
    /// Errors of writing and of syncing. Records that were not written stay in the buffer for a retry. After a failed sync
    /// the file takes no more records, because it is unknown which of the earlier ones the disk holds.
    pub fn flush(&self) -> Result<(), FileError> {
        self.writer.flush()
    }

    /// Notifies the observer of every accepted record, in the order of the file: of a durable record before its commit
    /// returns, of a buffered one when it is in the buffer. Call it again to add another observer.
    ///
    /// Observers run on the log's thread, and with [`Durability::OnFlush`] on the committing thread. Commits wait for them; put
    /// a slow one behind a [`Background`](crate::observer::Background). An observer that commits to the same log is refused
    /// with [`FileError::FromObserver`]. Another thread can commit for it, unless the observer waits for that thread, as it
    /// does for a full queue with [`WhenFull::Wait`](crate::observer::WhenFull::Wait): that is a deadlock. It is also a
    /// deadlock if observers of two files commit to each other while both files notify.
    #[must_use]
    pub fn observed_by(self, observer: impl Observer + Send + 'static) -> Self {
        self.writer.notifier().change(|observers| observers.add(observer));
        self
    }

    /// Reports each failure of an observer to this closure; a second call replaces the first closure. Without one,
    /// failures are only counted.
    #[must_use]
    pub fn on_failure(self, report: impl FnMut(&Failure<'_>) + Send + 'static) -> Self {
        self.writer.notifier().change(|observers| observers.on_failure(report));
        self
    }

    /// Returns how often each observer has failed, in the order in which they are notified. An observer that calls it
    /// sees the counts before the current batch.
    #[must_use]
    pub fn failures(&self) -> Vec<Failures> {
        self.writer.notifier().failures()
    }
}

impl fmt::Debug for JsonLinesFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("JsonLinesFile").field("path", &self.path).finish_non_exhaustive()
    }
}

macro_rules! sink {
    ($($log:ty)*) => {$(
        impl Sink for $log {
            type Error = FileError;

            fn on_success(&mut self, record: &Record) -> Result<(), FileError> {
                self.writer.commit(Offers::new(slice::from_ref(record)))
            }

            fn on_refusal(&mut self, record: &Record) -> Result<(), FileError> {
                self.writer.commit(Offers::new(slice::from_ref(record)))
            }

            fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, FileError> {
                self.writer.commit(Offers::from(&offer)).map(|()| Receipt::default())
            }
        }

        impl BatchSink for $log {
            fn on_success_all(&mut self, records: &[Record]) -> Result<(), FileError> {
                self.writer.commit(Offers::new(records))
            }

            fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, FileError> {
                self.writer.commit(offers).map(|()| vec![Receipt::default(); offers.len()])
            }
        }

        /// Does not block: the log's thread writes.
        impl AsyncSink for $log {
            type Error = FileError;

            async fn on_success(&mut self, record: &Record) -> Result<(), FileError> {
                self.writer.commit_async(Offers::new(slice::from_ref(record))).await
            }

            async fn on_refusal(&mut self, record: &Record) -> Result<(), FileError> {
                self.writer.commit_async(Offers::new(slice::from_ref(record))).await
            }

            async fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, FileError> {
                self.writer.commit_async(Offers::from(&offer)).await.map(|()| Receipt::default())
            }
        }

        impl AsyncBatchSink for $log {
            async fn on_success_all(&mut self, records: &[Record]) -> Result<(), FileError> {
                self.writer.commit_async(Offers::new(records)).await
            }

            async fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, FileError> {
                self.writer.commit_async(offers).await.map(|()| vec![Receipt::default(); offers.len()])
            }
        }
    )*};
}

sink!(JsonLinesFile & JsonLinesFile);
