//! One writer a file.

use std::fs::{File, OpenOptions};

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
            .map_err(|cause| FileError::io(Operation::Open, &lock, cause))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(FileError::Locked { path: names.current.clone(), lock }),
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
