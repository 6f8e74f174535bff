//! The connections of the store, up to a maximum. Each counts until its backend is idle or has ended.
//!
//! A store that was opened by its address keeps its connections. A pool of `sqlx` sends a ping before and after each use of
//! a connection: with 8 connections it reached 0.66 of the commits per second (5,844 instead of 8,487).
//! A store on the user's pool takes each connection from that pool, and returns it after each use.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, PgConnection, PgPool};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::time::timeout_at;

use super::{Postgres, database};
use crate::Error;

/// The connections of a store, up to a maximum. It is a handle.
#[derive(Debug, Clone)]
pub(super) struct Connections(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    /// Opens the connections, with the options and callbacks of the pool.
    opener: PgPool,
    /// The maximum wait for a connection, or for a lost server.
    timeout: Duration,
    /// The free connections; `None` if the pool is the user's, which counts them itself.
    free: Option<Arc<Semaphore>>,
    /// The idle connections; the last one was used most recently.
    idle: Mutex<VecDeque<OwnConnection>>,
}

/// A connection of the store, with the times at which it was opened and last used.
#[derive(Debug)]
struct OwnConnection {
    connection: PgConnection,
    opened: Instant,
    used: Instant,
}

impl Connections {
    /// Returns connections with the maximum, the timeout and the lifetimes of this pool, which only opens them.
    pub(super) fn opened_by(opener: PgPool) -> Self {
        let most = usize::try_from(opener.options().get_max_connections()).unwrap_or(Semaphore::MAX_PERMITS);
        let free = Some(Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))));
        Self::new(opener, free)
    }

    /// Returns connections that are taken from the user's pool for each use.
    pub(super) fn of_pool(pool: PgPool) -> Self {
        Self::new(pool, None)
    }

    fn new(opener: PgPool, free: Option<Arc<Semaphore>>) -> Self {
        let timeout = opener.options().get_acquire_timeout();
        Self(Arc::new(Pool { opener, timeout, free, idle: Mutex::default() }))
    }

    /// Takes an idle connection, or opens one.
    async fn take(&self, end: Instant) -> Result<Connection, sqlx::Error> {
        // In a box: this future is ten times as large as the rest of a commit, and each commit would include it.
        let acquire = || timeout_at(end.into(), Box::pin(self.0.opener.acquire()));
        let Some(free) = &self.0.free else {
            let pooled = acquire().await.map_err(|_| sqlx::Error::PoolTimedOut)??;
            return Ok(Connection(Some(Inner::Pooled(pooled))));
        };
        let permit = match Arc::clone(free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(TryAcquireError::NoPermits) => {
                let permit = timeout_at(end.into(), Arc::clone(free).acquire_owned()).await;
                permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?
            }
            Err(TryAcquireError::Closed) => return Err(sqlx::Error::PoolClosed),
        };
        let idle = self.0.idle().pop_back();
        let own = if let Some(own) = idle {
            own
        } else {
            let connection = acquire().await.map_err(|_| sqlx::Error::PoolTimedOut)??.detach();
            let opened = Instant::now();
            OwnConnection { connection, opened, used: opened }
        };
        Ok(Connection(Some(Inner::Own { own, permit, pool: Arc::clone(&self.0) })))
    }

    /// Returns a connection that answers; see [`Postgres::living`].
    pub(super) async fn living(&self) -> Result<Connection, Error> {
        let end = Instant::now() + self.0.timeout;
        let mut pause = Duration::from_millis(5);
        loop {
            let error = match self.take(end).await {
                Ok(mut connection) => match timeout_at(end.into(), connection.ping()).await {
                    Ok(Ok(())) => return Ok(connection),
                    Ok(Err(_)) if Instant::now() < end => continue,
                    Ok(Err(error)) => error,
                    Err(_) => sqlx::Error::PoolTimedOut,
                },
                Err(error) => error,
            };
            let is_worth_waiting = matches!(error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_));
            if !is_worth_waiting || Instant::now() + pause >= end {
                return Err(database("waiting for a connection")(error));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }
}

impl Pool {
    fn idle(&self) -> MutexGuard<'_, VecDeque<OwnConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the connection for the next use, and returns those that are too old or were idle too long.
    fn put_back(&self, mut own: OwnConnection) -> Vec<OwnConnection> {
        own.used = Instant::now();
        let options = self.opener.options();
        let is_old = options.get_max_lifetime().is_some_and(|most| own.used - own.opened > most);
        let is_unused =
            |idle: &OwnConnection| options.get_idle_timeout().is_some_and(|most| own.used - idle.used > most);
        let mut idle = self.idle();
        let mut ended = Vec::new();
        if idle.front().is_some_and(is_unused) {
            ended.extend(idle.pop_front());
        }
        if is_old {
            ended.push(own);
        } else {
            idle.push_back(own);
        }
        ended
    }
}

/// A connection in use. Release it after its last answer; otherwise the next use waits for the server.
pub(super) struct Connection(Option<Inner>);

enum Inner {
    Own { own: OwnConnection, permit: OwnedSemaphorePermit, pool: Arc<Pool> },
    Pooled(PoolConnection<sqlx::Postgres>),
}

impl Connection {
    /// Returns the connection. No statement may be running, and no transaction may be open.
    pub(super) fn release(mut self) {
        if let Some(inner) = self.0.take() {
            inner.release();
        }
    }
}

impl Inner {
    fn release(self) {
        // A pooled connection returns to the user's pool when it is dropped.
        let Self::Own { own, permit, pool } = self else { return };
        let ended = pool.put_back(own);
        if let (false, Ok(runtime)) = (ended.is_empty(), Handle::try_current()) {
            runtime.spawn(async move {
                for own in ended {
                    let _ = own.connection.close().await;
                }
                drop(permit);
            });
        }
    }

    fn connection(&mut self) -> &mut PgConnection {
        match self {
            Self::Own { own, .. } => &mut own.connection,
            Self::Pooled(pooled) => pooled,
        }
    }
}

/// Counts a dropped connection until its backend answers.
///
/// A connection that is dropped with its future, or after an error, may have a running statement. Closing the connection
/// does not end the statement, and the backend runs until the statement ends.
///
/// If a future is dropped after it sent `BEGIN`, the driver does not roll back the transaction, and the next commit on that
/// connection would be part of it. `ROLLBACK` alone would log a warning if there is no transaction.
impl Drop for Connection {
    fn drop(&mut self) {
        let Some(mut inner) = self.0.take() else { return };
        let Ok(runtime) = Handle::try_current() else {
            // A pool cannot take a connection back without a runtime.
            if let Inner::Pooled(pooled) = inner {
                drop(pooled.detach());
            }
            return;
        };
        runtime.spawn(async move {
            if sqlx::raw_sql("BEGIN; ROLLBACK").execute(inner.connection()).await.is_ok() {
                inner.release();
            } else if let Inner::Pooled(pooled) = inner {
                let _ = pooled.close().await;
            }
        });
    }
}

impl Deref for Connection {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        match self.0.as_ref().expect("a connection is present until it is released") {
            Inner::Own { own, .. } => &own.connection,
            Inner::Pooled(pooled) => pooled,
        }
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.0.as_mut().expect("a connection is present until it is released").connection()
    }
}

impl Postgres {
    /// Returns a connection, which may have been lost.
    pub(super) async fn connection(&self) -> Result<Connection, Error> {
        let connections = &self.0.connections;
        let end = Instant::now() + connections.0.timeout;
        connections.take(end).await.map_err(database("waiting for a connection"))
    }

    /// Returns a connection that answers. Waits for a lost server until the timeout.
    pub(super) async fn living(&self) -> Result<Connection, Error> {
        self.0.connections.living().await
    }
}
