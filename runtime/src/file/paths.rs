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
/// put before the extension, and, if files are rotated by day, the day: `trail.000007.2026-11-22.jsonl`.
#[derive(Debug, Clone)]
pub(super) struct LogPaths {
    /// Absolute and without links, so that a change of the working directory or of a link does not split a log in two.
    pub(super) current: PathBuf,
    pub(super) directory: PathBuf,
    stem: OsString,
    /// With its dot.
    extension: OsString,
}

impl LogPaths {
    pub(super) fn of(path: &Path) -> Result<Self, FileError> {
        let failed = |cause| FileError::io(Operation::OpenFile, path, cause);
        let current = without_links(path).map_err(failed)?;
        let (Some(directory), Some(stem)) = (current.parent(), current.file_stem()) else {
            return Err(FileError::NotAFile { path: current });
        };
        let mut extension = OsString::new();
        if let Some(found) = current.extension() {
            extension.push(".");
            extension.push(found);
        }
        Ok(Self { directory: directory.to_owned(), stem: stem.to_owned(), extension, current })
    }

    /// The file that the writer locks. It is a separate file, because rotation renames the log.
    pub(super) fn lock(&self) -> PathBuf {
        next_to(&self.current, ".lock")
    }

    /// The file for the torn end of a file of the log. The name follows from its position and content, so that an interrupted
    /// repair is continued by the next one.
    pub(super) fn torn(file: &Path, byte: u64, content: &[u8]) -> PathBuf {
        next_to(file, &format!(".torn-{byte:09}-{:016x}", fnv_1a(content)))
    }

    /// The file of the log's charts: `trail.charts.jsonl`. It has no number, so it is not taken for a finished file.
    pub(super) fn charts(&self) -> PathBuf {
        let mut name = self.stem.clone();
        name.push(".charts");
        name.push(&self.extension);
        self.directory.join(name)
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
                Some((number, b"")) if number > last => found.push((number, self.directory.join(name))),
                _ => {}
            }
        }
        found.sort();
        Ok(found.into())
    }

    /// Returns the highest number in use, also that of a file that is no longer read: `trail.000007.jsonl.gz`.
    pub(super) fn last_number(&self) -> Result<u64, FileError> {
        Ok(self.last()?.0)
    }

    /// Returns the number for the next finished file. Fails if the number of a file is the last there is: that is a file of
    /// another program, and without this error each rotation would fail.
    pub(super) fn next_number(&self) -> Result<u64, FileError> {
        let (number, name) = self.last()?;
        number.checked_add(1).ok_or_else(|| {
            let cause = "no number is left for the next finished file; move this file to another directory";
            let cause = io::Error::new(io::ErrorKind::AlreadyExists, cause);
            FileError::io(Operation::Rotate, &self.directory.join(name), cause)
        })
    }

    /// The highest number in use, or 0, and the name of its file.
    fn last(&self) -> Result<(u64, OsString), FileError> {
        let failed = |cause| FileError::io(Operation::Read, &self.directory, cause);
        let mut last = (0, OsString::new());
        for entry in fs::read_dir(&self.directory).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if let Some(number) = self.number(name.as_encoded_bytes()).map(|(number, _)| number) {
                if number > last.0 {
                    last = (number, name);
                }
            }
        }
        Ok(last)
    }

    /// The number in the name of a finished file, and the suffix that a program has added to the name, such as `.gz`. A
    /// name with another extension belongs to another log or program.
    fn number<'a>(&self, name: &'a [u8]) -> Option<(u64, &'a [u8])> {
        let rest = name.strip_prefix(self.stem.as_encoded_bytes())?.strip_prefix(b".")?;
        let (number, rest) = rest.split_at(length_to_dot(rest));
        let after_day = rest
            .strip_prefix(b".")
            .map(|rest| rest.split_at(length_to_dot(rest)))
            .filter(|(day, _)| std::str::from_utf8(day).is_ok_and(|day| day.parse::<NaiveDate>().is_ok()))
            .map_or(rest, |(_, rest)| rest);
        // The extension itself may look like a day.
        let extension = self.extension.as_encoded_bytes();
        let suffix = after_day.strip_prefix(extension).or_else(|| rest.strip_prefix(extension))?;
        let is_suffix = suffix.is_empty() || suffix.starts_with(b".");
        parse_number(std::str::from_utf8(number).ok()?).filter(|_| is_suffix).map(|number| (number, suffix))
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

fn next_to(file: &Path, suffix: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

/// How many bytes are before the first dot.
fn length_to_dot(name: &[u8]) -> usize {
    name.iter().position(|byte| *byte == b'.').unwrap_or(name.len())
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
