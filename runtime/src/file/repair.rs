//! `open`: reads the current file and repairs its end.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, Utc};

use super::chain;
use super::charts::KnownCharts;
use super::current::CurrentFile;
use super::error::{FileError, Operation};
use super::lock::{LogLock, lock_log};
use super::options::{FileOptions, counted_day};
use super::paths::LogPaths;
use super::platform::{check_regular, create};
use super::torn::{is_start, move_aside};
use super::unreadable::Unreadable;
use crate::sink::{find_id, parse, without_mark};

/// How [`open`](crate::JsonLines::open) repaired a file whose last line had no newline: the writer died while it wrote
/// the line, before the commit returned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// The file.
    pub path: PathBuf,
    /// The offset of the line, in bytes from the beginning of the file.
    pub byte: u64,
    /// The length of the line in bytes.
    pub length: u64,
    /// The file to which the line was moved. `None` if the line was a whole record without its newline: the newline
    /// was added, and the line stays. It was not acknowledged, but it was not refused either, and a line that may be an
    /// accepted record is not taken out of a log.
    pub moved_to: Option<PathBuf>,
}

/// The result of `open`.
pub(super) struct Opened {
    pub(super) file: CurrentFile,
    pub(super) repair: Option<Repair>,
    pub(super) unreadable: Unreadable,
}

/// The content of a file.
struct LogContent {
    /// How long it is without an incomplete last line.
    length: u64,
    /// The latest day of its records.
    day: Option<NaiveDate>,
    /// The last line with an end that is not blank.
    last: Vec<u8>,
    /// The incomplete last line, and its number.
    tail: Vec<u8>,
    tail_number: u64,
    /// Whether the log has a record, or a line that was one: then the files at its path are not those of another program.
    is_ours: bool,
}

/// Takes the lock, opens or creates the files, examines them and repairs their ends.
pub(super) fn open(path: &Path, options: FileOptions) -> Result<Opened, FileError> {
    let paths = LogPaths::of(path)?;
    let path = &paths.current;
    check_regular(path)?;
    let lock = LogLock::of(&paths)?;
    // Only now is it certain that no other process creates or renames it.
    let mut file = if check_regular(path)? {
        let mut options = OpenOptions::new();
        options.read(true).append(true).open(path).map_err(|cause| FileError::io(Operation::OpenFile, path, cause))?
    } else {
        create(path)?
    };
    lock_log(&file, path)?;
    // Before the repair, which changes it: a record that is dated ahead counts for the day it was written.
    let written = file.metadata().and_then(|found| found.modified());
    let mut unreadable = Unreadable::new(options.is_strict);
    let mut content = examine(&paths, &file, &mut unreadable)?;
    // Before anything is changed, because it may fail. Without rotation it is not used.
    let next_number = if options.rotation.is_some() { paths.next_number()? } else { 1 };
    let charts = KnownCharts::open(&paths, content.is_ours, &mut unreadable)?;
    let repair = repair_end(&paths, &mut file, &mut content)?;
    // A process that was killed may have left whole lines and names that are not durable.
    file.sync_all().map_err(|cause| FileError::io(Operation::Sync, path, cause))?;
    paths.sync_directory()?;
    let head = options
        .is_chained
        .then(|| if content.last.is_empty() { chain::head_of_finished(&paths) } else { chain::digest(&content.last) });
    let now = SystemTime::now();
    let today = DateTime::<Utc>::from(written.map_or(now, |written| written.min(now))).date_naive();
    let file = CurrentFile {
        rotation: options.rotation,
        file: Some(file),
        length: content.length,
        synced: content.length,
        day: content.day.map(|day| counted_day(day, today)),
        head,
        charts,
        next_number,
        must_cut: false,
        is_directory_changed: false,
        broken: None,
        paths,
        _lock: lock,
    };
    Ok(Opened { file, repair, unreadable })
}

/// Reads the whole file, and refuses that of another program.
fn examine(paths: &LogPaths, file: &File, unreadable: &mut Unreadable) -> Result<LogContent, FileError> {
    let path = &paths.current;
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let (last, tail) = (Vec::new(), Vec::new());
    let mut content = LogContent { length: 0, day: None, last, tail, tail_number: 1, is_ours: false };
    loop {
        let (line, number) = (&mut content.tail, content.tail_number);
        line.clear();
        let length =
            reader.read_until(b'\n', line).map_err(|cause| FileError::io(Operation::Read, path, cause))? as u64;
        if !line.ends_with(b"\n") {
            break;
        }
        line.pop();
        if !without_mark(line, number).trim_ascii().is_empty() {
            match parse(line, number) {
                Ok(record) => {
                    content.is_ours = true;
                    content.day = content.day.max(Some(record.at.date_naive()));
                }
                Err(why) => {
                    content.is_ours = content.is_ours || was_record(line);
                    unreadable.add(FileError::not_a_record(path, number, content.length, line, why))?;
                }
            }
            std::mem::swap(&mut content.last, line);
        }
        content.length += length;
        content.tail_number += 1;
    }
    content.check_ours(paths, unreadable)?;
    Ok(content)
}

impl LogContent {
    /// Refuses a log without a finished file, without a record and without a line that was one, if it has any other line.
    fn check_ours(&mut self, paths: &LogPaths, unreadable: &Unreadable) -> Result<(), FileError> {
        if self.is_ours || paths.last_number()? > 0 {
            self.is_ours = true;
            return Ok(());
        }
        let Err(mut why) = parse(&self.tail, self.tail_number) else {
            self.is_ours = true;
            return Ok(());
        };
        self.is_ours = was_record(&self.tail);
        let is_torn = is_start(without_mark(&self.tail, self.tail_number), b"{\"v\":1,");
        if self.is_ours || (unreadable.count == 0 && is_torn) {
            return Ok(());
        }
        if let Some(FileError::NotARecord { why: first, .. }) = unreadable.first.first() {
            why.clone_from(first);
        }
        let lines = unreadable.count + u64::from(!self.tail.is_empty());
        Err(FileError::Foreign { path: paths.current.clone(), wanted: "record", lines, why })
    }
}

/// Whether an unreadable line was a record, or is one of another wire version. Many programs write lines with an `id`, so
/// that alone is not enough.
fn was_record(line: &[u8]) -> bool {
    let has = |key: &[u8]| line.windows(key.len()).any(|window| window == key);
    has(b"\"prev_line\"") || (has(b"\"v\"") && find_id(line).is_some())
}

/// Adds the newline to a last line that is a record, and moves any other to another file.
fn repair_end(paths: &LogPaths, file: &mut File, content: &mut LogContent) -> Result<Option<Repair>, FileError> {
    let LogContent { length: byte, tail, tail_number, .. } = content;
    let (path, byte) = (&paths.current, *byte);
    if tail.is_empty() {
        return Ok(None);
    }
    let length = tail.len() as u64;
    let mut moved_to = None;
    if let Ok(record) = parse(tail, *tail_number) {
        file.write_all(b"\n").map_err(|cause| FileError::io(Operation::Write, path, cause))?;
        content.length += length + 1;
        content.day = content.day.max(Some(record.at.date_naive()));
        content.last = std::mem::take(tail);
    } else {
        moved_to = Some(move_aside(paths, path, file, byte, tail)?);
    }
    Ok(Some(Repair { path: path.clone(), byte, length, moved_to }))
}
