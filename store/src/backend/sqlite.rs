//! The store on SQLite.

mod access;
mod address;
mod columns;
mod connect;
mod executor;
mod failure;
mod files;
mod group;
mod id_value;
mod migrate;
mod pending;
mod protection;
mod read;
mod readers;
mod register;
mod sink;
mod sql_row;
mod statements;
mod within;
mod write;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tollgate::machine::{Declaration, resume_from};
use tollgate::uuid::Uuid;
use tollgate::{Record, StateMachine};

pub(crate) use self::access::{Access, Blocking, NonBlocking, ready_output};
use self::address::Address;
use self::connect::Settings;
use self::files::Files;
use self::readers::Readers;
pub(crate) use self::statements::Statements;
use self::writer::Writer;
use crate::backend::catalog::{Catalog, Known};
use crate::backend::edges::EdgeTable;
use crate::error::Error;
use crate::options::Options;

/// A store on SQLite: a sink for code that waits by blocking as well as for tasks. It is a handle: a clone is the same
/// store.
///
/// Commits that come while another one is being written are written together, in one transaction, and each is answered
/// when that is durable. When the last handle is dropped, what was begun is finished first.
///
/// ```
/// use tollgate::{Id, StateMachine};
/// use tollgate_store::Sqlite;
///
/// # #[derive(StateMachine)]
/// # #[transition(pay, from = Open, to = Paid)]
/// # enum OrderState {
/// #     #[state(initial)]
/// #     Open,
/// #     #[state(terminal)]
/// #     Paid,
/// # }
/// let store = Sqlite::in_memory()?; // or `open`, with a path
/// OrderMachine::create(Id::from(7)).commit(&store)?;
/// let AnyOrder::Open(order) = store.resume::<OrderState>(Id::from(7))? else { panic!("it was created just now") };
/// order.pay().commit(&store)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Sqlite(Arc<Core>);

struct Core {
    // Dropped before the writer, which closes the file last: only a connection that writes can checkpoint the log.
    readers: Option<Readers>,
    writer: Writer,
    /// None for a database in memory.
    files: Option<Arc<Files>>,
    catalog: Catalog<Statements>,
    keeps_chain: bool,
    timeout: Duration,
    /// The database as errors name it.
    location: String,
    /// The path as SQLite has it; empty for a database in memory.
    path: String,
}

impl Sqlite {
    /// Opens the database in this file, or creates it, in a folder that exists. Its tables are created if they are missing.
    ///
    /// `:memory:` is a database [in memory](Sqlite::in_memory), as in SQLite itself; `./:memory:` is a file of that name.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] for an empty path, a URI (`file:`) or an address (`sqlite:`). [`Error::File`] if the path leads to
    /// something else than a file, to one that may only be read, or to one with a second name. [`Error::Database`] if SQLite
    /// cannot open it, or it is not a database. [`Error::SchemaTooNew`] if a later version of this crate has written it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_at(Address::of_path(path.as_ref())?, &Options::new(""))
    }

    /// Creates a database in memory, for tests: only this store and its clones see it, and it is gone with the last of them.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if there is no memory for it.
    pub fn in_memory() -> Result<Self, Error> {
        Self::open_at(Address::Memory, &Options::new(""))
    }

    pub(crate) fn open_with(options: &Options) -> Result<Self, Error> {
        Self::open_at(Address::of_url(&options.url)?, options)
    }

    fn open_at(address: Address, options: &Options) -> Result<Self, Error> {
        let mut settings = Settings {
            address,
            synchronous: options.synchronous,
            timeout: options.timeout,
            restores: options.restores,
        };
        let connection = connect::writer(&settings)?;
        let path = connection.path().unwrap_or_default().to_owned();
        let location = match &settings.address {
            Address::Memory => "memory".to_owned(),
            Address::File(path) => format!("`{}`", path.display()),
        };
        let started = |error: std::io::Error| Error::Database { what: "starting a thread".into(), cause: error.into() };
        let files = match &settings.address {
            Address::Memory => None,
            Address::File(path) => Some(Arc::new(Files::opened(path)?)),
        };
        if let Some(files) = &files {
            // Readers open it later, and the working directory may be another one then.
            settings.address = Address::File(files.path().to_owned());
        }
        let timeout = settings.timeout;
        let readers = files.as_ref().map(|files| Readers::start(settings, Arc::clone(files)));
        let readers = readers.transpose().map_err(started)?;
        let writer = Writer::start(connection, files.clone()).map_err(started)?;
        let (catalog, keeps_chain) = (Catalog::default(), options.keeps_chain);
        Ok(Self(Arc::new(Core { readers, writer, files, catalog, keeps_chain, timeout, location, path })))
    }

    /// Registers the machine: stores its chart, and checks its table. The first use does it too.
    ///
    /// # Errors
    ///
    /// If subjects are in states that the chart lacks, or the table is not as it was declared.
    pub fn register<M: StateMachine>(&self) -> Result<(), Error> {
        ready_output(Blocking(self).register(Declaration::of::<M>())).map(drop)
    }

    /// Restores the subject from its history: state with data, version, time and head of the chain.
    ///
    /// # Errors
    ///
    /// If it has no history, its row disagrees with its history, or the state cannot be restored.
    pub fn resume<M: StateMachine>(&self, subject: M::Subject) -> Result<M::Any, Error> {
        let name = M::subject_ref(&subject);
        let last = ready_output(Blocking(self).last(Declaration::of::<M>(), &name.id))?;
        let Some(stored) = &last.stored else {
            return Err(Error::NeverCreated { machine: M::CHART.machine, subject: name });
        };
        last.agree(&name, Declaration::of::<M>())?;
        Ok(resume_from::<M>(subject, &stored.record, stored.digest)?)
    }

    /// Returns the record of this id, if it was written: the outcome of a commit whose answer was lost.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub fn outcome(&self, record: Uuid) -> Result<Option<Record>, Error> {
        let stored = ready_output(Blocking(self).outcome(record))?;
        Ok(stored.map(|stored| stored.record))
    }

    pub(crate) fn edges(&self) -> &EdgeTable {
        &self.0.catalog.edges
    }

    /// The store for tasks.
    pub(crate) fn nonblocking(&self) -> NonBlocking<'_> {
        NonBlocking(self)
    }

    /// The machine of a record that comes without its declaration.
    fn recorded(&self, record: &Record) -> Result<Option<Known<Statements>>, Error> {
        record.machine.is_some().then(|| self.0.catalog.of(record)).transpose()
    }
}

impl Core {
    fn error_context(&self) -> pending::ErrorContext<'_> {
        pending::ErrorContext { location: &self.location, timeout: Some(self.timeout) }
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sqlite").field("location", &self.0.location).finish_non_exhaustive()
    }
}
