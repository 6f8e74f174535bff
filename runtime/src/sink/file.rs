//! A file of JSON Lines that keeps what it was given: durable when a commit returns, shared by threads and tasks.
//!
//! [`JsonLines::open`](crate::JsonLines::open) gives one, [`JsonLines::options`](crate::JsonLines::options) says
//! how, [`JsonLines::read`](crate::JsonLines::read) and [`JsonLines::follow`](crate::JsonLines::follow) read it.
//!
//! # What is durable when
//!
//! | [`Durability`] | when a commit returns, its record is | a killed process loses | a machine that stops loses |
//! | --- | --- | --- | --- |
//! | `Grouped`, the default | on the disk; commits that meet share one sync | nothing that was acknowledged | the same |
//! | `EachRecord` | on the disk; each commit has its own sync | nothing that was acknowledged | the same |
//! | `OnFlush` | in a buffer of 64 KiB | the buffer | what came after the last `flush` |
//!
//! "On the disk" is what `fdatasync` promises: the operating system has handed the bytes over, and the device has
//! said that it has them. A device that says so and does not, or a virtual one whose host does not pass the request
//! on, keeps no promise of ours. The names of new and finished files are made durable too, by a sync of their
//! directory, where directories can be synced: on Unix, and not on every file system.
//!
//! A refused commit leaves nothing. What was written of it is cut off, durably, before the commit returns; where
//! even that fails, the error says that the [outcome is unknown](FileError::is_outcome_unknown), and the sink
//! writes nothing else until it has cut it off, so that another try of the step is not written twice. When there is
//! room again the same sink goes on. After a failed sync of what cannot be cut off it takes nothing more until it
//! is opened again, for the kernel then holds lost pages for written ones. Whoever reads while a commit is on its
//! way may see its record before it returns.
//!
//! A process that dies between a write and its answer leaves whole lines of commits that were never answered; they
//! stay. An incomplete last line is [mended](Repair) when the log is opened next. A line that is broken anywhere
//! else keeps the log from being opened.
//!
//! # One writer
//!
//! The writer holds an advisory lock on a file beside the log, `trail.jsonl.lock`, which stays when it ends, and on Unix
//! on the log itself, so that a second name of it (a hard link) is no way in. It keeps other sinks of this kind out, and
//! nobody else. That a file was moved, removed or written to by another program
//! is seen before the next write, which is then refused; between the two is a moment in which it is not. On network
//! file systems locks hold among hosts only where server and mount are set up for it, and a sync is worth what the
//! server makes of it: keep the log on a local disk.
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
//! A thread that commits alone writes for itself. Where several meet, and for every asynchronous commit, a thread of
//! the log's own writes, which the first that needs it starts: no task waits for the disk, in any runtime. A future that is dropped
//! leaves its record to be written or not; nothing else is touched. `on_success_all` takes several records as one: all or
//! none are accepted, by one write, in one file. A process that is killed in the middle of that write can leave the first
//! of them, whole lines that nobody acknowledged; the ids tell whoever tries the batch again.
//!
//! [`JsonLinesFile::observed_by`] tells an observer of what all of them commit, in the order of the file. An observer that
//! is joined to one `&log`, by [`Sink::observed_by`], hears of what is committed through that one alone.

mod commit;
mod disk;
mod error;
mod follow;
mod lock;
mod names;
mod options;
mod queue;
mod read;
mod repair;
mod telling;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::commit::Shared;
pub use self::error::{FileError, Operation, Outcome};
pub use self::follow::{Follow, Stop};
pub use self::options::{Durability, FileOptions, Rotation};
pub use self::read::{Place, Records, WithPlaces};
pub use self::repair::Repair;
use super::{AsyncBatchSink, AsyncSink, BatchSink, Sink};
use crate::observer::{Failure, Failures, Observer};
use crate::record::Record;

/// A durable file of JSON Lines, opened by [`JsonLines::open`](crate::JsonLines::open); see [the module](self).
///
/// Refusals are written as successes are. Dropping it ends its thread, after what that is writing, and writes what is
/// in the buffer, where there is one, its errors unseen.
pub struct JsonLinesFile {
    shared: Arc<Shared>,
    path: PathBuf,
    repair: Option<Repair>,
}

impl JsonLinesFile {
    fn open(path: &Path, options: FileOptions) -> Result<Self, FileError> {
        let (disk, repair) = repair::open(path, options)?;
        let path = disk.names.current.clone();
        Ok(Self { shared: Arc::new(Shared::new(disk, options.durability)), path, repair })
    }

    /// The current file, by its absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What `open` mended: the end of a line that a crash had torn off.
    #[must_use]
    pub fn repaired(&self) -> Option<&Repair> {
        self.repair.as_ref()
    }

    /// Makes durable everything that has been accepted. Only [`Durability::OnFlush`] leaves anything to do.
    /// It waits for the disk: a task calls it where it may block.
    ///
    /// # Errors
    ///
    /// Those of writing and of syncing. What was not written stays in the buffer, for another try. After a sync
    /// that failed the file takes no more records, for what the disk holds of those before is unknown.
    pub fn flush(&self) -> Result<(), FileError> {
        self.shared.flush()
    }

    /// Tells the observer of every record that is accepted, whoever commits it, in the order of the file: of a
    /// durable one before its commit returns, of a buffered one when it is in the buffer. It can be called again for
    /// the next one.
    ///
    /// Observers run on whichever thread writes, and commits wait while they do; one that takes long belongs behind a
    /// [`Background`](crate::observer::Background). An observer that commits to this very log is refused with
    /// [`FileError::FromObserver`]; another thread can commit for it, unless the observer waits for that thread, as it
    /// does for a full queue under [`WhenFull::Wait`](crate::observer::WhenFull::Wait). Then both would wait for ever.
    #[must_use]
    pub fn observed_by(self, observer: impl Observer + Send + 'static) -> Self {
        self.shared.telling.change(|observers| observers.add(observer));
        self
    }

    /// Reports each failure of an observer to this closure, in place of the one before. Without one, failures are
    /// only counted.
    #[must_use]
    pub fn on_failure(self, report: impl FnMut(&Failure<'_>) + Send + 'static) -> Self {
        self.shared.telling.change(|observers| observers.on_failure(report));
        self
    }

    /// How often each observer has failed, in the order in which they are told. To one of them, those before the batch
    /// that it is being told of.
    #[must_use]
    pub fn failures(&self) -> Vec<Failures> {
        self.shared.telling.failures()
    }
}

impl fmt::Debug for JsonLinesFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("JsonLinesFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Drop for JsonLinesFile {
    fn drop(&mut self) {
        self.shared.close();
    }
}

macro_rules! sink {
    ($($log:ty)*) => {$(
        impl Sink for $log {
            type Error = FileError;

            fn on_success(&mut self, record: &Record) -> Result<(), FileError> {
                self.shared.commit(std::slice::from_ref(record))
            }

            fn on_refusal(&mut self, record: &Record) -> Result<(), FileError> {
                self.shared.commit(std::slice::from_ref(record))
            }
        }

        impl BatchSink for $log {
            fn on_success_all(&mut self, records: &[Record]) -> Result<(), FileError> {
                self.shared.commit(records)
            }
        }

        /// The disk is left to a thread of the log's own.
        impl AsyncSink for $log {
            type Error = FileError;

            async fn on_success(&mut self, record: &Record) -> Result<(), FileError> {
                self.shared.commit_async(std::slice::from_ref(record)).await
            }

            async fn on_refusal(&mut self, record: &Record) -> Result<(), FileError> {
                self.shared.commit_async(std::slice::from_ref(record)).await
            }
        }

        impl AsyncBatchSink for $log {
            async fn on_success_all(&mut self, records: &[Record]) -> Result<(), FileError> {
                self.shared.commit_async(records).await
            }
        }
    )*};
}

sink!(JsonLinesFile & JsonLinesFile);
