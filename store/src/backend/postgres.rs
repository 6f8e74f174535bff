//! The store on Postgres.

mod commit;
mod commit_all;
mod connection;
mod durable;
mod execute;
mod failure;
mod identity;
mod json;
mod migrate;
mod pipeline;
mod protection;
mod read;
mod register;
mod role;
mod rows;
mod sql_row;
mod statements;
mod storable;
mod table_columns;
mod within;
mod write;
mod write_error;

use std::sync::{Arc, Mutex};

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tollgate::machine::Declaration;
use tollgate::uuid::Uuid;
use tollgate::{Id, Record, RecordKind};

use self::connection::Connections;
use self::failure::{Fate, database, fate};
use self::identity::Identity;
pub(crate) use self::pipeline::Pipeline;
pub(crate) use self::statements::Statements;
use self::write_error::WriteError;
use crate::backend::catalog::{Catalog, Known};
use crate::commit::diagnosis::SubjectState;
use crate::error::Error;
use crate::options::Options;
use crate::options::without_password;
use crate::row::Stored;
use crate::row::decode;

/// A store on Postgres. It is a handle: a clone is the same store.
///
/// ```no_run
/// # async fn open(pool: sqlx::PgPool) -> Result<(), tollgate_store::Error> {
/// use tollgate_store::{Postgres, Store};
///
/// let store = Store::from(Postgres::with_pool(pool).await?); // your own pool, with your settings
/// # let _ = store;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Postgres(Arc<PostgresState>);

#[derive(Debug)]
struct PostgresState {
    /// The pool for the user's queries.
    pool: PgPool,
    connections: Connections,
    keeps_chain: bool,
    /// Whether statements go through a pooler; see [`execute`].
    is_pooled: bool,
    catalog: Catalog<Statements>,
    /// The identity of the database; a transaction must have the same.
    identity: Mutex<Identity>,
}

impl Postgres {
    /// Opens the database at this address, and creates missing tables.
    ///
    /// The store has at most 10 connections, and a separate [`pool`](Postgres::pool) of at most 10 for your queries.
    ///
    /// # Errors
    ///
    /// Returns an error if the database cannot be reached, has a later schema, or refuses to create the tables.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::open_with(Options::new(url)).await
    }

    /// Opens the store on this pool, and creates missing tables.
    ///
    /// The store takes each connection from the pool when it needs one, and returns it after the commit or the query: it
    /// never exceeds the pool's `max_connections`. Your transaction keeps its connection until it ends. The first use of
    /// a machine [`within`](crate::Store::within) a transaction, and a conflict there, need a second connection. Allow
    /// the pool more connections than you have concurrent transactions. If the pool is full, the call fails after
    /// `acquire_timeout`.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`open`](Postgres::open).
    pub async fn with_pool(pool: PgPool) -> Result<Self, Error> {
        Self::ready(pool.clone(), Connections::of_pool(pool), &Options::new("")).await
    }

    /// Opens the store on this pool, whose connections go through a pooler such as `PgBouncer` in transaction mode.
    ///
    /// See [`Options::transaction_pooling`](crate::Options::transaction_pooling).
    ///
    /// The pool connects to a pooler only if its connect options omit the settings that the pooler does not support:
    /// `PgConnectOptions::extra_float_digits(None)` for `PgBouncer`.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`open`](Postgres::open).
    pub async fn with_pooler(pool: PgPool) -> Result<Self, Error> {
        Self::ready(pool.clone(), Connections::of_pool(pool), &Options::new("").transaction_pooling()).await
    }

    /// Returns the pool for your own queries: the one that you gave to [`with_pool`](Postgres::with_pool).
    ///
    /// If the store was opened by its address, this pool is separate from the connections of the store. It has the same
    /// maximum, and opens no connection before you use it.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    pub(crate) async fn open_with(options: Options) -> Result<Self, Error> {
        let mut address: PgConnectOptions = options.url.parse().map_err(|_| Error::Address {
            url: without_password(&options.url),
            why: "use the form `postgres://user:password@host:port/database`",
        })?;
        if options.transaction_pooling {
            // `PgBouncer` refuses unknown settings. The store does not need this one, because it does not read floats.
            address = address.extra_float_digits(None);
        }
        let pools = PgPoolOptions::new().max_connections(options.connections.max(1)).acquire_timeout(options.timeout);
        // A separate pool, so that the store can open a connection while the user's pool is full.
        let connections = Connections::opened_by(pools.clone().connect_lazy_with(address.clone()));
        Self::ready(pools.connect_lazy_with(address), connections, &options).await
    }

    async fn ready(pool: PgPool, connections: Connections, options: &Options) -> Result<Self, Error> {
        let mut connection = connections.living().await?;
        migrate::migrate(&mut connection, options.restores).await?;
        if let Some(role) = &options.role {
            role::make(&mut connection, role).await?;
        }
        let identity = identity::read(&mut connection, options.transaction_pooling).await;
        let identity = identity.map_err(database("looking at the table of records"))?;
        connection.release();
        let identity = identity.ok_or(Error::StoreClosed)?;
        Ok(Self(Arc::new(PostgresState {
            pool,
            connections,
            keeps_chain: options.keeps_chain,
            is_pooled: options.transaction_pooling,
            catalog: Catalog::default(),
            identity: Mutex::new(identity),
        })))
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

    /// Registers the machine again, after the database was restored or replaced.
    async fn renewed(&self, known: &Known<Statements>) -> Result<Known<Statements>, Error> {
        self.0.catalog.forget(known);
        Box::pin(self.register(known.0.declaration)).await
    }

    /// Returns the machine of a record; `None` if the record has no machine.
    async fn known(
        &self,
        record: &Record,
        of: Option<&'static Declaration>,
    ) -> Result<Option<Known<Statements>>, Error> {
        match of {
            Some(of) => match self.0.catalog.get(of) {
                Some(known) => Ok(Some(known)),
                // In a box, because otherwise the future of each commit would include that of the registration.
                None => Box::pin(self.register(of)).await.map(Some),
            },
            None if record.machine.is_none() => Ok(None),
            None => match self.0.catalog.of(record) {
                // The edge of a refusal is looked up when the refusal is written.
                Err(_) if record.kind == RecordKind::Refusal => Ok(None),
                known => known.map(Some),
            },
        }
    }

    pub(crate) async fn last(&self, of: &'static Declaration, subject: &Id) -> Result<SubjectState, Error> {
        let known = self.register(of).await?;
        if let Some(last) = self.last_of(&known, subject).await? {
            return Ok(last);
        }
        let known = self.renewed(&known).await?;
        self.last_of(&known, subject).await?.ok_or_else(|| WriteError::Stale.into_error())
    }

    /// Returns `None` if the machine was registered in another database, or before a restore.
    async fn last_of(&self, known: &Known<Statements>, subject: &Id) -> Result<Option<SubjectState>, Error> {
        let (registered, statements) = &**known;
        let mut connection = self.connection().await?;
        let mut row = read::try_last(&mut connection, registered, statements, subject, self.0.is_pooled).await;
        if row.as_ref().is_err_and(is_lost) {
            drop(connection);
            connection = self.living().await?;
            row = read::try_last(&mut connection, registered, statements, subject, self.0.is_pooled).await;
        }
        let row = row.map_err(database("reading a subject"))?;
        connection.release();
        let Some(row) = &row else { return Ok(Some(SubjectState::default())) };
        if !read::is_same_database(row)? {
            return Ok(None);
        }
        read::into_last(row).map(Some)
    }

    pub(crate) async fn outcome(&self, record: Uuid) -> Result<Option<Stored>, Error> {
        let mut connection = self.connection().await?;
        let mut row = read::try_by_id(&mut connection, record, self.0.is_pooled).await;
        if row.as_ref().is_err_and(is_lost) {
            drop(connection);
            connection = self.living().await?;
            row = read::try_by_id(&mut connection, record, self.0.is_pooled).await;
        }
        let row = row.map_err(database("looking for a record"))?;
        if row.is_some() {
            let confirmed = durable::confirm(&mut connection, self.0.is_pooled).await;
            confirmed.map_err(database("waiting until a record that was found is durable"))?;
        }
        connection.release();
        row.as_ref().map(decode::stored).transpose()
    }
}

fn is_lost(error: &sqlx::Error) -> bool {
    fate(error) == Fate::Lost
}
