//! What `open` finds in a file, and how it mends the end of it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, Utc};

use super::disk::{Disk, create, owner_only};
use super::error::{FileError, Operation};
use super::lock::{self, Lock};
use super::names::Names;
use super::options::{FileOptions, counted_day};
use crate::record::Record;

/// What [`open`](crate::JsonLines::open) did to a file whose last line had no end: the writer died in the middle
/// of it, before the commit returned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// The file.
    pub path: PathBuf,
    /// Where the line began, in bytes from the beginning of the file.
    pub byte: u64,
    /// How many bytes of it there were.
    pub length: u64,
    /// Where they were moved. Nothing where they were a whole record that lacked only the newline: it has that
    /// now, and counts. It was not acknowledged, but neither was it refused, and what may be an accepted record is
    /// not taken out of a log.
    pub moved_to: Option<PathBuf>,
}

/// What is in a file.
struct Content {
    /// How long it is without an incomplete last line.
    length: u64,
    /// The latest day of its records.
    day: Option<NaiveDate>,
    /// The incomplete last line.
    tail: Vec<u8>,
}

/// Takes the lock, opens or creates the file, examines it and mends its end.
pub(super) fn open(path: &Path, options: FileOptions) -> Result<(Disk, Option<Repair>), FileError> {
    let names = Names::of(path)?;
    let path = &names.current;
    check_regular(path)?;
    let lock = Lock::of(&names)?;
    // Only now is it certain that nobody else creates or renames it.
    let mut file = if check_regular(path)? {
        let mut options = OpenOptions::new();
        options.read(true).append(true).open(path).map_err(|cause| FileError::io(Operation::Open, path, cause))?
    } else {
        create(path)?
    };
    lock::log(&file, path)?;
    // Before the repair, which changes it: a record that is dated ahead counts for the day it was written.
    let written = file.metadata().and_then(|found| found.modified());
    let mut content = examine(path, &file)?;
    let repair = mend(&names, &mut file, &mut content)?;
    // A process that was killed may have left lines that are whole and not durable, and names likewise.
    file.sync_all().map_err(|cause| FileError::io(Operation::Sync, path, cause))?;
    names.sync_directory()?;
    let next_number = names.last_number()?.saturating_add(1);
    let now = SystemTime::now();
    let today = DateTime::<Utc>::from(written.map_or(now, |written| written.min(now))).date_naive();
    let disk = Disk {
        rotation: options.rotation,
        file: Some(file),
        length: content.length,
        synced: content.length,
        day: content.day.map(|day| counted_day(day, today)),
        next_number,
        is_to_be_cut: false,
        is_directory_changed: false,
        broken: None,
        names,
        _lock: lock,
    };
    Ok((disk, repair))
}

/// Whether there is such a file; an error where there is something else.
fn check_regular(path: &Path) -> Result<bool, FileError> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(_) => Err(FileError::NotAFile { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(FileError::io(Operation::Open, path, error)),
    }
}

/// Reads it all. A line with an end has to be a record, or blank.
fn examine(path: &Path, file: &File) -> Result<Content, FileError> {
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let mut content = Content { length: 0, day: None, tail: Vec::new() };
    for number in 1.. {
        let line = &mut content.tail;
        line.clear();
        let length =
            reader.read_until(b'\n', line).map_err(|cause| FileError::io(Operation::Read, path, cause))? as u64;
        if !line.ends_with(b"\n") {
            break;
        }
        if !line.trim_ascii().is_empty() {
            let record = record(line).map_err(|why| FileError::NotARecord {
                path: path.to_owned(),
                line: number,
                byte: content.length,
                why,
            })?;
            content.day = content.day.max(Some(record.at.date_naive()));
        }
        content.length += length;
    }
    Ok(content)
}

/// The record, or what is wrong with the line.
pub(super) fn record(line: &[u8]) -> Result<Record, String> {
    serde_json::from_slice(line).map_err(|cause| {
        if line.starts_with(b"\xef\xbb\xbf") {
            "it begins with a byte order mark, which JSON may not have".to_owned()
        } else {
            cause.to_string()
        }
    })
}

/// Ends a last line that is whole, and moves aside one that is not.
fn mend(names: &Names, file: &mut File, content: &mut Content) -> Result<Option<Repair>, FileError> {
    let Content { length: byte, tail, .. } = content;
    let (path, byte) = (&names.current, *byte);
    if tail.is_empty() {
        return Ok(None);
    }
    let length = tail.len() as u64;
    let mut moved_to = None;
    if let Ok(record) = record(tail) {
        file.write_all(b"\n").map_err(|cause| FileError::io(Operation::Write, path, cause))?;
        content.length += length + 1;
        content.day = content.day.max(Some(record.at.date_naive()));
    } else {
        let torn = names.torn(byte, tail);
        // What is there under that name is the same line, or what an interrupted repair has copied of it.
        owner_only(OpenOptions::new().write(true).create(true).truncate(true))
            .open(&torn)
            .and_then(|mut torn| torn.write_all(tail).and_then(|()| torn.sync_all()))
            .map_err(|cause| FileError::io(Operation::Write, &torn, cause))?;
        names.sync_directory()?;
        file.set_len(byte).map_err(|cause| FileError::io(Operation::Truncate, path, cause))?;
        moved_to = Some(torn);
    }
    Ok(Some(Repair { path: path.clone(), byte, length, moved_to }))
}
