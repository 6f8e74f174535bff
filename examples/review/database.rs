//! `--db`: the same work over a database. Each command reads its report, and updates row and history in one transaction.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fs;

use tollgate::{AsyncSink, Cause, CommitError, Record, RecordKind};
use tollgate_store::{Error, MayConflict, Store};

use crate::arguments::DatabaseAddress;
use crate::command::{self, Command, Create, What};
use crate::desk::{Desk, Note, Why};
use crate::report::{AnyReport, Report, ReportMachine, ReportState, ReportTransition};
use crate::table::Table;
use crate::trail::named;

/// Reports in a table, and their trail in the store's tables next to it.
pub(crate) struct Database {
    name: String,
    table: Table,
    store: Store,
}

/// The result of a command. A failure ends the program, a refusal does not.
pub(crate) type CommandResult = Result<Result<(), Why<Error>>, Box<dyn StdError>>;

impl Database {
    /// Opens the database, and creates the tables that are missing.
    pub(crate) async fn open(place: &DatabaseAddress) -> Result<Self, Box<dyn StdError>> {
        let (name, url, table) = match place {
            DatabaseAddress::Sqlite(path) => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder).map_err(|error| named(folder, &error))?;
                }
                let name = path.display().to_string();
                let table = Table::sqlite(path).map_err(|error| format!("`{name}`: {error}"))?;
                (name.clone(), format!("sqlite://{name}"), table)
            }
            // Its address may hold a password.
            DatabaseAddress::Postgres(url) => {
                ("of the Postgres database".to_owned(), url.clone(), Table::postgres(url).await?)
            }
        };
        let store = Store::options(&url).machine::<ReportState>().open().await?;
        Ok(Self { name, table, store })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Works through the lines of a file of commands. Only a failure of the database is an error.
    pub(crate) async fn work(&mut self, lines: &[u8]) -> Result<Desk<Error>, Box<dyn StdError>> {
        let mut desk = Desk::default();
        for (line, command) in command::read_all(lines) {
            let (asked, outcome) = match command {
                Ok(command) => (Some(command.asked()), self.carry_out(command).await?),
                Err(words) => (None, Err(Why::Malformed(words))),
            };
            desk.note(line, asked, outcome);
        }
        desk.reports = self.reports().await?;
        Ok(desk)
    }

    /// Returns the number of records of reports in the database.
    pub(crate) async fn count(&self) -> Result<usize, Box<dyn StdError>> {
        Ok(usize::try_from(self.store.records().machine::<ReportState>().count().await?)?)
    }

    /// The trail, report by report, and then what was refused. Fails if a record cannot be read.
    pub(crate) async fn trail(&self) -> Result<Vec<Record>, Box<dyn StdError>> {
        let mut trail = Vec::new();
        for report in self.table.all().await? {
            trail.extend(self.store.records().of::<ReportState>(report.number).strict().all().await?.records);
        }
        let refusals = self.store.records().machine::<ReportState>().kind(RecordKind::Refusal);
        trail.extend(refusals.strict().all().await?.records);
        Ok(trail)
    }

    /// The reports as their histories leave them.
    async fn reports(&self) -> Result<BTreeMap<u64, AnyReport>, Box<dyn StdError>> {
        let mut reports = BTreeMap::new();
        for report in self.table.all().await? {
            reports.insert(report.number, self.store.resume::<ReportState>(report).await?);
        }
        Ok(reports)
    }

    async fn carry_out(&mut self, command: Command) -> CommandResult {
        let Command { report: number, what, by, because, at } = command;
        let Ok(id) = i64::try_from(number) else {
            return Ok(Err(Why::Malformed(format!("{number} is too large a number for a report in a database"))));
        };
        let note = Note { because, at };
        match what {
            What::Create(Create { title }) => {
                let creation = Creation { report: Report { number, title }, by, note };
                self.table.create(id, creation, &self.store).await
            }
            What::Fire(transition) => {
                let Some(report) = self.table.find(id).await? else { return Ok(Err(Why::UnknownReport)) };
                // State, data and version come from the history; a row that disagrees is an error.
                let report = self.store.resume::<ReportState>(report).await?;
                self.fire(report, transition, by, note).await
            }
        }
    }

    async fn fire(
        &self,
        report: AnyReport,
        transition: ReportTransition,
        by: Option<String>,
        note: Note,
    ) -> CommandResult {
        let mut step = match report.fire(transition) {
            Ok(step) => step,
            Err(not_allowed) => return Ok(Err(Why::Illegal(not_allowed.to_string()))),
        };
        if let Some(by) = by {
            step = step.by(by);
        }
        if let Some(reason) = note.because {
            step = step.because(reason);
        }
        if let Some(at) = note.at {
            step = step.at(at);
        }
        outcome(step.commit_async(&self.store).await)
    }
}

/// The creation of a report that has no row yet.
pub(crate) struct Creation {
    pub(crate) report: Report,
    by: Option<String>,
    note: Note,
}

impl Creation {
    /// Commits it, through the store in a transaction in which the row has been inserted.
    pub(crate) async fn commit(self, sink: impl AsyncSink<Error = Error>) -> CommandResult {
        let Self { report, by, note } = self;
        let mut step = ReportMachine::create(report);
        if let Some(at) = note.at {
            step = step.at(at);
        }
        // The actor and the reason of a typed step are part of its type.
        match (by, note.because) {
            (None, None) => outcome(step.commit_async(sink).await),
            (Some(by), None) => outcome(step.by(by).commit_async(sink).await),
            (None, Some(reason)) => outcome(step.because(reason).commit_async(sink).await),
            (Some(by), Some(reason)) => outcome(step.by(by).because(reason).commit_async(sink).await),
        }
    }
}

/// A refusal of the machine, or a conflict with another writer. Any other error is a failure of the database.
fn outcome<M, S>(committed: Result<M, CommitError<S, Error>>) -> CommandResult {
    let Err(refusal) = committed else { return Ok(Ok(())) };
    if let Some(error) = refusal.refusal_error() {
        return Err(format!("a refusal was not recorded: {error}").into());
    }
    match refusal.into_cause() {
        Cause::Sink(error) if error.conflict().is_none() => Err(error.into()),
        cause => Ok(Err(Why::Refused(cause))),
    }
}
