//! `open`: reads the current file and repairs its end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, Utc};

use super::chain;
use super::charts::KnownCharts;
use super::disk::{Disk, create, owner_only};
use super::error::{FileError, Operation};
use super::lock::{self, Lock};
use super::names::Names;
use super::options::{FileOptions, counted_day};
use crate::sink::{find_id, parse, without_mark};

/// How [`open`](crate::JsonLines::open) repaired a file whose last line had no newline: the writer died while it wrote
/// the line, before the commit returned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// The file.
    pub path: PathBuf,
    /// Where the line began, in bytes from the beginning of the file.
    pub byte: u64,
    /// The length of the line in bytes.
    pub length: u64,
    /// The file to which the line was moved. `None` if the line was a whole record without its newline: it was given
    /// its newline and stays. It was not acknowledged, but it was not refused either, and a line that may be an
    /// accepted record is not taken out of a log.
    pub moved_to: Option<PathBuf>,
}

/// The lines that [`open`](crate::JsonLines::open) could not read and stepped over; see
/// [`JsonLinesFile::unreadable`](super::JsonLinesFile::unreadable).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Unreadable {
    /// How many there are.
    pub count: u64,
    /// The first 100 of them, as [`FileError::NotARecord`] or [`FileError::NotAChart`].
    pub first: Vec<FileError>,
    is_refused: bool,
}

impl Unreadable {
    const KEPT: usize = 100;

    /// Counts the line, or refuses it if the file is opened strictly.
    pub(super) fn add(&mut self, error: FileError) -> Result<(), FileError> {
        if self.is_refused {
            return Err(error);
        }
        self.count += 1;
        if self.first.len() < Self::KEPT {
            self.first.push(error);
        }
        Ok(())
    }
}

/// What `open` found and changed.
pub(super) struct Opened {
    pub(super) disk: Disk,
    pub(super) repair: Option<Repair>,
    pub(super) unreadable: Unreadable,
}

/// The content of a file.
struct Content {
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
    let names = Names::of(path)?;
    let path = &names.current;
    check_regular(path)?;
    let lock = Lock::of(&names)?;
    // Only now is it certain that no other process creates or renames it.
    let mut file = if check_regular(path)? {
        let mut options = OpenOptions::new();
        options.read(true).append(true).open(path).map_err(|cause| FileError::io(Operation::OpenFile, path, cause))?
    } else {
        create(path)?
    };
    lock::log(&file, path)?;
    // Before the repair, which changes it: a record that is dated ahead counts for the day it was written.
    let written = file.metadata().and_then(|found| found.modified());
    let mut unreadable = Unreadable { is_refused: options.is_strict, ..Unreadable::default() };
    let mut content = examine(&names, &file, &mut unreadable)?;
    // Before anything is changed, because it may fail. Without rotation it is not used.
    let next_number = if options.rotation.is_some() { names.next_number()? } else { 1 };
    let charts = KnownCharts::open(&names, content.is_ours, &mut unreadable)?;
    let repair = repair_end(&names, &mut file, &mut content)?;
    // A process that was killed may have left whole lines and names that are not durable.
    file.sync_all().map_err(|cause| FileError::io(Operation::Sync, path, cause))?;
    names.sync_directory()?;
    let head = options
        .is_chained
        .then(|| if content.last.is_empty() { chain::head_of_finished(&names) } else { chain::digest(&content.last) });
    let now = SystemTime::now();
    let today = DateTime::<Utc>::from(written.map_or(now, |written| written.min(now))).date_naive();
    let disk = Disk {
        rotation: options.rotation,
        file: Some(file),
        length: content.length,
        synced: content.length,
        day: content.day.map(|day| counted_day(day, today)),
        head,
        charts,
        next_number,
        is_to_be_cut: false,
        is_directory_changed: false,
        broken: None,
        names,
        _lock: lock,
    };
    Ok(Opened { disk, repair, unreadable })
}

/// Whether there is such a file; an error if there is something else.
pub(super) fn check_regular(path: &Path) -> Result<bool, FileError> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(_) => Err(FileError::NotAFile { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(FileError::io(Operation::OpenFile, path, error)),
    }
}

/// Reads it all, and refuses the file of another program.
fn examine(names: &Names, file: &File, unreadable: &mut Unreadable) -> Result<Content, FileError> {
    let path = &names.current;
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let (last, tail) = (Vec::new(), Vec::new());
    let mut content = Content { length: 0, day: None, last, tail, tail_number: 1, is_ours: false };
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
                    unreadable.add(not_a_record(path, number, content.length, line, why))?;
                }
            }
            std::mem::swap(&mut content.last, line);
        }
        content.length += length;
        content.tail_number += 1;
    }
    content.check_ours(names, unreadable)?;
    Ok(content)
}

impl Content {
    /// Refuses a log without a finished file, without a record and without a line that was one, if it has any other line.
    fn check_ours(&mut self, names: &Names, unreadable: &Unreadable) -> Result<(), FileError> {
        if self.is_ours || names.last_number()? > 0 {
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
        Err(FileError::Foreign { path: names.current.clone(), wanted: "record", lines, why })
    }
}

/// Whether an unreadable line was a record, or is one of another wire version. Many programs write lines with an `id`, so
/// that alone is not enough.
fn was_record(line: &[u8]) -> bool {
    let has = |key: &[u8]| line.windows(key.len()).any(|window| window == key);
    has(b"\"prev_line\"") || (has(b"\"v\"") && find_id(line).is_some())
}

/// Whether a line without an end may be the start of a line that starts with this text. A crash may leave zero bytes where
/// the rest was to be written.
pub(super) fn is_start(line: &[u8], text: &[u8]) -> bool {
    let line = without_zeros(line).trim_ascii_end();
    line.starts_with(text) || text.starts_with(line)
}

/// The line without the zero bytes at its end.
pub(super) fn without_zeros(line: &[u8]) -> &[u8] {
    let length = line.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &line[..length]
}

/// The error for a line that could not be read.
pub(super) fn not_a_record(path: &Path, line: u64, byte: u64, text: &[u8], why: String) -> FileError {
    FileError::NotARecord { path: path.to_owned(), line, byte, id: find_id(text), why }
}

/// Adds the newline to a last line that is a record, and moves any other to another file.
fn repair_end(names: &Names, file: &mut File, content: &mut Content) -> Result<Option<Repair>, FileError> {
    let Content { length: byte, tail, tail_number, .. } = content;
    let (path, byte) = (&names.current, *byte);
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
        moved_to = Some(move_aside(names, path, file, byte, tail)?);
    }
    Ok(Some(Repair { path: path.clone(), byte, length, moved_to }))
}

/// Moves the end of a file, from this byte on, to another file. Returns the path of that file.
pub(super) fn move_aside(
    names: &Names,
    path: &Path,
    file: &File,
    byte: u64,
    tail: &[u8],
) -> Result<PathBuf, FileError> {
    let torn = Names::torn(path, byte, tail);
    // A file with that name holds the same line, or the part of it that an interrupted repair has copied.
    owner_only(OpenOptions::new().write(true).create(true).truncate(true))
        .open(&torn)
        .and_then(|mut torn| torn.write_all(tail).and_then(|()| torn.sync_all()))
        .map_err(|cause| FileError::io(Operation::Write, &torn, cause))?;
    names.sync_directory()?;
    file.set_len(byte).map_err(|cause| FileError::io(Operation::Truncate, path, cause))?;
    Ok(torn)
}
