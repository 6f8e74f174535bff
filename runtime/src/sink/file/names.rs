//! The names of the files of a log, and the files that exist.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf, is_separator};

use chrono::NaiveDate;

use super::error::{FileError, Operation};

#[cfg(test)]
thread_local! {
    /// How often this thread has listed the finished files of a log.
    pub(super) static LISTINGS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The paths of a log. The current file has the name that the user gave; a finished one has a number that is
/// put before the extension, and, where files are rotated by day, the day: `trail.000007.2026-11-22.jsonl`.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// Absolute and without links, so that a change of the working directory or of a link does not split a log in two.
    pub(super) current: PathBuf,
    pub(super) directory: PathBuf,
    stem: OsString,
    /// With its dot.
    extension: OsString,
}

impl Names {
    pub(super) fn of(path: &Path) -> Result<Self, FileError> {
        let failed = |cause| FileError::io(Operation::OpenFile, path, cause);
        let current = without_links(path).map_err(failed)?;
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

    /// The file that the writer locks. It is a separate file, because rotation renames the log.
    pub(super) fn lock(&self) -> PathBuf {
        self.next_to(".lock")
    }

    /// The file for the torn end of the current file. The name follows from its place and content, so that an interrupted
    /// repair is continued by the next one.
    pub(super) fn torn(&self, byte: u64, content: &[u8]) -> PathBuf {
        self.next_to(&format!(".torn-{byte:09}-{:016x}", fnv_1a(content)))
    }

    /// The file of the log's charts: `trail.charts.jsonl`. It has no number, so it is not taken for a finished file.
    pub(super) fn charts(&self) -> PathBuf {
        let mut name = self.stem.clone();
        name.push(".charts");
        name.push(&self.extension);
        self.directory.join(name)
    }

    fn next_to(&self, suffix: &str) -> PathBuf {
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

    /// Lists the finished files with a higher number than this one, in the order of their numbers.
    pub(super) fn finished_after(&self, last: u64) -> Result<VecDeque<(u64, PathBuf)>, FileError> {
        #[cfg(test)]
        LISTINGS.set(LISTINGS.get() + 1);
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
        Ok(found.into())
    }

    /// Returns the highest number in use, also that of a file that is no longer read: `trail.000007.jsonl.gz`.
    pub(super) fn last_number(&self) -> Result<u64, FileError> {
        let failed = |cause| FileError::io(Operation::Read, &self.directory, cause);
        let mut last = 0;
        for entry in fs::read_dir(&self.directory).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let number = self.after_stem(name.as_encoded_bytes()).and_then(|rest| {
                let number = rest.split(|byte| *byte == b'.').next()?;
                parse_number(std::str::from_utf8(number).ok()?)
            });
            last = last.max(number.unwrap_or(0));
        }
        Ok(last)
    }

    fn after_stem<'a>(&self, name: &'a [u8]) -> Option<&'a [u8]> {
        name.strip_prefix(self.stem.as_encoded_bytes())?.strip_prefix(b".")
    }

    fn number(&self, name: &[u8]) -> Option<u64> {
        let rest = self.after_stem(name)?;
        let rest = std::str::from_utf8(rest.strip_suffix(self.extension.as_encoded_bytes())?).ok()?;
        let (number, day) = rest.split_once('.').map_or((rest, None), |(number, day)| (number, Some(day)));
        let is_day = day.is_none_or(|day| day.parse::<NaiveDate>().is_ok());
        parse_number(number).filter(|_| is_day)
    }

    /// Makes a change of names durable. Some file systems cannot sync a directory and return `EINVAL`; that is ignored.
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

fn parse_number(number: &str) -> Option<u64> {
    let is_number = number.len() >= 6 && number.bytes().all(|digit| digit.is_ascii_digit());
    if is_number { number.parse().ok() } else { None }
}

/// Resolves all links of a path, also if the file does not exist yet.
fn without_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    // `canonicalize` refuses a circle of links; the limit is for one that is made at the same time.
    for _ in 0..100 {
        match fs::canonicalize(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            found => return found,
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Ok(target) = fs::read_link(&path) {
            path = parent.join(target);
            continue;
        }
        let is_directory = path.as_os_str().as_encoded_bytes().last().is_some_and(|last| is_separator((*last).into()));
        let name = path
            .file_name()
            .filter(|_| !is_directory)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path must end with the name of a file"))?;
        return Ok(fs::canonicalize(parent)?.join(name));
    }
    Err(io::Error::other("its links form a circle"))
}

/// The 64-bit hash of Fowler, Noll and Vo. The hashes of the standard library may change between versions.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
