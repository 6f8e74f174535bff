//! The errors of a store.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;

use tollgate::chrono::{DateTime, Utc};
use tollgate::uuid::Uuid;
use tollgate::{NotAState, Record, SubjectRef};

/// The reason why a store refused, or does not know the outcome.
///
/// After [`Unknown`](Error::Unknown) it is open whether the record was written. After every other error nothing was
/// written: neither the record nor the row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another commit moved the subject since it was read. The text names both places; the source is the [`Conflict`].
    #[error("{}", .0.places())]
    Conflict(#[from] Box<Conflict>),
    /// The row's state is not the one that the history ends in.
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
    #[error("{machine} of {subject} has no record here; it begins with a creation: `create(..)`")]
    NeverCreated {
        /// The machine's recorded name.
        machine: &'static str,
        /// The subject.
        subject: SubjectRef,
    },
    /// The machine was not read from this history: the record at its version is another one than that which it follows.
    #[error(
        "{subject} has another record at version {version} than the one that this machine follows; resume it from here"
    )]
    OtherHistory {
        /// The subject.
        subject: SubjectRef,
        /// The version of the last record.
        version: u64,
    },
    /// Another record of this id was written before.
    #[error("record {id} was written before and says something else; a record that was changed needs a new step")]
    OtherRecord {
        /// The id.
        id: Uuid,
    },
    /// The chart lacks states in which subjects still are.
    #[error(transparent)]
    StatesInUse(#[from] Box<StatesInUse>),
    /// The machine of a record is not known here.
    #[error("`{machine}` is not registered in this store with the chart of this record; `register::<..>()` does it")]
    NotRegistered {
        /// The machine's recorded name, as the record has it.
        machine: String,
    },
    /// A name of the chart is too long for the indexes of the store.
    #[error("{what} of {machine} has {length} bytes; the name of a machine, state or transition has at most {most}")]
    LongName {
        /// The machine's recorded name, and its first 60 characters if it is long.
        machine: String,
        /// Which name it is, and its first 60 characters.
        what: String,
        /// Its length in bytes.
        length: usize,
        /// The most that a name may have.
        most: usize,
    },
    /// Two machines that are both on record were made one.
    #[error("`{name}` was `{former}`, and both are registered as separate machines, which cannot become one")]
    TwoMachines {
        /// The machine's recorded name.
        name: &'static str,
        /// The former name.
        former: String,
    },
    /// The table of a subject is not as it was declared.
    #[error("table `{table}` of {machine}: {why}")]
    Table {
        /// The machine's recorded name.
        machine: &'static str,
        /// The table, as it was declared.
        table: &'static str,
        /// The fault.
        why: String,
    },
    /// The database was made by a later version of this crate.
    #[error(
        "the database has schema {found} of tollgate, and this build knows none later than {known}; update the program"
    )]
    SchemaTooNew {
        /// The schema of the database.
        found: i64,
        /// The latest schema that this build knows.
        known: i64,
    },
    /// No schema of the search path exists, so that the store has no place for its tables.
    #[error("no schema of the search path `{path}` exists; create one, or set `search_path` to one that exists")]
    NoSchema {
        /// The search path of the connection.
        path: String,
    },
    /// Another program has a table of a name that the store needs.
    #[error("`{table}` is not a table of this store; rename it, or give the store a separate {place}")]
    ForeignTable {
        /// The table, with its schema on Postgres.
        table: String,
        /// The kind of place that the store needs: `schema` or `file`.
        place: &'static str,
    },
    /// A table or function of the store is not on the search path any more.
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
    /// A stored state that the machine does not know, or whose data does not fit.
    #[error(transparent)]
    State(#[from] NotAState),
    /// A record that a database cannot store.
    #[error("record {id} cannot be stored: {why}")]
    Unstorable {
        /// The record.
        id: Uuid,
        /// The fault.
        why: String,
    },
    /// A stored record that cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Box<Unreadable>),
    /// A malformed query.
    #[error("{0}")]
    Query(String),
    /// The address is not one of a database.
    #[error("`{url}` is not the address of a database: {why}")]
    Address {
        /// The address, without its password.
        url: String,
        /// The fault of the address, and the remedy.
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
    /// The transaction is of another database than the store.
    #[error("the transaction is of {transaction}, and the store is on {store}")]
    OtherDatabase {
        /// The database of the transaction.
        transaction: &'static str,
        /// The database of the store.
        store: &'static str,
    },
    /// The connection was lost during a commit, and the outcome could not be read.
    #[error("whether record {record} was written is not known: {cause}; commit the same step again, or ask `outcome`")]
    Unknown {
        /// The record.
        record: Uuid,
        /// The error of the database. The text of this error contains its text.
        cause: Box<dyn StdError + Send + Sync>,
    },
    /// The store was closed, or its thread is gone.
    #[error("the store is closed")]
    StoreClosed,
    /// The database refused, or could not be reached.
    #[error("{what}: {cause}")]
    Database {
        /// The operation that failed.
        what: Cow<'static, str>,
        /// The driver's own error, for a downcast. The text of this error contains its text.
        cause: Box<dyn StdError + Send + Sync>,
    },
}

/// A conflict: another commit changed the subject after it was read, and before this commit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The machine's recorded name.
    pub machine: String,
    /// The subject.
    pub subject: SubjectRef,
    /// The version and state that the commit expected; version 0 and no state before a creation.
    pub expected: SubjectPlace,
    /// The version and state of its last record.
    pub found: SubjectPlace,
    /// The time of its last record. None if it has none.
    pub since: Option<DateTime<Utc>>,
}

/// The last version of a subject, and the state that it led to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubjectPlace {
    /// The version of the last record; 0 before the first.
    pub version: u64,
    /// The recorded name of the state; none if there is no record.
    pub state: Option<String>,
}

/// A row whose state is not the one in which its history ends: another program or a person has written the column.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disagreement {
    /// The table.
    pub table: &'static str,
    /// The subject.
    pub subject: SubjectRef,
    /// The state of the row, and its version if it has one.
    pub row: (Option<String>, Option<u64>),
    /// The end of the history.
    pub history: SubjectPlace,
}

/// A chart that lacks states in which subjects still are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatesInUse {
    /// The machine's recorded name.
    pub machine: &'static str,
    /// Each of those states, how many subjects are in it, and some of them.
    pub states: Vec<(String, u64, Vec<String>)>,
}

/// The protections of the records that are missing, disabled or changed, as found when the store is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unprotected {
    /// Each trigger, function and index, and what is wrong with it.
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
    /// The version: its place in the history of its subject. None for an event, a refusal, or a negative number.
    pub version: Option<u64>,
    /// The column that cannot be read, and why.
    pub why: String,
}

impl Error {
    /// Returns the position of the record that the error is about, if it names one: by its id, or by its machine and subject,
    /// of which a batch has one change.
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

/// The position of the record of which this holds, if it is one.
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
                "{machine} of {subject} was created before, and is {found}{since}; `resume` it, and do not create it again"
            );
        }
        format!(
            "{machine} of {subject} is {found}{since}, and this step expects it {expected}; read it again and decide again"
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
        write!(formatter, "the row of {subject} in `{table}` says {state}{version}, and its history ends {history}")
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
            "{} has no such state any more, and subjects are in it: {}; `#[state(was = \"..\")]` says which state it became",
            self.machine,
            states.join("; ")
        )
    }
}

impl StdError for StatesInUse {}
