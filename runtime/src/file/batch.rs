//! Lines that are written together, in one piece or in parts of one commit each.

use chrono::NaiveDate;

use super::chain;
use super::error::FileError;
use crate::chart::Chart;
use crate::record::write_line;
use crate::sink::Offers;

/// The lines of one commit, of the commits that are written together, or of the buffer of `OnFlush`.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) lines: Vec<u8>,
    pub(super) parts: Vec<Part>,
    /// The charts that the records name, each once.
    pub(super) charts: Vec<&'static Chart>,
}

/// The part of a batch that one commit fills. It is written or refused as one, and never divided between two files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// The length of its lines in bytes.
    pub(super) length: usize,
    /// The latest day of its records.
    pub(super) day: Option<NaiveDate>,
}

/// The result of writing a batch: the first parts were written, and the rest refused.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) parts: usize,
    pub(super) refused: Option<FileError>,
}

impl Batch {
    /// Serialises the records of one commit.
    pub(super) fn of(offers: Offers<'_>, is_chained: bool) -> Self {
        let mut batch = Self::default();
        let records = offers.records();
        for record in records {
            if is_chained {
                chain::write_linked(record, &mut batch.lines);
            } else {
                write_line(record, &mut batch.lines);
            }
            batch.lines.push(b'\n');
        }
        let day = records.iter().map(|record| record.at.date_naive()).max();
        batch.parts.push(Part { length: batch.lines.len(), day });
        batch.add_charts(offers.iter().filter_map(|offer| offer.chart()));
        batch
    }

    pub(super) fn append(&mut self, mut next: Self) {
        self.lines.append(&mut next.lines);
        self.parts.append(&mut next.parts);
        self.add_charts(next.charts);
    }

    /// Removes the parts that were written.
    pub(super) fn remove_first(&mut self, parts: usize) {
        let length: usize = self.parts.drain(..parts).map(|part| part.length).sum();
        self.lines.drain(..length);
    }

    fn add_charts(&mut self, charts: impl IntoIterator<Item = &'static Chart>) {
        for chart in charts {
            // Not by address: the compiler may make several of one constant.
            if !self.charts.iter().any(|known| known.fingerprint == chart.fingerprint) {
                self.charts.push(chart);
            }
        }
    }
}

impl Written {
    /// Returns the result of this part.
    pub(super) fn of_part(&self, index: usize) -> Result<(), FileError> {
        match &self.refused {
            Some(error) if index >= self.parts => Err(error.clone()),
            _ => Ok(()),
        }
    }
}
