//! How a durable file is opened.

use chrono::NaiveDate;

/// When a record is durable: on the disk, and not only in the cache of the operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Durability {
    /// When its commit returns. Each commit has its own sync, and a failed sync refuses only that commit.
    EachRecord,
    /// When its commit returns. Commits that arrive together are written and synced together, and refused together.
    /// This is the default: a single commit costs the same as with `EachRecord`, and a fraction of it under load.
    #[default]
    Grouped,
    /// When [`flush`](super::JsonLinesFile::flush) returns. A commit returns when its record is in a buffer of 64 KiB, which is
    /// written when it is full and on drop. If the process is killed, the buffer is lost; if the machine stops, everything
    /// since the last `flush` may be lost.
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
    /// Returns whether a file of this length and day takes a commit of that length and day too.
    pub(super) fn has_room(
        self,
        length: u64,
        day: Option<NaiveDate>,
        of_commit: usize,
        day_of_commit: Option<NaiveDate>,
    ) -> bool {
        match self {
            Rotation::BySize(limit) => length == 0 || length.saturating_add(of_commit as u64) <= limit,
            Rotation::Daily => day.is_none() || day_of_commit <= day,
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
/// use tollgate::file::{Durability, Rotation};
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("trail.jsonl");
///
/// let log = JsonLines::options().durability(Durability::OnFlush).rotate(Rotation::BySize(1 << 30)).open(&path)?;
/// log.flush()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct FileOptions {
    pub(super) durability: Durability,
    pub(super) rotation: Option<Rotation>,
    pub(super) is_chained: bool,
    pub(super) is_strict: bool,
}

impl Default for FileOptions {
    fn default() -> Self {
        Self { durability: Durability::default(), rotation: None, is_chained: true, is_strict: false }
    }
}

impl FileOptions {
    /// Sets when a record is durable; the default is [`Durability::Grouped`].
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Sets when a new file is started; the default is never.
    ///
    /// The current file keeps its name. A finished one gets a number, and with [`Rotation::Daily`] its day:
    /// `trail.000007.jsonl`, `trail.000008.2026-11-22.jsonl`. The order of the numbers is the order of the records,
    /// also if the clock stepped back.
    ///
    /// Leave the file with the highest number in its folder. The next number follows from its name, so it may be
    /// compressed. The [chain of lines](FileOptions::chain) follows from its last line: if the log is opened while the current
    /// file is empty, and the file with the highest number is compressed, gone or not readable, the chain starts again with 64
    /// zeros, and [`Records::chained`](super::Records::chained) reports a break there.
    pub fn rotate(mut self, rotation: Rotation) -> Self {
        self.rotation = Some(rotation);
        self
    }

    /// Sets whether each line carries the SHA-256 of the line before it, as its last key, `prev_line`; the default is `true`.
    ///
    /// The chain runs through all files of the log. [`Records::chained`](super::Records::chained) verifies it, and
    /// [the module](super#the-chain-of-lines) states the exact form. It costs 79 bytes for each line.
    ///
    /// Lines without the key stay readable. If the chain is turned on for a log that has none, the first new line carries the
    /// digest of the line before it. If it is turned off for a log that has one, `chained` reports a break at the first
    /// line without the key.
    pub fn chain(mut self, is_chained: bool) -> Self {
        self.is_chained = is_chained;
        self
    }

    /// Sets whether [`open`](FileOptions::open) refuses a file with an unreadable line; the default is `false`.
    ///
    /// By default such a line is stepped over and reported by [`JsonLinesFile::unreadable`](super::JsonLinesFile::unreadable).
    pub fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
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
        let file = Some(counted_day(far, day(22)));
        let has_room = |recorded, today| Rotation::Daily.has_room(1, file, 1, Some(counted_day(recorded, today)));
        assert!(has_room(day(22), day(22)));
        assert!(!has_room(day(23), day(23)));
        assert!(!has_room(far, day(23)));
    }
}
