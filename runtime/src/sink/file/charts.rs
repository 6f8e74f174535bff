//! The charts of a log, in a file next to it: a copy of both can be verified without the program.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::chain::digest;
use super::disk::owner_only;
use super::error::{FileError, Operation};
use super::names::Names;
use super::repair::{Unreadable, check_regular};
use crate::chart::Chart;
use crate::record::Digest;
use crate::sink::json_lines::without_mark;

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
        Ok(Self(Content::of(&Names::of(path)?.charts())?.charts.into_iter()))
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
    /// Reads the file, if there is one, and cuts off an incomplete last line. Nothing refers to the chart in it: a chart
    /// is durable before a record that names it is written.
    pub(super) fn open(names: &Names, unreadable: &mut Unreadable) -> Result<Self, FileError> {
        let path = names.charts();
        let mut known = HashSet::new();
        if check_regular(&path)? {
            let content = Content::of(&path)?;
            let lines = content.charts.len() as u64;
            let mut first = None;
            for chart in content.charts {
                match chart {
                    Ok(chart) => drop(known.insert(chart.fingerprint)),
                    Err(error) => {
                        first.get_or_insert_with(|| error.to_string());
                        unreadable.add(error)?;
                    }
                }
            }
            if let (true, Some(why)) = (known.is_empty(), first) {
                return Err(FileError::Foreign { path, wanted: "chart", lines, why });
            }
            let failed = |operation| failed(operation, &path);
            let file = OpenOptions::new().append(true).open(&path).map_err(failed(Operation::OpenFile))?;
            if content.is_torn {
                file.set_len(content.length).map_err(failed(Operation::Truncate))?;
            }
            // A process that was killed may have left lines that are whole and not durable.
            file.sync_all().map_err(failed(Operation::Sync))?;
        }
        Ok(Self { path, known })
    }

    /// Those of the charts that are not in the file.
    pub(super) fn missing(&self, charts: &[&'static Chart]) -> Vec<&'static Chart> {
        charts.iter().filter(|chart| !self.known.contains(&chart.fingerprint)).copied().collect()
    }

    /// Adds the charts, durably. This happens once for each chart, so the file is read again each time: another program may
    /// have removed it, or a write that failed may have left a part of a line.
    pub(super) fn write(&mut self, charts: &[&'static Chart], names: &Names) -> Result<(), FileError> {
        let failed = |operation| failed(operation, &self.path);
        let is_there = check_regular(&self.path)?;
        let mut options = OpenOptions::new();
        let mut file =
            owner_only(options.append(true).create(true)).open(&self.path).map_err(failed(Operation::OpenFile))?;
        let content = if is_there { Content::of(&self.path)? } else { Content::default() };
        if content.is_torn {
            file.set_len(content.length).map_err(failed(Operation::Truncate))?;
        }
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
        names.sync_directory()?;
        self.known = content.charts.into_iter().flatten().map(|chart| chart.fingerprint).collect();
        self.known.extend(charts.iter().map(|chart| chart.fingerprint));
        Ok(())
    }
}

/// The lines of the file that have an end.
#[derive(Default)]
struct Content {
    charts: Vec<Result<RecordedChart, FileError>>,
    length: u64,
    /// Whether the last line has no end.
    is_torn: bool,
}

impl Content {
    fn of(path: &Path) -> Result<Self, FileError> {
        let bytes = fs::read(path).map_err(|cause| FileError::io(Operation::Read, path, cause))?;
        let mut content = Self::default();
        for (number, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
            if !line.ends_with(b"\n") {
                content.is_torn = true;
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
}

fn failed(operation: Operation, path: &Path) -> impl Fn(io::Error) -> FileError + '_ {
    move |cause| FileError::io(operation, path, cause)
}

fn chart(line: &[u8]) -> Result<RecordedChart, String> {
    let chart: RecordedChart = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let found = digest(chart.text.as_bytes());
    if found == chart.fingerprint { Ok(chart) } else { Err(format!("the SHA-256 of its text is {found}")) }
}
