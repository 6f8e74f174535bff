//! The advisory locks that keep a second writer out.

use std::fs::{File, OpenOptions};
use std::path::Path;

use fs4::{FileExt, TryLockError};

use super::error::{FileError, Operation};
use super::paths::LogPaths;
use super::platform::owner_only;

/// The advisory lock of a log, held until it is dropped. The file stays: if it were removed, two writers could lock two
/// files with one name.
#[derive(Debug)]
pub(super) struct LogLock(File);

impl LogLock {
    pub(super) fn of(paths: &LogPaths) -> Result<Self, FileError> {
        let lock = paths.lock();
        let file = owner_only(OpenOptions::new().write(true).create(true).truncate(false))
            .open(&lock)
            .map_err(|cause| FileError::io(Operation::OpenFile, &lock, cause))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(FileError::LockHeld { path: paths.current.clone(), lock }),
            Err(TryLockError::Error(cause)) => Err(FileError::io(Operation::Lock, &lock, cause)),
        }
    }
}

impl Drop for LogLock {
    fn drop(&mut self) {
        // Closing is not enough while a child process that is being started still has a copy of the descriptor.
        let _ = FileExt::unlock(&self.0);
    }
}

/// Locks the log itself as well, as long as this handle is open: a hard link has another lock file next to it. On systems
/// other than Unix such a lock would keep out readers too.
pub(super) fn lock_log(file: &File, path: &Path) -> Result<(), FileError> {
    if !cfg!(unix) {
        return Ok(());
    }
    FileExt::try_lock(file).map_err(|error| match error {
        TryLockError::WouldBlock => FileError::LockHeld { path: path.to_owned(), lock: path.to_owned() },
        TryLockError::Error(cause) => FileError::io(Operation::Lock, path, cause),
    })
}

/// Unlocks the log itself; see the drop of [`LogLock`].
pub(super) fn unlock_log(file: &File) {
    if cfg!(unix) {
        let _ = FileExt::unlock(file);
    }
}
