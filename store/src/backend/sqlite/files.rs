//! The files of a database: whether their names still lead to the files that the store has open.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, MAIN_DB};

use super::failure;
use crate::Error;

/// The files of an open database: the database, its log, and the index of that.
///
/// SQLite keeps them open, and writes to them wherever they are. A commit into a file that was removed is lost with the last
/// program that has it open. The log and its index belong to a name: two programs that have opened different ones do not see
/// the commits of each other, and corrupt the database.
#[derive(Debug)]
pub(crate) struct Files {
    database: OpenFile,
    /// With those of these files that SQLite made: it has no log where the file system cannot share memory.
    log: Vec<OpenFile>,
}

#[derive(Debug)]
struct OpenFile {
    path: PathBuf,
    metadata: Metadata,
    /// The text of the error if there is no file of this name.
    gone: &'static str,
}

/// A file that is not the one that was opened, and what is wrong with it.
#[derive(Debug, Clone)]
pub(crate) struct FileFault {
    path: PathBuf,
    why: &'static str,
}

const GONE: &str = "was moved or removed while the store had it open; put it back, or open the store again";
const LOG_GONE: &str =
    "was removed while the store had it open; close each program that uses the database, then open it again";
const OTHER: &str = "was replaced while the store had the former file open; open the store again";
const TWO_NAMES: &str =
    "has a second name (a hard link), and SQLite would keep a log for each; remove the one that is not used";
const FOLDER: &str = "is a folder; name a file in it";
const NO_FILE: &str = "is not a regular file; a database is in one";
const READ_ONLY: &str = "may only be read by this program, and a store writes; give it the right to write";
const UNSEEN: &str = "cannot be looked at, so commits could be lost; check the permissions of its folder";

/// Refuses a file that cannot be a database.
pub(crate) fn check_before_opening(path: &Path) -> Result<(), FileFault> {
    let why = match path.metadata() {
        Ok(found) if found.is_dir() => FOLDER,
        Ok(found) if !found.is_file() => NO_FILE,
        Ok(found) if has_two_names(&found) => TWO_NAMES,
        // SQLite creates the file, or says why it cannot.
        _ => return Ok(()),
    };
    Err(FileFault { path: path.to_owned(), why })
}

/// Refuses a database that may not be written to: SQLite opens it nevertheless, and only commits would fail.
pub(crate) fn check_writable(connection: &Connection, path: &Path) -> Result<(), Error> {
    match connection.is_readonly(MAIN_DB) {
        Ok(false) => Ok(()),
        Ok(true) => Err(FileFault { path: path.to_owned(), why: READ_ONLY }.into()),
        Err(error) => Err(failure::database(format!("opening `{}`", path.display()), error)),
    }
}

impl Files {
    /// The files of a database that is open at this path, and was read.
    pub(crate) fn opened(path: &Path) -> Result<Self, Error> {
        let unseen = |_| Error::from(FileFault { path: path.to_owned(), why: UNSEEN });
        // The working directory may change, and the name that SQLite builds that of the log from has no symbolic links.
        let given = std::path::absolute(path).map_err(unseen)?;
        let resolved = path.canonicalize().map_err(unseen)?;
        let database = OpenFile { metadata: given.metadata().map_err(unseen)?, path: given, gone: GONE };
        let log = ["-wal", "-shm"].map(|end| {
            let mut name = resolved.clone().into_os_string();
            name.push(end);
            let path = PathBuf::from(name);
            path.metadata().ok().map(|metadata| OpenFile { path, metadata, gone: LOG_GONE })
        });
        let files = Self { database, log: log.into_iter().flatten().collect() };
        files.check()?;
        Ok(files)
    }

    /// The absolute path of the database.
    pub(crate) fn path(&self) -> &Path {
        &self.database.path
    }

    /// Refuses if a name leads elsewhere than before. It costs one system call for each file.
    pub(crate) fn check(&self) -> Result<(), FileFault> {
        let found = self.database.check()?;
        if has_two_names(&found) {
            return Err(FileFault { path: self.database.path.clone(), why: TWO_NAMES });
        }
        self.log.iter().try_for_each(|log| log.check().map(drop))
    }
}

impl OpenFile {
    fn check(&self) -> Result<Metadata, FileFault> {
        let fault = |why| FileFault { path: self.path.clone(), why };
        match self.path.metadata() {
            Ok(found) if is_same(&found, &self.metadata) => Ok(found),
            Ok(_) => Err(fault(OTHER)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Err(fault(self.gone))
            }
            Err(_) => Err(fault(UNSEEN)),
        }
    }
}

impl From<FileFault> for Error {
    fn from(FileFault { path, why }: FileFault) -> Self {
        Self::File { path, why }
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(unix)]
fn has_two_names(file: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(file) > 1
}

/// On other systems the standard library has no such comparison, and an open file cannot be replaced.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn has_two_names(_: &Metadata) -> bool {
    false
}
