//! One writer a file.

use std::fs::{File, OpenOptions};
use std::path::Path;

use fs4::{FileExt, TryLockError};

use super::disk::owner_only;
use super::error::{FileError, Operation};
use super::names::Names;

/// The advisory lock of a log, held until it is dropped. The file stays: to remove it would let two writers lock
/// two files of one name.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    pub(super) fn of(names: &Names) -> Result<Self, FileError> {
        let lock = names.lock();
        let file = owner_only(OpenOptions::new().write(true).create(true).truncate(false))
            .open(&lock)
            .map_err(|cause| FileError::io(Operation::OpenFile, &lock, cause))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(FileError::LockHeld { path: names.current.clone(), lock }),
            Err(TryLockError::Error(cause)) => Err(FileError::io(Operation::Lock, &lock, cause)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing would not do while a child process that is being started still has a copy of the descriptor.
        let _ = FileExt::unlock(&self.0);
    }
}

/// Locks the log itself as well, as long as this handle is open: another name of the file, a hard link, leads to
/// another lock beside it. Elsewhere than on Unix such a lock would keep out readers too.
pub(super) fn log(file: &File, path: &Path) -> Result<(), FileError> {
    if !cfg!(unix) {
        return Ok(());
    }
    FileExt::try_lock(file).map_err(|error| match error {
        TryLockError::WouldBlock => FileError::LockHeld { path: path.to_owned(), lock: path.to_owned() },
        TryLockError::Error(cause) => FileError::io(Operation::Lock, path, cause),
    })
}

/// As a [`Lock`] is dropped.
pub(super) fn unlock_log(file: &File) {
    if cfg!(unix) {
        let _ = FileExt::unlock(file);
    }
}
