//! `Store`: one front for both databases.

pub(crate) mod batching;
pub(crate) mod within;

use std::collections::HashSet;

use tollgate::machine::{Declaration, resume_from};
use tollgate::sink::{Offer, Offers, Receipt};
use tollgate::uuid::Uuid;
use tollgate::{Record, StateMachine};

use self::within::{Transaction, Within};
use crate::backend::Executor;
use crate::backend::edges::EdgeTable;
#[cfg(feature = "postgres")]
use crate::backend::postgres::Postgres;
#[cfg(feature = "sqlite")]
use crate::backend::sqlite::{Access as _, Sqlite};
use crate::commit::sink::async_sink;
use crate::error::Error;
use crate::options::{Options, without_password};
use crate::row::chain::receipts;
use crate::row::sql_row::FromRow;
use crate::schema::sql::{Dialect, Statement};

/// A store on SQLite or Postgres: a sink that writes the row and the record, or neither.
///
/// It is a handle: a clone is the same store. See the [crate] for what it does.
#[derive(Debug, Clone)]
pub struct Store(Backend);

#[derive(Debug, Clone)]
enum Backend {
    #[cfg(feature = "sqlite")]
    Sqlite(Sqlite),
    #[cfg(feature = "postgres")]
    Postgres(Postgres),
}

/// Calls the database of the store.
macro_rules! on_backend {
    ($store:expr, $backend:ident => $call:expr) => {
        match &$store.0 {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite(sqlite) => {
                let $backend = sqlite.nonblocking();
                $call
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres($backend) => $call,
        }
    };
}

impl Store {
    /// Opens the database at this address: `sqlite://app.db`, `sqlite::memory:`, `postgres://user@host/database`.
    ///
    /// Its tables are created if they are missing.
    ///
    /// # Errors
    ///
    /// Those of [`Options::open`].
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::options(url).open().await
    }

    /// Returns the options for the database at this address.
    pub fn options(url: &str) -> Options {
        Options::new(url)
    }

    async fn open_with(options: Options) -> Result<Self, Error> {
        let scheme = options.url.split_once(':').map_or("", |(scheme, _)| scheme);
        let machines = options.machines.clone();
        if scheme == "sqlite" && options.role.is_some() {
            return Err(Error::Option { option: "insert_only_role", of: "Postgres" });
        }
        if scheme == "sqlite" && options.transaction_pooling {
            return Err(Error::Option { option: "transaction_pooling", of: "Postgres" });
        }
        let store = match scheme {
            #[cfg(feature = "sqlite")]
            "sqlite" => Self(Backend::Sqlite(Sqlite::open_with(&options)?)),
            #[cfg(not(feature = "sqlite"))]
            "sqlite" => return Err(address(&options.url, "the feature `sqlite` of tollgate-store is not enabled")),
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => Self(Backend::Postgres(Postgres::open_with(options).await?)),
            #[cfg(not(feature = "postgres"))]
            "postgres" | "postgresql" => {
                return Err(address(&options.url, "the feature `postgres` of tollgate-store is not enabled"));
            }
            _ => return Err(address(&options.url, "it begins with `sqlite:` or `postgres:`")),
        };
        for declaration in machines {
            on_backend!(store, backend => { backend.register(declaration).await?; });
        }
        Ok(store)
    }

    /// Registers the machine: stores its chart, and checks its table. The first use does it too.
    ///
    /// # Errors
    ///
    /// If subjects are in states that the chart lacks, or the table is not as it was declared.
    pub async fn register<M: StateMachine>(&self) -> Result<(), Error> {
        on_backend!(self, backend => backend.register(Declaration::of::<M>()).await.map(drop))
    }

    /// Restores the subject from its history: state with data, version, time and head of the chain.
    ///
    /// # Errors
    ///
    /// If it has no history, its row disagrees with its history, or the state cannot be restored.
    pub async fn resume<M: StateMachine>(&self, subject: M::Subject) -> Result<M::Any, Error> {
        let name = M::subject_ref(&subject);
        let last = on_backend!(self, backend => backend.last(Declaration::of::<M>(), &name.id).await)?;
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
    pub async fn outcome(&self, record: Uuid) -> Result<Option<Record>, Error> {
        let stored = on_backend!(self, backend => backend.outcome(record).await)?;
        Ok(stored.map(|stored| stored.record))
    }

    /// Returns this store in a transaction of yours: your own statements in it commit or roll back together with the record.
    ///
    /// The transaction is the driver's own, of `sqlx` or `rusqlite`, on the database of this store. A machine that comes
    /// out of a commit in it is in its new state *if the transaction commits*. After a rollback give it up and
    /// [`resume`](Store::resume) the subject: its next commit is a [`Conflict`](crate::Conflict).
    pub fn within<'t, T: Transaction>(&'t self, transaction: &'t mut T) -> Within<'t, T> {
        Within::new(self, transaction)
    }

    /// Returns the store on SQLite, if it is one: it takes blocking commits too.
    #[cfg(feature = "sqlite")]
    #[must_use]
    pub fn as_sqlite(&self) -> Option<&Sqlite> {
        match &self.0 {
            Backend::Sqlite(sqlite) => Some(sqlite),
            #[cfg(feature = "postgres")]
            Backend::Postgres(_) => None,
        }
    }

    /// Returns the store on Postgres, if it is one.
    #[cfg(feature = "postgres")]
    #[must_use]
    pub fn as_postgres(&self) -> Option<&Postgres> {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite(_) => None,
            Backend::Postgres(postgres) => Some(postgres),
        }
    }
}

impl Store {
    pub(crate) async fn commit_async(&self, offer: Offer<'_>) -> Result<Receipt, Error> {
        on_backend!(self, backend => backend.commit(offer).await.map(Receipt::from))
    }

    /// Writes all of the records or none.
    pub(crate) async fn commit_all_async(&self, offers: Offers<'_>) -> Result<Vec<Receipt>, Error> {
        check_one_change_per_subject(offers.records())?;
        on_backend!(self, backend => backend.commit_all(offers).await.map(receipts))
    }
}

impl Executor for Store {
    fn dialect(&self) -> Dialect {
        on_backend!(self, backend => backend.dialect())
    }

    fn edges(&self) -> &EdgeTable {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Backend::Sqlite(sqlite) => sqlite.edges(),
            #[cfg(feature = "postgres")]
            Backend::Postgres(postgres) => postgres.edges(),
        }
    }

    async fn fetch<T: FromRow>(&self, statement: Statement) -> Result<Vec<T>, Error> {
        on_backend!(self, backend => backend.fetch(statement).await)
    }
}

impl Options {
    /// Opens the store: creates its tables if they are missing, brings them up to date, and registers the machines.
    ///
    /// # Errors
    ///
    /// If the address is malformed, the database cannot be reached or has a later schema, the protection of the records is
    /// incomplete, or a machine does not fit.
    pub async fn open(self) -> Result<Store, Error> {
        Store::open_with(self).await
    }
}

#[cfg(feature = "sqlite")]
impl From<Sqlite> for Store {
    fn from(sqlite: Sqlite) -> Self {
        Self(Backend::Sqlite(sqlite))
    }
}

#[cfg(feature = "postgres")]
impl From<Postgres> for Store {
    fn from(postgres: Postgres) -> Self {
        Self(Backend::Postgres(postgres))
    }
}

fn address(url: &str, why: &'static str) -> Error {
    Error::Address { url: without_password(url), why }
}

/// Refuses two changes of one subject in a batch: both follow the same record, so only one can be written. The check comes
/// first, because the error of a database would be less clear.
fn check_one_change_per_subject(records: &[Record]) -> Result<(), Error> {
    let mut moved = HashSet::new();
    for record in records.iter().filter(|record| record.is_change()) {
        if let Some(subject) = record.subject.as_ref().filter(|subject| !moved.insert((&record.machine, &subject.id))) {
            let why = format!("an earlier record of the same batch moves {subject} too");
            return Err(Error::Unstorable { id: record.id, why });
        }
    }
    Ok(())
}

async_sink!(Store);
