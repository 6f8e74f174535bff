//! The reasons why a record is not written, and the retry after each.

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
pub(super) type LostAnswer = Box<dyn StdError + Send + Sync>;

/// Why a try wrote nothing, or may have.
#[derive(Debug)]
pub(super) enum WriteError {
    Refused(Error),
    /// Nothing was written, and no conflict was found: the next try may succeed.
    Again(Option<sqlx::Error>),
    /// The machine was registered in another database, or in this one before it was restored.
    Stale,
    /// The connection is gone. It is open what was written, if a statement that writes was under way.
    Lost {
        error: sqlx::Error,
        is_open: bool,
    },
}

impl WriteError {
    /// An error of the statement that writes.
    pub(super) fn writing(error: sqlx::Error) -> Self {
        match Self::from(error) {
            Self::Lost { error, .. } => Self::Lost { error, is_open: true },
            write_error => write_error,
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
            write_error => write_error,
        }
    }

    /// The error, if there is no other try.
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
                cause: "no row was updated and no conflict was found; check triggers and row security".into(),
            },
        }
    }
}

impl From<Error> for WriteError {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<sqlx::Error> for WriteError {
    fn from(error: sqlx::Error) -> Self {
        match fate(&error) {
            Fate::Lost => Self::Lost { error, is_open: false },
            Fate::Undone | Fate::Taken => Self::Again(Some(error)),
            Fate::Refused => Self::Refused(database(WHAT)(error)),
        }
    }
}

/// A write that is tried until its outcome is known.
pub(super) trait Attempt {
    type Done;

    /// The record whose outcome is in question.
    fn record(&self) -> &Record;
    fn once(&mut self, connection: &mut PgConnection) -> impl Future<Output = Result<Self::Done, WriteError>> + Send;
    /// Registers the machines again, after [`WriteError::Stale`].
    fn renew(&mut self) -> impl Future<Output = Result<(), Error>> + Send;
}

impl Postgres {
    /// Tries until the outcome is known. After a loss it tries once more, on a connection that answers. A first try that
    /// was written does no harm, since nothing is written twice. `open` is the loss of an earlier try.
    pub(super) async fn until_known<A: Attempt>(
        &self,
        mut attempt: A,
        mut open: Option<LostAnswer>,
    ) -> Result<A::Done, Error> {
        let id = attempt.record().id;
        let unknown = |cause: LostAnswer| Error::Unknown { record: id, cause };
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
            let write_error = match attempt.once(&mut connection).await {
                Ok(done) => {
                    connection.release();
                    return Ok(done);
                }
                Err(write_error) => write_error,
            };
            if !matches!(write_error, WriteError::Lost { .. }) {
                connection.release();
            }
            count += 1;
            match (write_error, open.take()) {
                (WriteError::Stale, lost) if count < TRIES => match (attempt.renew().await, lost) {
                    (Ok(()), lost) => open = lost,
                    (Err(_), Some(lost)) => return Err(unknown(lost)),
                    (Err(error), None) => return Err(error),
                },
                (WriteError::Lost { error, is_open }, lost) if !is_second => {
                    is_second = true;
                    open = lost.or_else(|| is_open.then(|| error.into()));
                }
                (WriteError::Again(_), lost) if count < TRIES => {
                    open = lost;
                    tokio::time::sleep(pause(attempt.record(), count)).await;
                }
                (WriteError::Lost { error, is_open: true }, None) => return Err(unknown(error.into())),
                // The answer to this try does not cover an earlier one, which may still be under way.
                (
                    WriteError::Lost { .. }
                    | WriteError::Again(_)
                    | WriteError::Stale
                    | WriteError::Refused(Error::Database { .. }),
                    Some(lost),
                ) => return Err(unknown(lost)),
                (write_error, _) => return Err(write_error.into_error()),
            }
        }
    }
}

/// Grows with each try, and differs from record to record, so that two writers that collided do not collide again.
fn pause(record: &Record, count: u32) -> Duration {
    let spread = u64::try_from(record.id.as_u128() & 0xff).unwrap_or_default();
    Duration::from_micros((256 + spread) << count.min(8))
}
