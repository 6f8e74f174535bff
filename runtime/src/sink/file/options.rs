//! How a durable file is opened.

use std::path::Path;

use chrono::NaiveDate;

use super::JsonLinesFile;
use super::disk::Entry;
use super::error::FileError;

/// When a record is durable: on the disk, and not only with the operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Durability {
    /// When its commit returns; each commit has a sync of its own, and a failed sync refuses that commit alone.
    EachRecord,
    /// When its commit returns; commits that meet are written and synced together, and refused together.
    /// The default: alone it costs what `EachRecord` does, and under load a fraction of it.
    #[default]
    Grouped,
    /// When [`flush`](JsonLinesFile::flush) returns. A commit returns when its record is in a buffer of 64 KiB,
    /// which is written when it is full and on drop: a process that is killed loses the buffer, a machine that
    /// stops loses what was not flushed.
    OnFlush,
}

/// When the current file is finished and another one is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rotation {
    /// Before the file would grow beyond this many bytes. A single commit may be larger; it is not divided.
    BySize(u64),
    /// Before the first record of a later day (UTC), by the time in the record. A record that is dated ahead counts as one of
    /// today, by the clock at the moment it is written, so that it does not stop the rotation until its day. If times step
    /// back, records stay in the file of the later day.
    Daily,
}

impl Rotation {
    /// Whether a file of this length and day takes this entry too.
    pub(super) fn has_room(self, length: u64, day: Option<NaiveDate>, entry: &Entry) -> bool {
        match self {
            Rotation::BySize(limit) => length == 0 || length.saturating_add(entry.length as u64) <= limit,
            Rotation::Daily => day.is_none() || entry.day <= day,
        }
    }
}

/// The day that a record counts for if it is written on that other day.
pub(super) fn counted_day(recorded: NaiveDate, today: NaiveDate) -> NaiveDate {
    recorded.min(today)
}

/// How a durable file is opened, in the manner of [`std::fs::OpenOptions`].
///
/// ```
/// use tollgate::JsonLines;
/// use tollgate::sink::file::{Durability, Rotation};
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("trail.jsonl");
///
/// let log = JsonLines::options().durability(Durability::OnFlush).rotate(Rotation::BySize(1 << 30)).open(&path)?;
/// log.flush()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[must_use]
pub struct FileOptions {
    pub(super) durability: Durability,
    pub(super) rotation: Option<Rotation>,
}

impl FileOptions {
    /// When a record is durable; [`Durability::Grouped`] where this is not called.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// When a new file is begun; never where this is not called.
    ///
    /// The current file keeps its name. A finished one gets a number, and with [`Rotation::Daily`] its day:
    /// `trail.000007.jsonl`, `trail.000008.2026-11-22.jsonl`. The order of the numbers is that of the records,
    /// whatever clocks did. Leave the file with the highest number where it is, compressed or not:
    /// the next number follows from it.
    pub fn rotate(mut self, rotation: Rotation) -> Self {
        self.rotation = Some(rotation);
        self
    }

    /// Opens the file, or creates it for its owner alone; mends what a crash left at its end.
    ///
    /// The current file is read from end to end, so that nothing is appended to a log that is not whole: about
    /// a second for each million records. Finished files are not read.
    ///
    /// # Errors
    ///
    /// [`FileError::Locked`] where another sink writes the file, [`FileError::NotARecord`] where a line of it
    /// other than an incomplete last one is not a record, and then nothing has been changed;
    /// [`FileError::NotAFile`]; [`FileError::Io`].
    pub fn open(self, path: impl AsRef<Path>) -> Result<JsonLinesFile, FileError> {
        JsonLinesFile::open(path.as_ref(), self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).expect("a day of November")
    }

    #[test]
    fn record_dated_ahead_counts_for_the_day_it_is_written() {
        let far = NaiveDate::from_ymd_opt(2999, 1, 1).expect("a day");
        for (recorded, today, counted) in
            [(far, day(22), day(22)), (day(21), day(22), day(21)), (day(22), day(22), day(22))]
        {
            assert_eq!(counted_day(recorded, today), counted);
        }
        // A file that holds such a record is finished on the next day.
        let entry = |recorded, today| Entry { length: 1, records: 1, day: Some(counted_day(recorded, today)) };
        let file = Some(counted_day(far, day(22)));
        assert!(Rotation::Daily.has_room(1, file, &entry(day(22), day(22))));
        assert!(!Rotation::Daily.has_room(1, file, &entry(day(23), day(23))));
        assert!(!Rotation::Daily.has_room(1, file, &entry(far, day(23))));
    }
}
