//! The functions of `JsonLines` that open and read a durable file.

use std::io;
use std::path::Path;

use super::{Charts, FileError, FileOptions, Follow, JsonLinesFile, Records};
use crate::sink::JsonLines;

impl JsonLines<io::Empty> {
    /// Opens a durable file, or creates it: a record is on the disk when its commit returns.
    /// [`tollgate::file`](super) states when a record is durable.
    ///
    /// # Errors
    ///
    /// Those of [`FileOptions::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<JsonLinesFile, FileError> {
        Self::options().open(path)
    }

    /// Returns the options of a durable file: durability, rotation, chain, strictness.
    pub fn options() -> FileOptions {
        FileOptions::default()
    }

    /// Reads the records of a log in order: those of its finished files, then those of the current one. Another process may
    /// write the log at the same time.
    ///
    /// ```
    /// use tollgate::JsonLines;
    /// # fn read(path: &std::path::Path) -> Result<(), tollgate::file::FileError> {
    /// for record in JsonLines::read(path)? {
    ///     let record = record?;
    ///     println!("{} {:?} -> {:?}", record.at, record.from, record.to);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such log, if the path leads to a directory or a device, or if it cannot be read.
    ///
    /// An item is an error if its line is not a record ([`FileError::NotARecord`](FileError::NotARecord), with
    /// the file, the line, the byte and, if the line still shows it, the record's id), or if a finished file is missing
    /// between two others ([`FileError::FileMissing`](FileError::FileMissing)). The next item is that of the next line: one
    /// unreadable line does not hide the others. [`Records::strict`] ends at the first error.
    pub fn read(path: impl AsRef<Path>) -> Result<Records, FileError> {
        Records::of(path.as_ref())
    }

    /// Reads the records of a log as [`read`](JsonLines::read) does, and then waits for new ones, as `tail -f` does.
    ///
    /// # Errors
    ///
    /// Those of [`read`](JsonLines::read).
    pub fn follow(path: impl AsRef<Path>) -> Result<Follow, FileError> {
        Follow::of(path.as_ref())
    }

    /// Reads the charts that are written next to the log at this path, in `trail.charts.jsonl` for `trail.jsonl`, in the order in
    /// which they were first used. See [`tollgate::file`](super#the-charts-file).
    ///
    /// ```
    /// use tollgate::{Id, JsonLines, StateMachine};
    ///
    /// #[derive(StateMachine)]
    /// #[transition(close, from = Open, to = Closed)]
    /// enum DoorState {
    ///     #[state(initial)]
    ///     Open,
    ///     #[state(terminal)]
    ///     Closed,
    /// }
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("trail.jsonl");
    /// DoorMachine::create(Id::from(1)).commit(JsonLines::open(&path)?)?;
    /// for chart in JsonLines::charts(&path)? {
    ///     let chart = chart?;
    ///     assert_eq!(chart.fingerprint, DoorState::CHART.fingerprint);
    ///     assert_eq!(chart.text, DoorState::CHART.canonical());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such file (a log that was written by an older version has none) or if it cannot be read. An item is
    /// an error if its line is not a chart, or if the SHA-256 of the text is not the fingerprint. A last line without a
    /// newline is skipped: the next `open` completes it, or cuts it off. A chart may be there twice.
    pub fn charts(path: impl AsRef<Path>) -> Result<Charts, FileError> {
        Charts::of(path.as_ref())
    }
}
