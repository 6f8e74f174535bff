//! A connection of the pool, as a commit holds it.

use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, PgConnection};

use super::{Postgres, database};
use crate::Error;

/// A connection that goes back to the pool only if it is released.
///
/// One that is dropped, with the future that held it or with an error, may have a statement under way, and even one that
/// has not been sent: nobody else is to send it later. It is closed.
pub(super) struct Held(PoolConnection<sqlx::Postgres>, bool);

impl Held {
    /// Gives it back: nothing is under way.
    pub(super) fn release(mut self) {
        self.1 = true;
    }
}

impl Deref for Held {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if !self.1 {
            self.0.close_on_drop();
        }
    }
}

impl Postgres {
    /// A connection, of which it is not known whether it still is one.
    pub(super) async fn connection(&self) -> Result<Held, Error> {
        let connection = self.0.pool.acquire().await.map_err(database("waiting for a connection"))?;
        Ok(Held(connection, false))
    }

    /// A connection that answers. A server that is gone is waited for, as long as the patience lasts.
    pub(super) async fn living(&self) -> Result<Held, Error> {
        let end = Instant::now() + self.0.patience;
        let mut pause = Duration::from_millis(5);
        loop {
            let error = match self.0.pool.acquire().await {
                Ok(connection) => {
                    let mut held = Held(connection, false);
                    match tokio::time::timeout_at(end.into(), held.ping()).await {
                        Ok(Ok(())) => return Ok(held),
                        Ok(Err(_)) if Instant::now() < end => continue,
                        Ok(Err(error)) => error,
                        Err(_) => sqlx::Error::PoolTimedOut,
                    }
                }
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
