//! The store on Postgres.

mod commit;
mod commit_all;
mod denied;
mod failure;
mod held;
mod joined;
mod migrate;
mod read;
mod register;
mod role;
mod statements;
mod within;
mod write;

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tollgate::__private::Declaration;
use tollgate::uuid::Uuid;
use tollgate::{Id, Record, RecordKind};

use self::failure::{Fate, database, fate};
pub(crate) use self::joined::Joined;
pub(crate) use self::statements::Statements;
use crate::error::Error;
use crate::options::Options;
use crate::registered::{Catalog, Known};
use crate::row::Stored;
use crate::store::without_password;
use crate::verdict::Last;

/// A store on Postgres. It is a handle: a clone is the same store.
///
/// ```no_run
/// # async fn open(pool: sqlx::PgPool) -> Result<(), tollgate_store::Error> {
/// use tollgate_store::{Postgres, Store};
///
/// let store = Store::from(Postgres::with_pool(pool).await?); // a pool of your own, with settings of yours
/// # let _ = store;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Postgres(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    pool: PgPool,
    keeps_chain: bool,
    /// How long a lost server is waited for.
    patience: Duration,
    catalog: Catalog<Statements>,
}

impl Postgres {
    /// Opens the database at this address, with at most 10 connections. Its tables are made where they are missing.
    ///
    /// # Errors
    ///
    /// Where the database cannot be reached, is of a later schema, or does not let its tables be made.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::open_with(Options::new(url)).await
    }

    /// The store on this pool. Its tables are made where they are missing.
    ///
    /// A pool asks the server for a sign of life before it lends a connection, unless it was made with
    /// `test_before_acquire(false)`: the store does not need it, and a commit is then one round trip and not two.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Postgres::open).
    pub async fn with_pool(pool: PgPool) -> Result<Self, Error> {
        Self::ready(pool, true, None).await
    }

    /// The pool, for queries of your own.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    pub(crate) async fn open_with(options: Options) -> Result<Self, Error> {
        let address = options.url.parse().map_err(|_| Error::Address {
            url: without_password(&options.url),
            why: "it reads `postgres://user:password@host:port/database`",
        })?;
        let pool = PgPoolOptions::new()
            .max_connections(options.connections.max(1))
            .acquire_timeout(options.patience)
            // A commit finds out by itself that its connection is gone, and offers its record on another one.
            .test_before_acquire(false);
        Self::ready(pool.connect_lazy_with(address), options.keeps_chain, options.role.as_deref()).await
    }

    async fn ready(pool: PgPool, keeps_chain: bool, role: Option<&str>) -> Result<Self, Error> {
        let patience = pool.options().get_acquire_timeout();
        let store = Self(Arc::new(Shared { pool, keeps_chain, patience, catalog: Catalog::default() }));
        let mut connection = store.living().await?;
        migrate::migrate(&mut connection).await?;
        if let Some(role) = role {
            role::make(&mut connection, role).await?;
        }
        connection.release();
        Ok(store)
    }

    pub(crate) async fn register(&self, of: &'static Declaration) -> Result<Known<Statements>, Error> {
        if let Some(known) = self.0.catalog.get(of) {
            return Ok(known);
        }
        let mut connection = self.living().await?;
        let known = register::register(&mut connection, of, &self.0.catalog, self.0.keeps_chain).await?;
        connection.release();
        Ok(known)
    }

    /// The machine of a record; none where it is of none.
    async fn known(
        &self,
        record: &Record,
        of: Option<&'static Declaration>,
    ) -> Result<Option<Known<Statements>>, Error> {
        match of {
            Some(of) => self.register(of).await.map(Some),
            None if record.machine.is_none() => Ok(None),
            None => match self.0.catalog.of(record) {
                // Its edge is looked up when it is written.
                Err(_) if record.kind == RecordKind::Refusal => Ok(None),
                known => known.map(Some),
            },
        }
    }

    pub(crate) async fn last(&self, of: &'static Declaration, subject: &Id) -> Result<Last, Error> {
        let known = self.register(of).await?;
        let (registered, statements) = &*known;
        let mut connection = self.connection().await?;
        let mut row = read::try_last(&mut connection, registered, statements, subject).await;
        if row.as_ref().is_err_and(is_lost) {
            connection = self.living().await?;
            row = read::try_last(&mut connection, registered, statements, subject).await;
        }
        let row = row.map_err(database("reading a subject"))?;
        connection.release();
        row.as_ref().map_or_else(|| Ok(Last::default()), read::into_last)
    }

    pub(crate) async fn outcome(&self, record: Uuid) -> Result<Option<Stored>, Error> {
        let mut connection = self.connection().await?;
        let mut row = read::try_by_id(&mut connection, record).await;
        if row.as_ref().is_err_and(is_lost) {
            connection = self.living().await?;
            row = read::try_by_id(&mut connection, record).await;
        }
        let row = row.map_err(database("looking for a record"))?;
        connection.release();
        row.as_ref().map(read::stored).transpose()
    }
}

fn is_lost(error: &sqlx::Error) -> bool {
    fate(error) == Fate::Lost
}
