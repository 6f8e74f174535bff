//! The trail: the file of records, and the restoration of reports from it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tollgate::{JsonLines, Record, RecordKind, Sink};

use crate::report::{AnyReport, Report};

/// The sink of this program: a line for each record in the file, and a copy of it to print in the end.
pub(crate) struct Trail {
    path: PathBuf,
    lines: JsonLines<File>,
    records: Vec<Record>,
}

impl Sink for Trail {
    type Error = io::Error;

    fn on_success(&mut self, record: &Record) -> io::Result<()> {
        self.lines.on_success(record)?;
        self.records.push(record.clone());
        Ok(())
    }

    fn on_refusal(&mut self, record: &Record) -> io::Result<()> {
        self.lines.on_refusal(record)?;
        self.records.push(record.clone());
        Ok(())
    }
}

impl Trail {
    /// Opens the default trail, which may replace an earlier one.
    pub(crate) fn replacing(path: PathBuf) -> Result<Self, String> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
        }
        let file = File::create(&path).map_err(|error| named(&path, &error))?;
        Ok(Self::new(path, file, Vec::new()))
    }

    /// Opens a trail that begins with the resumed records. A file with other content is refused.
    pub(crate) fn beginning(path: PathBuf, resumed: Resumed) -> Result<Self, String> {
        let mut file = appending(&path)?;
        if file.metadata().map_err(|error| named(&path, &error))?.len() > 0 {
            let path = path.display();
            return Err(format!(
                "`{path}` exists and is not empty; `--resume {path}` continues a trail, and `--trail` needs a new file"
            ));
        }
        file.write_all(&resumed.text).map_err(|error| named(&path, &error))?;
        Ok(Self::new(path, file, resumed.records))
    }

    /// Opens the resumed trail, to append to it.
    pub(crate) fn continuing(path: PathBuf, resumed: Resumed) -> Result<Self, String> {
        let mut file = appending(&path)?;
        // An editor may have removed the newline at the end; the next record must not be joined to that line.
        if resumed.text.last().is_some_and(|last| *last != b'\n') {
            file.write_all(b"\n").map_err(|error| named(&path, &error))?;
        }
        Ok(Self::new(path, file, resumed.records))
    }

    fn new(path: PathBuf, file: File, records: Vec<Record>) -> Self {
        Self { path, lines: JsonLines::new(file), records }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    /// Writes what is still in the buffer: until then the file may lack the last records.
    pub(crate) fn flush(&mut self) -> Result<(), String> {
        self.lines.flush().map_err(|error| named(&self.path, &error))
    }
}

fn appending(path: &Path) -> Result<File, String> {
    OpenOptions::new().create(true).append(true).open(path).map_err(|error| named(path, &error))
}

/// An error with the file that it is about, which the system leaves out.
pub(crate) fn named(path: &Path, error: &io::Error) -> String {
    format!("`{}`: {error}", path.display())
}

/// The content of a trail, and the reports that it restores.
#[derive(Default)]
pub(crate) struct Resumed {
    text: Vec<u8>,
    records: Vec<Record>,
    pub(crate) reports: BTreeMap<u64, AnyReport>,
}

/// Reads a trail and replays it, report by report. Nothing is written here.
pub(crate) fn resume(path: &Path) -> Result<Resumed, String> {
    let text = fs::read(path).map_err(|error| named(path, &error))?;
    let misfit = |(line, why): (usize, String)| format!("`{}`, line {line}: {why}", path.display());
    let records = read(&text).map_err(misfit)?;
    let mut reports = BTreeMap::new();
    for (number, changes) in changes(&records).map_err(misfit)? {
        reports.insert(number, replay(number, &changes).map_err(misfit)?);
    }
    let records = records.into_iter().map(|(_, record)| record).collect();
    Ok(Resumed { text, records, reports })
}

/// The records with the numbers of their lines.
fn read(text: &[u8]) -> Result<Vec<(usize, Record)>, (usize, String)> {
    let lines = (1..).zip(text.split(|byte| *byte == b'\n'));
    let records = lines.filter(|(_, line)| !line.trim_ascii().is_empty()).map(|(number, line)| {
        let record = serde_json::from_slice(line);
        record.map(|record| (number, record)).map_err(|error| (number, format!("it is not a record: {error}")))
    });
    records.collect()
}

type Changes<'a> = Vec<(usize, &'a Record)>;

/// The changes of each report, without refusals.
fn changes(records: &[(usize, Record)]) -> Result<BTreeMap<u64, Changes<'_>>, (usize, String)> {
    let mut reports: BTreeMap<u64, Changes<'_>> = BTreeMap::new();
    for (line, record) in records.iter().filter(|(_, record)| record.is_change()) {
        let subject = record.subject.as_ref().ok_or((*line, "it has no subject".to_owned()))?;
        let number = subject.id.as_u64();
        let number = number.ok_or_else(|| (*line, format!("it is about {subject}, and reports have numbers")))?;
        reports.entry(number).or_default().push((*line, record));
    }
    Ok(reports)
}

fn replay(number: u64, changes: &Changes<'_>) -> Result<AnyReport, (usize, String)> {
    let (first_line, first) = changes[0];
    // No state holds the title: the creation's context does, because that is where this program puts it.
    let title = first.context.get("title").and_then(|title| title.as_str());
    let title = match title {
        None if first.kind == RecordKind::Creation => {
            return Err((first_line, format!("report {number}: its creation has no title")));
        }
        title => title.unwrap_or_default().to_owned(),
    };
    AnyReport::replay(Report { number, title }, changes.iter().map(|(_, record)| *record)).map_err(|error| {
        let line = changes.get(error.position - 1).map_or(first_line, |(line, _)| *line);
        (line, format!("report {number}: {}", error.why))
    })
}
