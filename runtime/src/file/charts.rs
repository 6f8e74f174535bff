//! The charts of a log, in a file next to it: a copy of both can be verified without the program.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::chain::digest;
use super::error::{FileError, Operation};
use super::paths::LogPaths;
use super::platform::{check_regular, owner_only};
use super::torn::{is_start, move_aside, without_zeros};
use super::unreadable::Unreadable;
use crate::chart::Chart;
use crate::record::Digest;
use crate::sink::without_mark;

/// A chart in the charts file of a log; see [`JsonLines::charts`](crate::JsonLines::charts).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordedChart {
    /// The SHA-256 of the text. Records name the chart by it, in [`Record::chart`](crate::Record::chart).
    #[serde(rename = "chart")]
    pub fingerprint: Digest,
    /// The text that [`Chart::canonical`] returned.
    pub text: String,
}

/// The charts of a log; see [`JsonLines::charts`](crate::JsonLines::charts).
#[derive(Debug)]
pub struct Charts(std::vec::IntoIter<Result<RecordedChart, FileError>>);

impl Charts {
    pub(crate) fn of(path: &Path) -> Result<Self, FileError> {
        Ok(Self(ChartsContent::of(&LogPaths::of(path)?.charts())?.charts.into_iter()))
    }
}

impl Iterator for Charts {
    type Item = Result<RecordedChart, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

/// The charts that the file is known to hold.
#[derive(Debug)]
pub(super) struct KnownCharts {
    path: PathBuf,
    known: HashSet<Digest>,
}

impl KnownCharts {
    /// Reads the file, if there is one, and repairs its end. A file without a chart, next to a log without a record, is
    /// that of another program. A log with records is opened in any case.
    pub(super) fn open(paths: &LogPaths, has_records: bool, unreadable: &mut Unreadable) -> Result<Self, FileError> {
        let path = paths.charts();
        if !check_regular(&path)? {
            return Ok(Self { path, known: HashSet::new() });
        }
        let mut content = ChartsContent::of(&path)?;
        let tail = content.unreadable_tail(&path);
        let errors: Vec<_> = content.charts.iter().filter_map(|chart| chart.as_ref().err()).chain(&tail).collect();
        let has_chart = content.charts.iter().any(Result::is_ok) || chart(content.tail()).is_ok();
        if let (false, false, [first, ..]) = (has_chart, has_records, &errors[..]) {
            let (lines, why) = (errors.len() as u64, first.to_string());
            return Err(FileError::Foreign { path, wanted: "chart", lines, why });
        }
        for error in errors {
            unreadable.add(error.clone())?;
        }
        let failed = |operation| failed(operation, &path);
        let mut file = OpenOptions::new().append(true).open(&path).map_err(failed(Operation::OpenFile))?;
        content.repair_end(paths, &path, &mut file)?;
        // A process that was killed may have left lines that are whole and not durable.
        file.sync_all().map_err(failed(Operation::Sync))?;
        Ok(Self { known: content.known(), path })
    }

    /// Those of the charts that are not in the file.
    pub(super) fn missing(&self, charts: &[&'static Chart]) -> Vec<&'static Chart> {
        charts.iter().filter(|chart| !self.known.contains(&chart.fingerprint)).copied().collect()
    }

    /// Adds the charts, durably. This happens once for each chart, so the file is read again each time: another program may
    /// have removed it, or a write that failed may have left a part of a line.
    pub(super) fn write(&mut self, charts: &[&'static Chart], paths: &LogPaths) -> Result<(), FileError> {
        let failed = |operation| failed(operation, &self.path);
        let is_there = check_regular(&self.path)?;
        let mut options = OpenOptions::new();
        let mut file =
            owner_only(options.append(true).create(true)).open(&self.path).map_err(failed(Operation::OpenFile))?;
        let mut content = if is_there { ChartsContent::of(&self.path)? } else { ChartsContent::default() };
        content.repair_end(paths, &self.path, &mut file)?;
        let mut lines = Vec::new();
        for chart in charts {
            let chart = RecordedChart { fingerprint: chart.fingerprint, text: chart.canonical().to_owned() };
            serde_json::to_writer(&mut lines, &chart).map_err(|error| failed(Operation::Write)(error.into()))?;
            lines.push(b'\n');
        }
        let done = file.write_all(&lines).map_err(failed(Operation::Write));
        let done = done.and_then(|()| file.sync_all().map_err(failed(Operation::Sync)));
        if done.is_err() {
            // If it stays, the chart is in the file twice later, which changes nothing for a reader.
            let _ = file.set_len(content.length);
        }
        done?;
        paths.sync_directory()?;
        self.known = content.known();
        self.known.extend(charts.iter().map(|chart| chart.fingerprint));
        Ok(())
    }
}

/// The content of the file.
#[derive(Default)]
struct ChartsContent {
    /// The lines that have an end and are not blank.
    charts: Vec<Result<RecordedChart, FileError>>,
    /// How long it is without an incomplete last line.
    length: u64,
    /// The incomplete last line, and its number.
    tail: Vec<u8>,
    tail_number: u64,
}

impl ChartsContent {
    fn of(path: &Path) -> Result<Self, FileError> {
        let bytes = fs::read(path).map_err(|cause| FileError::io(Operation::Read, path, cause))?;
        let mut content = Self::default();
        for (number, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
            if !line.ends_with(b"\n") {
                (content.tail, content.tail_number) = (line.to_vec(), number);
                break;
            }
            let text = without_mark(line, number);
            if !text.trim_ascii().is_empty() {
                content.charts.push(chart(text).map_err(|why| FileError::NotAChart {
                    path: path.to_owned(),
                    line: number,
                    byte: content.length,
                    why,
                }));
            }
            content.length += line.len() as u64;
        }
        Ok(content)
    }

    fn known(self) -> HashSet<Digest> {
        self.charts.into_iter().flatten().map(|chart| chart.fingerprint).collect()
    }

    fn tail(&self) -> &[u8] {
        without_mark(&self.tail, self.tail_number)
    }

    /// The error for a last line that is neither a chart without its newline nor the start of one.
    fn unreadable_tail(&self, path: &Path) -> Option<FileError> {
        let why = chart(self.tail()).err().filter(|_| !is_torn(self.tail()))?;
        Some(FileError::NotAChart { path: path.to_owned(), line: self.tail_number, byte: self.length, why })
    }

    /// Adds the newline to a last line that is a chart, cuts off the start of one, and moves any other to another file.
    /// The start of a chart is not needed: a chart is durable before a record that paths it is written.
    fn repair_end(&mut self, paths: &LogPaths, path: &Path, file: &mut File) -> Result<(), FileError> {
        if self.tail.is_empty() {
            return Ok(());
        }
        if let Ok(chart) = chart(self.tail()) {
            file.write_all(b"\n").map_err(failed(Operation::Write, path))?;
            self.length += self.tail.len() as u64 + 1;
            self.charts.push(Ok(chart));
        } else if is_torn(self.tail()) {
            file.set_len(self.length).map_err(failed(Operation::Truncate, path))?;
        } else {
            move_aside(paths, path, file, self.length, &self.tail)?;
        }
        self.tail.clear();
        Ok(())
    }
}

/// Whether a last line without an end is the start of a chart that was being written.
fn is_torn(tail: &[u8]) -> bool {
    let is_cut = || serde_json::from_slice::<RecordedChart>(without_zeros(tail)).is_err_and(|error| error.is_eof());
    is_start(tail, b"{\"chart\":\"") && is_cut()
}

fn failed(operation: Operation, path: &Path) -> impl Fn(io::Error) -> FileError + '_ {
    move |cause| FileError::io(operation, path, cause)
}

fn chart(line: &[u8]) -> Result<RecordedChart, String> {
    let chart: RecordedChart = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let found = digest(chart.text.as_bytes());
    if found == chart.fingerprint { Ok(chart) } else { Err(format!("the SHA-256 of its text is {found}")) }
}
