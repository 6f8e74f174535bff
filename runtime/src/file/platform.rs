//! Regular files, their permissions and their identity, for which operating systems differ.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use super::error::{FileError, Operation};

/// Returns whether there is such a file; an error if there is something else, such as a directory.
pub(super) fn check_regular(path: &Path) -> Result<bool, FileError> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(_) => Err(FileError::NotAFile { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(FileError::io(Operation::OpenFile, path, error)),
    }
}

/// Creates a file that only its owner may read. It must not exist.
pub(super) fn create(path: &Path) -> Result<File, FileError> {
    owner_only(OpenOptions::new().read(true).append(true).create_new(true))
        .open(path)
        .map_err(|cause| FileError::io(Operation::OpenFile, path, cause))
}

#[cfg(unix)]
pub(super) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
pub(super) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
pub(super) fn is_same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// On other systems the standard library has no such comparison.
#[cfg(not(unix))]
pub(super) fn is_same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}
