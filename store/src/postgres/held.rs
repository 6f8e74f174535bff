//! The store's own connections.
//!
//! They are opened by a pool and never go back to it: a pool pings each connection that it gets back, and a commit would be
//! two round trips.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection, PgPool};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::time::{timeout, timeout_at};

use super::{Postgres, database};
use crate::Error;

/// How long a connection that is closed may take to say so.
const FAREWELL: Duration = Duration::from_secs(5);

/// The connections of a store, at most so many at once.
#[derive(Debug)]
pub(super) struct Connections {
    /// Opens them, with all that its owner does to a new one.
    opener: PgPool,
    /// How long a connection, or a lost server, is waited for.
    patience: Duration,
    free: Arc<Semaphore>,
    /// Those that nobody holds; the one at the back was used last.
    idle: Mutex<VecDeque<Own>>,
}

/// A connection, and how old it is.
#[derive(Debug)]
struct Own {
    connection: PgConnection,
    opened: Instant,
    used: Instant,
}

impl Connections {
    /// At most as many as this pool may have, with its patience and lifetimes.
    pub(super) fn opened_by(opener: PgPool) -> Self {
        let most = usize::try_from(opener.options().get_max_connections()).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            patience: opener.options().get_acquire_timeout(),
            free: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            idle: Mutex::default(),
            opener,
        }
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<Own>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that lay idle, or a new one.
    async fn take(&self, end: Instant) -> Result<Held<'_>, sqlx::Error> {
        let permit = match Arc::clone(&self.free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(TryAcquireError::NoPermits) => {
                let permit = timeout_at(end.into(), Arc::clone(&self.free).acquire_owned()).await;
                permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?
            }
            Err(TryAcquireError::Closed) => return Err(sqlx::Error::PoolClosed),
        };
        if self.opener.is_closed() {
            self.idle().clear();
            return Err(sqlx::Error::PoolClosed);
        }
        let idle = self.idle().pop_back();
        let own = if let Some(own) = idle {
            own
        } else {
            // In a box: it needs ten times the room of all else that a commit does, and each commit would have it.
            let new = timeout_at(end.into(), Box::pin(self.opener.acquire())).await;
            let connection = new.map_err(|_| sqlx::Error::PoolTimedOut)??.detach();
            let opened = Instant::now();
            Own { connection, opened, used: opened }
        };
        Ok(Held { own: Some(own), permit: Some(permit), home: self })
    }

    fn put_back(&self, mut own: Own) {
        own.used = Instant::now();
        let options = self.opener.options();
        let is_old = options.get_max_lifetime().is_some_and(|most| own.used - own.opened > most);
        let is_unused = |idle: &Own| options.get_idle_timeout().is_some_and(|most| own.used - idle.used > most);
        let mut idle = self.idle();
        let unused = if idle.front().is_some_and(is_unused) { idle.pop_front() } else { None };
        let old = if is_old {
            Some(own)
        } else {
            idle.push_back(own);
            None
        };
        drop(idle);
        for own in unused.into_iter().chain(old) {
            close(own, None);
        }
    }
}

/// A connection that goes back only if it is released.
///
/// One that is dropped, with the future that held it or with an error, may have a statement under way, and even one that
/// has not been sent: nobody else is to send it later. It is closed.
pub(super) struct Held<'a> {
    /// Until it is dropped or released.
    own: Option<Own>,
    permit: Option<OwnedSemaphorePermit>,
    home: &'a Connections,
}

impl Held<'_> {
    /// Gives it back: nothing is under way, and no transaction is open.
    pub(super) fn release(mut self) {
        if let Some(own) = self.own.take() {
            self.home.put_back(own);
        }
    }
}

impl Deref for Held<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.own.as_ref().expect("it is there until the end").connection
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.own.as_mut().expect("it is there until the end").connection
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(own) = self.own.take() {
            close(own, self.permit.take());
        }
    }
}

/// Says farewell where there is a runtime to do it in; another one takes its place only then.
fn close(own: Own, permit: Option<OwnedSemaphorePermit>) {
    let Ok(runtime) = Handle::try_current() else { return };
    runtime.spawn(async move {
        // Whether it was heard or not, it is closed.
        let _ = timeout(FAREWELL, own.connection.close()).await;
        drop(permit);
    });
}

impl Postgres {
    /// A connection, of which it is not known whether it still is one.
    pub(super) async fn connection(&self) -> Result<Held<'_>, Error> {
        let connections = &self.0.connections;
        let end = Instant::now() + connections.patience;
        connections.take(end).await.map_err(database("waiting for a connection"))
    }

    /// A connection that answers. A server that is gone is waited for, as long as the patience lasts.
    pub(super) async fn living(&self) -> Result<Held<'_>, Error> {
        self.0.connections.living().await
    }
}

impl Connections {
    /// A connection that answers; see [`Postgres::living`].
    pub(super) async fn living(&self) -> Result<Held<'_>, Error> {
        let end = Instant::now() + self.patience;
        let mut pause = Duration::from_millis(5);
        loop {
            let error = match self.take(end).await {
                Ok(mut held) => match timeout_at(end.into(), held.ping()).await {
                    Ok(Ok(())) => return Ok(held),
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
