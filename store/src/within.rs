//! A store in the user's own transaction.

use crate::Store;

/// A transaction of one of the drivers: `sqlx::Transaction<'_, Postgres>`, or `rusqlite::Transaction<'_>`.
pub trait Transaction: Sealed {}

/// Only the drivers' transactions are transactions.
pub trait Sealed {}

/// A store in a transaction; see [`Store::within`].
#[derive(Debug)]
pub struct Within<'t, T> {
    pub(crate) store: &'t Store,
    pub(crate) transaction: &'t mut T,
}

impl<'t, T> Within<'t, T> {
    pub(crate) fn new(store: &'t Store, transaction: &'t mut T) -> Self {
        Self { store, transaction }
    }
}
