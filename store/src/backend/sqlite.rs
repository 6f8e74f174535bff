//! The store on SQLite.

mod address;
mod columns;
mod connect;
mod executor;
mod failure;
mod files;
mod group;
mod id_value;
mod migrate;
mod nonblocking;
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

use rusqlite::Connection;
use tollgate::machine::{Declaration, resume_from};
use tollgate::sink::{Offer, Offers};
use tollgate::uuid::Uuid;
use tollgate::{Digest, Id, Record, StateMachine};

use self::address::Address;
use self::connect::Settings;
pub(crate) use self::executor::{Blocking, ready_output};
use self::files::Files;
pub(crate) use self::nonblocking::NonBlocking;
use self::pending::Pending;
use self::readers::Readers;
pub(crate) use self::statements::Statements;
use self::write::{Change, WriteOutcome, dry_run};
use self::writer::Writer;
use crate::backend::catalog::{Catalog, Known};
use crate::backend::edges::EdgeTable;
use crate::commit::diagnosis::SubjectState;
use crate::error::Error;
use crate::options::Options;
use crate::row::chain::Heads;

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
        self.register_now(Declaration::of::<M>()).map(drop)
    }

    /// Restores the subject from its history: state with data, version, time and head of the chain.
    ///
    /// # Errors
    ///
    /// If it has no history, its row disagrees with its history, or the state cannot be restored.
    pub fn resume<M: StateMachine>(&self, subject: M::Subject) -> Result<M::Any, Error> {
        let declaration = Declaration::of::<M>();
        let name = M::subject_ref(&subject);
        let mut last = self.read_blocking(reading_state(self.known(declaration)?, name.id.clone()))?;
        if last.is_none() {
            last = self.read_blocking(reading_state(self.register_now(declaration)?, name.id.clone()))?;
        }
        let last = last.ok_or_else(|| not_registered(declaration))?;
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
        let stored = self.read_blocking(move |connection| read::outcome(connection, record))?;
        Ok(stored.map(|stored| stored.record))
    }

    pub(crate) fn edges(&self) -> &EdgeTable {
        &self.0.catalog.edges
    }

    /// Reads on a connection that does not wait for the writer.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        match &self.0.readers {
            Some(readers) => readers.read(job).await,
            None => self.0.writer.call(job).await,
        }
    }

    /// The same on the calling thread, or blocking it.
    pub(crate) fn read_blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        match &self.0.readers {
            Some(readers) => readers.read_blocking(job),
            None => self.0.writer.call_blocking(job),
        }
    }

    /// The store for tasks.
    pub(crate) fn nonblocking(&self) -> NonBlocking<'_> {
        NonBlocking(self)
    }

    fn known(&self, of: &'static Declaration) -> Result<Known<Statements>, Error> {
        self.0.catalog.get(of).map_or_else(|| self.register_now(of), Ok)
    }

    /// The machine as it is registered now.
    fn register_now(&self, of: &'static Declaration) -> Result<Known<Statements>, Error> {
        let found = self.read_blocking(move |connection| register::find(connection, of))?;
        let registered = if let Some(registered) = found {
            registered
        } else {
            let timeout = self.0.timeout;
            self.0.writer.call_blocking(move |connection| register::register_at_once(connection, of, timeout))?
        };
        Ok(self.0.catalog.add(registered, Statements::of(of)))
    }

    /// The machine of each record; an event may have none.
    fn known_all(&self, offers: Offers<'_>) -> Result<Vec<Option<Known<Statements>>>, Error> {
        let machine = |offer: Offer<'_>| match offer.declaration() {
            Some(of) => self.known(of).map(Some),
            None => self.recorded(offer.record()),
        };
        offers.iter().map(machine).collect()
    }

    /// The machine of a record that comes without its declaration.
    fn recorded(&self, record: &Record) -> Result<Option<Known<Statements>>, Error> {
        record.machine.is_some().then(|| self.0.catalog.of(record)).transpose()
    }

    /// [`write`](Sqlite::write) for one record.
    fn write_one(&self, offer: Offer<'_>) -> Result<Option<Digest>, Error> {
        Ok(self.write(Offers::from(&offer))?.into_iter().next().flatten())
    }

    /// Writes all of the records or none, and waits by blocking the thread.
    fn write(&self, offers: Offers<'_>) -> Result<Heads, Error> {
        self.write_by(offers, true)
    }

    /// The same; `may_renew` if the machines may be registered again, because the database was restored to another point.
    fn write_by(&self, offers: Offers<'_>, may_renew: bool) -> Result<Heads, Error> {
        if offers.is_empty() {
            return Ok(Heads::new());
        }
        let mut pending = Pending::new(offers.records().iter(), self.known_all(offers)?);
        if self.0.keeps_chain {
            for before in pending.unchained() {
                let before = Arc::new(before);
                let asked = Arc::clone(&before);
                pending.chain(&before, self.read_blocking(move |connection| asked.digest(connection))?);
            }
        }
        let mut changes = match pending.changes(self.0.keeps_chain) {
            Ok(changes) => changes,
            Err((earlier, error)) => {
                let (earlier, outcome) = self.0.writer.call_blocking(dry_run_of(earlier))?;
                return Err(pending.first_error(earlier, outcome, error, &self.0.error_context()));
            }
        };
        while !changes.is_empty() {
            let (asked, outcome) = self.0.writer.commit_blocking(changes)?;
            if may_renew && matches!(outcome, WriteOutcome::Stale) {
                pending.declarations().into_iter().try_for_each(|of| self.register_now(of).map(drop))?;
                return self.write_by(offers, false);
            }
            changes = pending.settle(asked, outcome, &self.0.error_context())?;
        }
        Ok(pending.into_heads())
    }
}

impl Core {
    fn error_context(&self) -> pending::ErrorContext<'_> {
        pending::ErrorContext { location: &self.location, timeout: Some(self.timeout) }
    }
}

/// Returns a job that tells whether one of these records would be refused, and writes none.
fn dry_run_of(
    earlier: Vec<Change>,
) -> impl FnOnce(&Connection) -> Result<(Vec<Change>, WriteOutcome), Error> + Send + 'static {
    move |connection| {
        let outcome = dry_run(connection, &earlier);
        Ok((earlier, outcome))
    }
}

fn not_registered(of: &Declaration) -> Error {
    Error::NotRegistered { machine: of.chart().machine.to_owned() }
}

/// Returns a job that reads the state of a subject. None if the id of the machine has changed.
fn reading_state(
    known: Known<Statements>,
    subject: Id,
) -> impl FnOnce(&Connection) -> Result<Option<SubjectState>, Error> + Send + 'static {
    move |connection| read::last_at_once(connection, &known, &subject)
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sqlite").field("location", &self.0.location).finish_non_exhaustive()
    }
}
