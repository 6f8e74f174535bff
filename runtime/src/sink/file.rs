//! A file of JSON Lines that keeps what it was given: durable when a commit returns, shared by threads and tasks.

mod commit;
mod disk;
mod error;
mod follow;
mod lock;
mod names;
mod options;
mod read;
mod repair;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use self::commit::Shared;
pub use self::error::{FileError, Operation, Outcome};
pub use self::follow::{Follow, Stop};
pub use self::options::{Durability, FileOptions, Rotation};
pub use self::read::{Place, Records, WithPlaces};
pub use self::repair::Repair;
use super::{AsyncSink, BatchSink, Sink};
use crate::record::Record;

/// A file of JSON Lines.
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
    ///
    /// # Errors
    ///
    /// Those of writing and of syncing. What was not written stays in the buffer, for another try. After a sync
    /// that failed the file takes no more records, for what the disk holds of those before is unknown.
    pub fn flush(&self) -> Result<(), FileError> {
        self.shared.flush()
    }

    /// Tells of every record that was accepted, in the order of the file.
    #[doc(hidden)]
    #[must_use]
    pub fn told_in_order(self, tell: impl FnMut(&Record) + Send + 'static) -> Self {
        let _ = self.shared.tell.set(Mutex::new(Box::new(tell)));
        self
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

        /// The disk is left to a thread, which the first asynchronous commit starts.
        impl AsyncSink for $log {
            type Error = FileError;

            async fn on_success(&mut self, record: &Record) -> Result<(), FileError> {
                self.shared.commit_async(std::slice::from_ref(record)).await
            }

            async fn on_refusal(&mut self, record: &Record) -> Result<(), FileError> {
                self.shared.commit_async(std::slice::from_ref(record)).await
            }
        }
    )*};
}

sink!(JsonLinesFile & JsonLinesFile);
