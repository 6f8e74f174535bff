//! The errors of a store.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;

use tollgate::chrono::{DateTime, Utc};
use tollgate::uuid::Uuid;
use tollgate::{NotAState, Record, SubjectRef};

/// The reason why a store refused a request, or does not know its outcome.
///
/// After [`Unknown`](Error::Unknown), the record may or may not have been written. After every other error, nothing was
/// written: neither the record nor the row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another commit moved the subject after it was read. The text names both states; the source is the [`Conflict`].
    #[error("{}", .0.places())]
    Conflict(#[from] Box<Conflict>),
    /// The row's state is not the last state of the history.
    #[error(transparent)]
    Disagreement(#[from] Box<Disagreement>),
    /// The subject has no row in its table.
    #[error("`{table}` has no row of {subject}; insert it first, in the same transaction as its creation")]
    NoRow {
        /// The table.
        table: &'static str,
        /// The subject.
        subject: SubjectRef,
    },
    /// The subject has no history.
    #[error("{machine} of {subject} has no record in this store; call `create(..)` first")]
    NeverCreated {
        /// The machine's recorded name.
        machine: &'static str,
        /// The subject.
        subject: SubjectRef,
    },
    /// The machine was not read from this history: the record at its version is not the one that it follows.
    #[error(
        "the record of {subject} at version {version} is not the one that this machine follows; `resume` it from this store"
    )]
    OtherHistory {
        /// The subject.
        subject: SubjectRef,
        /// The version of the last record.
        version: u64,
    },
    /// A record with this id is already stored, with other contents.
    #[error("record {id} is already stored with other contents; make a new step for a changed record")]
    OtherRecord {
        /// The id.
        id: Uuid,
    },
    /// The chart lacks states in which subjects still are.
    #[error(transparent)]
    StatesInUse(#[from] Box<StatesInUse>),
    /// The machine of a record is not registered in this store.
    #[error("`{machine}` is not registered in this store with the chart of this record; call `register::<..>()`")]
    NotRegistered {
        /// The machine's recorded name, as the record has it.
        machine: String,
    },
    /// A name of the chart is too long for the indexes of the store.
    #[error("{what} of {machine} has {length} bytes; the name of a machine, state or transition has at most {most}")]
    LongName {
        /// The machine's recorded name; if it is long, its first 60 characters.
        machine: String,
        /// The kind of the name, and its first 60 characters.
        what: String,
        /// Its length in bytes.
        length: usize,
        /// The maximum length in bytes.
        most: usize,
    },
    /// A chart joins two machines that are both registered.
    #[error("`{name}` was `{former}`, but both are registered as separate machines; remove the former name")]
    TwoMachines {
        /// The machine's recorded name.
        name: &'static str,
        /// The former name.
        former: String,
    },
    /// The table of a subject differs from its declaration.
    #[error("table `{table}` of {machine}: {why}")]
    Table {
        /// The machine's recorded name.
        machine: &'static str,
        /// The table, as it was declared.
        table: &'static str,
        /// The fault of the table, and the remedy.
        why: String,
    },
    /// A later version of this crate created the tables of the database.
    #[error("the database has schema {found} of tollgate, and this build supports at most {known}; update the program")]
    SchemaTooNew {
        /// The schema of the database.
        found: i64,
        /// The latest schema that this build supports.
        known: i64,
    },
    /// No schema of the search path exists, so the store cannot create its tables.
    #[error("no schema of the search path `{path}` exists; create one, or set `search_path` to one that exists")]
    NoSchema {
        /// The search path of the connection.
        path: String,
    },
    /// Another program has a table with a name that the store needs.
    #[error("`{table}` is not a table of this store; rename it, or give the store a separate {place}")]
    ForeignTable {
        /// The table, with its schema on Postgres.
        table: String,
        /// The kind of place that the store needs: `schema` or `file`.
        place: &'static str,
    },
    /// A table or function of the store is no longer on the search path.
    #[error(
        "`{name}` is not on the search path; if its schema was renamed, set `search_path` to the new name and open the \
         store with `restore_protection`"
    )]
    TablesGone {
        /// The table or function.
        name: String,
    },
    /// A trigger, function or index that protects the records is missing, disabled or changed. The store was not opened.
    #[error(transparent)]
    Unprotected(#[from] Box<Unprotected>),
    /// A stored state that the machine does not have, or whose data does not fit.
    #[error(transparent)]
    State(#[from] NotAState),
    /// A record that a database cannot store.
    #[error("record {id} cannot be stored: {why}")]
    Unstorable {
        /// The record.
        id: Uuid,
        /// The column or field that cannot be stored, and why.
        why: String,
    },
    /// A stored record that cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Box<Unreadable>),
    /// A query that the store refuses. The text gives the reason.
    #[error("{0}")]
    Query(String),
    /// The address is not the address of a database.
    #[error("`{url}` is not the address of a database: {why}")]
    Address {
        /// The address, without its password.
        url: String,
        /// The reason, or the form that an address has.
        why: &'static str,
    },
    /// The file of an SQLite database cannot be used, or is not the one that the store has opened: it was moved, removed or
    /// replaced, by a restored backup for example. Nothing was written.
    #[error("`{}` {why}", path.display())]
    File {
        /// The file: the database, or its log.
        path: PathBuf,
        /// The fault of the path, and the remedy.
        why: &'static str,
    },
    /// An option that the database of the store does not have.
    #[error("`{option}` is for {of}, and this store is on another database")]
    Option {
        /// The option.
        option: &'static str,
        /// The database that has it.
        of: &'static str,
    },
    /// The transaction is on another database than the store.
    #[error(
        "the transaction is on {transaction}, and the store is on {store}; use a transaction of the store's database"
    )]
    OtherDatabase {
        /// The database of the transaction.
        transaction: &'static str,
        /// The database of the store.
        store: &'static str,
    },
    /// The connection was lost during a commit, and the store could not find out whether the record was written.
    #[error(
        "it is unknown whether record {record} was written: {cause}; commit the same step again, or call `outcome`"
    )]
    Unknown {
        /// The record.
        record: Uuid,
        /// The error of the database. The text of this error contains its text.
        cause: Box<dyn StdError + Send + Sync>,
    },
    /// The store was closed, or its thread has ended.
    #[error("the store is closed")]
    StoreClosed,
    /// The database refused a statement, or could not be reached.
    #[error("{what}: {cause}")]
    Database {
        /// The operation that failed.
        what: Cow<'static, str>,
        /// The driver's own error, for a downcast. The text of this error contains its text.
        cause: Box<dyn StdError + Send + Sync>,
    },
}

/// A conflict: another commit moved the subject after it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The machine's recorded name.
    pub machine: String,
    /// The subject.
    pub subject: SubjectRef,
    /// The place that the commit expected. Before the creation it is version 0 without a state.
    pub expected: SubjectPlace,
    /// The place of the subject in the store.
    pub found: SubjectPlace,
    /// The time of the subject's last record; `None` if it has no record.
    pub since: Option<DateTime<Utc>>,
}

/// The place of a subject: its last version, and the state that this version led to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubjectPlace {
    /// The version of the last record; 0 if there is no record.
    pub version: u64,
    /// The recorded name of the state; `None` if there is no record.
    pub state: Option<String>,
}

/// A row whose state is not the last state of its history: the column was written without the store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disagreement {
    /// The table.
    pub table: &'static str,
    /// The subject.
    pub subject: SubjectRef,
    /// The row's state, and its version if the table has a version column.
    pub row: (Option<String>, Option<u64>),
    /// The last place in the history.
    pub history: SubjectPlace,
}

/// A chart that lacks states in which subjects still are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatesInUse {
    /// The machine's recorded name.
    pub machine: &'static str,
    /// Each of those states, the number of subjects in it, and some of their ids.
    pub states: Vec<(String, u64, Vec<String>)>,
}

/// The protections of the records that are missing, disabled or changed, as found when the store is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unprotected {
    /// The faulty triggers, functions and indexes, each with its fault.
    pub faults: Vec<String>,
}

/// A stored record that cannot be read: another program wrote it, or a later version of this crate.
///
/// Pages list these records next to those that can be read, streams yield each as an error and continue. The record is
/// still in the database; `tollgate_history` shows its columns by this id.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The id of the record: its place in the order of time.
    pub id: Uuid,
    /// The version: its place in the history of its subject. `None` for an event, a refusal, or a negative number.
    pub version: Option<u64>,
    /// The column that cannot be read, and why.
    pub why: String,
}

impl Error {
    /// Returns the position of the record that caused the error, if the error identifies it: by its id, or by its machine
    /// and subject if the batch has only one change of these.
    pub(crate) fn position_in(&self, records: &[Record]) -> Option<usize> {
        let changed = |is: &dyn Fn(&Record) -> bool| only(records, |record| record.is_change() && is(record));
        match self {
            Self::Unstorable { id, .. } | Self::OtherRecord { id } => {
                records.iter().position(|record| record.id == *id)
            }
            Self::Conflict(conflict) => changed(&|record| {
                record.machine.as_deref() == Some(&*conflict.machine)
                    && record.subject.as_ref() == Some(&conflict.subject)
            }),
            Self::Disagreement(disagreement) => {
                changed(&|record| record.subject.as_ref() == Some(&disagreement.subject))
            }
            Self::NoRow { subject, .. } => changed(&|record| record.subject.as_ref() == Some(subject)),
            Self::OtherHistory { subject, version } => {
                changed(&|record| record.subject.as_ref() == Some(subject) && record.version == version.checked_add(1))
            }
            Self::NotRegistered { machine } => {
                records.iter().position(|record| record.machine.as_deref() == Some(&**machine))
            }
            Self::Table { machine, .. } => only(records, |record| record.machine.as_deref() == Some(*machine)),
            _ => None,
        }
    }
}

/// Returns the position of the record for which `holds` is true, if there is exactly one.
fn only(records: &[Record], holds: impl Fn(&Record) -> bool) -> Option<usize> {
    let mut positions = (0..).zip(records).filter(|(_, record)| holds(record)).map(|(position, _)| position);
    positions.next().filter(|_| positions.next().is_none())
}

impl SubjectPlace {
    pub(crate) fn new(version: u64, state: Option<String>) -> Self {
        Self { version, state }
    }
}

impl fmt::Display for SubjectPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            Some(state) => write!(formatter, "in `{state}` at version {}", self.version),
            None => formatter.write_str("not created"),
        }
    }
}

impl Conflict {
    /// Returns the place of the subject, the place that the step expects, and the remedy: the text of [`Error::Conflict`].
    fn places(&self) -> String {
        let Self { machine, subject, expected, found, since } = self;
        let since = since.map(|since| format!(" since {since}")).unwrap_or_default();
        if expected.state.is_none() {
            return format!(
                "{machine} of {subject} already exists, and is {found}{since}; `resume` it instead of creating it again"
            );
        }
        format!(
            "{machine} of {subject} is {found}{since}, but this step expects it {expected}; read it again and decide again"
        )
    }
}

/// The cause alone. It differs from the text of [`Error::Conflict`], so that a chain of sources has no text twice.
impl fmt::Display for Conflict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "another commit moved {} of {} first", self.machine, self.subject)
    }
}

impl StdError for Conflict {}

impl fmt::Display for Disagreement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, subject, row: (state, version), history } = self;
        let state = state.as_ref().map_or("no state".to_owned(), |state| format!("`{state}`"));
        let version = version.map(|version| format!(" at version {version}")).unwrap_or_default();
        write!(
            formatter,
            "the row of {subject} in `{table}` has {state}{version}, but its history is {history}; correct the row"
        )
    }
}

impl StdError for Disagreement {}

impl fmt::Display for Unprotected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the records are not protected: {}; `Options::restore_protection`, as the owner, restores it",
            self.faults.join(", ")
        )
    }
}

impl StdError for Unprotected {}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, version, why } = self;
        let version = version.map(|version| format!(" (version {version})")).unwrap_or_default();
        write!(formatter, "record {id}{version} cannot be read: {why}")
    }
}

impl StdError for Unreadable {}

impl fmt::Display for StatesInUse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let states = self.states.iter().map(|(state, count, some)| {
            let more = if u64::try_from(some.len()).unwrap_or(u64::MAX) < *count { ", .." } else { "" };
            format!("{count} in `{state}` ({}{more})", some.join(", "))
        });
        let states: Vec<String> = states.collect();
        write!(
            formatter,
            "{} lacks states in which subjects are: {}; add `#[state(was = \"..\")]` to the states that replace them",
            self.machine,
            states.join("; ")
        )
    }
}

impl StdError for StatesInUse {}
