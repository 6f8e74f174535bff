//! The reasons why a record was not written, and the retries.

use std::error::Error as StdError;
use std::time::Duration;

use sqlx::PgConnection;
use tollgate::Record;

use super::failure::{Fate, fate};
use super::{Postgres, database};
use crate::Error;

/// The number of tries for a statement that was rolled back in favour of another transaction.
pub(super) const TRIES: u32 = 10;
const WHAT: &str = "writing a record";

/// The reason why the answer to a statement is missing.
pub(super) type LostAnswer = Box<dyn StdError + Send + Sync>;

/// The reason why a try wrote nothing, or why it is unknown whether it wrote.
#[derive(Debug)]
pub(super) enum WriteError {
    Refused(Error),
    /// Nothing was written, and no conflict was found: the next try may succeed.
    Again(Option<sqlx::Error>),
    /// The machine was registered in another database, or in this one before it was restored.
    Stale,
    /// The connection was lost. If `is_open`, a statement that writes was running, and its outcome is unknown.
    Lost {
        error: sqlx::Error,
        is_open: bool,
    },
}

impl WriteError {
    /// Converts an error of the statement that writes.
    pub(super) fn writing(error: sqlx::Error) -> Self {
        match Self::from(error) {
            Self::Lost { error, .. } => Self::Lost { error, is_open: true },
            write_error => write_error,
        }
    }

    /// Converts an error that occurred while a stored record was made durable: the record may remain.
    pub(super) fn unconfirmed(error: sqlx::Error) -> Self {
        Self::Lost { error, is_open: true }
    }

    /// Converts an error within an open transaction: if its connection is lost, the transaction is rolled back.
    pub(super) fn within(self) -> Self {
        match self {
            Self::Lost { error, .. } => Self::Lost { error, is_open: false },
            write_error => write_error,
        }
    }

    /// Returns the error to report when there is no further try.
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

    /// Returns the record whose outcome is unknown.
    fn record(&self) -> &Record;
    fn once(&mut self, connection: &mut PgConnection) -> impl Future<Output = Result<Self::Done, WriteError>> + Send;
    /// Registers the machines again, after [`WriteError::Stale`].
    fn renew(&mut self) -> impl Future<Output = Result<(), Error>> + Send;
}

impl Postgres {
    /// Tries until the outcome is known.
    ///
    /// After a lost connection it tries once more, on a connection that answers. The first try may have written the record;
    /// that is safe, because writes are idempotent. `open` is the lost answer of an earlier try.
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
                // The answer to this try does not cover an earlier try, which may still be running.
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

/// Returns the pause before the next try.
///
/// It grows with each try and differs between records, so that two writers that collided do not collide again.
fn pause(record: &Record, count: u32) -> Duration {
    let spread = u64::try_from(record.id.as_u128() & 0xff).unwrap_or_default();
    Duration::from_micros((256 + spread) << count.min(8))
}
