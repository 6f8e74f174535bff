//! The commit within the caller's own transaction on Postgres.

use std::sync::PoisonError;

use sqlx::PgConnection;
use tollgate::machine::Declaration;
use tollgate::sink::Offers;
use tollgate::{Digest, Record};

use super::commit::{Unwritten, Wrote, diagnosed, write};
use super::identity::{self, Identity};
use super::write::Terms;
use super::write_error::{TRIES, WriteError};
use super::{Postgres, database};
use crate::Error;
use crate::row::chain::Heads;

impl Postgres {
    /// Writes all records or none: if one is refused, the others are rolled back to a savepoint.
    pub(crate) async fn commit_all_within(
        &self,
        connection: &mut PgConnection,
        offers: Offers<'_>,
    ) -> Result<Heads, Error> {
        let failed = || database("writing records within a transaction");
        let mut savepoint = sqlx::Connection::begin(connection).await.map_err(failed())?;
        let mut heads = Heads::with_capacity(offers.len());
        for offer in offers.iter() {
            match self.commit_within(&mut savepoint, offer.record(), offer.declaration()).await {
                Ok(head) => heads.push(head),
                Err(error) => {
                    savepoint.rollback().await.map_err(failed())?;
                    return Err(error);
                }
            }
        }
        savepoint.commit().await.map_err(failed())?;
        Ok(heads)
    }

    /// Writes one record. If the connection is lost, the server rolls the transaction back, so the outcome is known.
    pub(crate) async fn commit_within(
        &self,
        connection: &mut PgConnection,
        record: &Record,
        of: Option<&'static Declaration>,
    ) -> Result<Option<Digest>, Error> {
        let failed = || database("writing a record within a transaction");
        // Edges and machines have other ids in another database, and with another search path.
        let seen = identity::read(connection, self.0.is_pooled).await.map_err(failed())?;
        if !self.is_of_store(seen).await? {
            return Err(Error::OtherDatabase {
                transaction: "another database or schema of Postgres",
                store: "one that the transaction does not see",
            });
        }
        // On a connection of the store, because the registration must remain if the transaction is rolled back.
        let mut known = self.known(record, of).await?;
        for _ in 0..TRIES {
            let terms = Terms { is_hand_written: of.is_none(), ..self.terms(known.as_ref()) };
            let unwritten = match write(connection, record, terms).await.map_err(WriteError::into_error)? {
                Wrote::Written(row) => return Ok(row.digest),
                Wrote::Nothing(unwritten) => unwritten,
            };
            if let Some(error) = unwritten.taken {
                // The transaction is aborted: another connection reads the reason.
                let mut own = self.living().await?;
                let diagnosed = diagnosed(&mut own, &Unwritten { taken: None, ..*unwritten }, terms).await;
                own.release();
                return match diagnosed {
                    Err(WriteError::Refused(error)) => Err(error),
                    _ => Err(failed()(error)),
                };
            }
            match diagnosed(connection, &unwritten, terms).await {
                Ok(digest) => return Ok(digest),
                Err(WriteError::Again(None)) => {}
                Err(WriteError::Stale) => match &mut known {
                    Some(known) => *known = self.renewed(known).await?,
                    None => return Err(WriteError::Stale.into_error()),
                },
                Err(write_error) => return Err(write_error.into_error()),
            }
        }
        Err(WriteError::Again(None).into_error())
    }

    /// Whether this is the database of the store. After a restore, its table of records has another OID.
    async fn is_of_store(&self, seen: Option<Identity>) -> Result<bool, Error> {
        let kept = || self.0.identity.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(seen) = seen else { return Ok(false) };
        if *kept() == seen {
            return Ok(true);
        }
        let mut own = self.living().await?;
        let mine =
            identity::read(&mut own, self.0.is_pooled).await.map_err(database("looking at the table of records"))?;
        own.release();
        let is_same = mine.as_ref() == Some(&seen);
        if is_same {
            *kept() = seen;
        }
        Ok(is_same)
    }
}
