//! What keeps a record from being written, and what to do about it.

use std::error::Error as StdError;
use std::time::Duration;

use sqlx::PgConnection;
use tollgate::Record;

use super::failure::{Fate, fate};
use super::{Postgres, database};
use crate::Error;

/// How often a statement that another transaction undid is tried.
pub(super) const TRIES: u32 = 10;
const WHAT: &str = "writing a record";

/// Why the answer to a statement is missing.
pub(super) type Open = Box<dyn StdError + Send + Sync>;

/// Why a try wrote nothing, or may have.
#[derive(Debug)]
pub(super) enum Denied {
    Refused(Error),
    /// Nothing was written, and nothing stands in its way by now.
    Again(Option<sqlx::Error>),
    /// The machine was registered in another database, or in this one before it was restored.
    Stale,
    /// The connection is gone. It is open what was written, if a statement that writes was under way.
    Lost {
        error: sqlx::Error,
        is_open: bool,
    },
}

impl Denied {
    /// An error of the statement that writes.
    pub(super) fn writing(error: sqlx::Error) -> Self {
        match Self::from(error) {
            Self::Lost { error, .. } => Self::Lost { error, is_open: true },
            denied => denied,
        }
    }

    /// An error while a record that was found is made durable: whatever it is, the record may stay.
    pub(super) fn unconfirmed(error: sqlx::Error) -> Self {
        Self::Lost { error, is_open: true }
    }

    /// Within a transaction that has not been committed: there the loss of a connection leaves nothing open.
    pub(super) fn within(self) -> Self {
        match self {
            Self::Lost { error, .. } => Self::Lost { error, is_open: false },
            denied => denied,
        }
    }

    /// The error, where there is no other try.
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Refused(error) => error,
            Self::Again(Some(error)) | Self::Lost { error, .. } => database(WHAT)(error),
            Self::Stale => Error::Database {
                what: WHAT.into(),
                cause: "the database was replaced or the server was restarted in the meantime; commit the step again"
                    .into(),
            },
            Self::Again(None) => Error::Database {
                what: WHAT.into(),
                cause: "nothing stands in its way, and yet nothing was written; a trigger or a policy may keep the \
                         subject's row from being changed"
                    .into(),
            },
        }
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<sqlx::Error> for Denied {
    fn from(error: sqlx::Error) -> Self {
        match fate(&error) {
            Fate::Lost => Self::Lost { error, is_open: false },
            Fate::Undone | Fate::Taken => Self::Again(Some(error)),
            Fate::Refused => Self::Refused(database(WHAT)(error)),
        }
    }
}

/// What is tried until it is known what came of it.
pub(super) trait Attempt {
    type Done;

    /// The record whose outcome is in question.
    fn record(&self) -> &Record;
    fn once(&mut self, connection: &mut PgConnection) -> impl Future<Output = Result<Self::Done, Denied>> + Send;
    /// Registers the machines again, after [`Denied::Stale`].
    fn renew(&mut self) -> impl Future<Output = Result<(), Error>> + Send;
}

impl Postgres {
    /// Tries until it is known what came of it. After a loss it is tried once more, on a connection that answers: that it
    /// may have been written is no harm, since nothing is written twice. `open` is the loss of an earlier try.
    pub(super) async fn until_known<A: Attempt>(
        &self,
        mut attempt: A,
        mut open: Option<Open>,
    ) -> Result<A::Done, Error> {
        let id = attempt.record().id;
        let unknown = |cause: Open| Error::Unknown { record: id, cause };
        let mut is_second = open.is_some();
        let mut count = 0;
        loop {
            let connection = if is_second { self.living().await } else { self.connection().await };
            let mut connection = match (connection, open.take()) {
                (Ok(connection), lost) => {
                    open = lost;
                    connection
                }
                (Err(_), Some(lost)) => return Err(unknown(lost)),
                (Err(error), None) => return Err(error),
            };
            let denied = match attempt.once(&mut connection).await {
                Ok(done) => {
                    connection.release();
                    return Ok(done);
                }
                Err(denied) => denied,
            };
            if !matches!(denied, Denied::Lost { .. }) {
                connection.release();
            }
            count += 1;
            match (denied, open.take()) {
                (Denied::Stale, lost) if count < TRIES => match (attempt.renew().await, lost) {
                    (Ok(()), lost) => open = lost,
                    (Err(_), Some(lost)) => return Err(unknown(lost)),
                    (Err(error), None) => return Err(error),
                },
                (Denied::Lost { error, is_open }, lost) if !is_second => {
                    is_second = true;
                    open = lost.or_else(|| is_open.then(|| error.into()));
                }
                (Denied::Again(_), lost) if count < TRIES => {
                    open = lost;
                    tokio::time::sleep(pause(attempt.record(), count)).await;
                }
                (Denied::Lost { error, is_open: true }, None) => return Err(unknown(error.into())),
                // What the server says of this try says nothing of one that may still be under way.
                (
                    Denied::Lost { .. } | Denied::Again(_) | Denied::Stale | Denied::Refused(Error::Database { .. }),
                    Some(lost),
                ) => return Err(unknown(lost)),
                (denied, _) => return Err(denied.into_error()),
            }
        }
    }
}

/// Grows with each try, and differs from record to record, so that those who met do not meet again.
fn pause(record: &Record, count: u32) -> Duration {
    let spread = u64::try_from(record.id.as_u128() & 0xff).unwrap_or_default();
    Duration::from_micros((256 + spread) << count.min(8))
}
