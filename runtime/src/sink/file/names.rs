//! What the files of a log are called, and which there are.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::error::{FileError, Operation};

/// The paths of a log. The current file has the name that the user gave; a finished one has a number that is
/// put before the extension, and, where files are rotated by day, the day: `trail.000007.2026-11-22.jsonl`.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// Absolute, without links: neither a change of the working directory nor of a link splits a log in two.
    pub(super) current: PathBuf,
    pub(super) directory: PathBuf,
    stem: OsString,
    /// With its dot.
    extension: OsString,
}

impl Names {
    pub(super) fn of(path: &Path) -> Result<Self, FileError> {
        let failed = |cause| FileError::io(Operation::Open, path, cause);
        let current = match fs::canonicalize(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                let name = path.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
                fs::canonicalize(directory.unwrap_or(Path::new("."))).map_err(failed)?.join(name)
            }
            found => found.map_err(failed)?,
        };
        let (Some(directory), Some(stem)) = (current.parent(), current.file_stem()) else {
            return Err(FileError::NotAFile { path: current });
        };
        let mut extension = OsString::new();
        if let Some(given) = current.extension() {
            extension.push(".");
            extension.push(given);
        }
        Ok(Self { directory: directory.to_owned(), stem: stem.to_owned(), extension, current })
    }

    /// The file whose lock the writer holds. It is one of its own, because rotation renames the log.
    pub(super) fn lock(&self) -> PathBuf {
        self.beside(".lock")
    }

    /// Where the torn end of the current file is put. The name follows from place and content, so that a repair
    /// that was interrupted is taken up by the next.
    pub(super) fn torn(&self, byte: u64, content: &[u8]) -> PathBuf {
        self.beside(&format!(".torn-{byte:09}-{:016x}", fnv_1a(content)))
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut path = self.current.clone().into_os_string();
        path.push(suffix);
        path.into()
    }

    pub(super) fn finished(&self, number: u64, day: Option<NaiveDate>) -> PathBuf {
        let mut name = self.stem.clone();
        name.push(format!(".{number:06}"));
        if let Some(day) = day {
            name.push(format!(".{day}"));
        }
        name.push(&self.extension);
        self.directory.join(name)
    }

    /// The finished files with a number above this one, in the order of their numbers.
    pub(super) fn finished_after(&self, last: u64) -> Result<Vec<(u64, PathBuf)>, FileError> {
        let failed = |cause| FileError::io(Operation::Read, &self.directory, cause);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.directory).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            match self.number(name.as_encoded_bytes()) {
                Some(number) if number > last => found.push((number, self.directory.join(name))),
                _ => {}
            }
        }
        found.sort();
        Ok(found)
    }

    fn number(&self, name: &[u8]) -> Option<u64> {
        let rest = name.strip_prefix(self.stem.as_encoded_bytes())?.strip_prefix(b".")?;
        let rest = std::str::from_utf8(rest.strip_suffix(self.extension.as_encoded_bytes())?).ok()?;
        let (number, day) = rest.split_once('.').map_or((rest, None), |(number, day)| (number, Some(day)));
        let is_number = number.len() >= 6 && number.bytes().all(|digit| digit.is_ascii_digit());
        let is_day = day.is_none_or(|day| day.parse::<NaiveDate>().is_ok());
        if is_number && is_day { number.parse().ok() } else { None }
    }

    /// Makes a change of names durable. Where directories cannot be synced there is nothing to be done: some
    /// file systems say so by `EINVAL`.
    pub(super) fn sync_directory(&self) -> Result<(), FileError> {
        if !cfg!(unix) {
            return Ok(());
        }
        match File::open(&self.directory).and_then(|directory| directory.sync_all()) {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            done => done.map_err(|cause| FileError::io(Operation::Sync, &self.directory, cause)),
        }
    }
}

/// The hash of Fowler, Noll and Vo, 64 bits wide: the standard library promises none that stays the same.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
