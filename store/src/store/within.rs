//! A store in the caller's transaction.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use tollgate::AsyncSink;
use tollgate::observer::{Buffer, Observer, Observers};
use tollgate::sink::{self, Adapter};

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
    /// Whether refusals are written outside of the transaction.
    pub(crate) keeps_refusals: bool,
}

impl<'t, T> Within<'t, T> {
    pub(crate) fn new(store: &'t Store, transaction: &'t mut T) -> Self {
        Self { store, transaction, keeps_refusals: false }
    }

    /// Writes the record of a refusal outside of the transaction, so that it stays if the transaction is rolled back.
    ///
    /// **Without this, a refusal in a transaction that is rolled back leaves no record**: a guard, a permission or a missing
    /// reason refused the step, and the history does not show it.
    ///
    /// On Postgres a connection of the store writes it at once, and an error is that of the commit,
    /// [`refusal_error`](tollgate::CommitError::refusal_error). If all connections of the store are in use, the commit waits for
    /// one. **A pool of one connection is too small**: if that is the pool of `Postgres::with_pool`, your transaction has its
    /// connection, and each refusal fails with a timeout, after `acquire_timeout` of the pool. On SQLite your transaction can
    /// hold the write lock, so the store's own thread writes the record when your transaction has ended. It waits as long as
    /// [`Options::timeout`](crate::Options::timeout) allows; after that the
    /// refusal is lost. Begin the transaction with `Immediate`: a record that is written while a deferred transaction has only
    /// read makes its first write fail.
    ///
    /// ```
    /// # use tollgate::{Id, StateMachine};
    /// # #[derive(StateMachine)]
    /// # #[transition(pay, from = Open, to = Paid, guard = is_in_stock)]
    /// # enum OrderState {
    /// #     #[state(initial)]
    /// #     Open,
    /// #     #[state(terminal)]
    /// #     Paid,
    /// # }
    /// # fn is_in_stock(_: &Id) -> bool {
    /// #     false
    /// # }
    /// # #[cfg(feature = "sqlite")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("app.db");
    /// # let store = tollgate_store::Store::from(tollgate_store::Sqlite::open(&path)?);
    /// # let mut app = rusqlite::Connection::open(&path)?;
    /// # let order = OrderMachine::create(Id::from(7)).commit(store.as_sqlite().ok_or("it is on SQLite")?)?;
    /// let transaction = rusqlite::TransactionBehavior::Immediate;
    /// let mut transaction = app.transaction_with_behavior(transaction)?;
    /// let refused = order.pay().commit(&mut store.within(&mut transaction).keep_refusals());
    /// assert!(refused.is_err()); // by the guard
    /// transaction.rollback()?; // and the refusal is on record
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn keep_refusals(mut self) -> Self {
        self.keeps_refusals = true;
        self
    }

    /// Gathers the records of this transaction in the buffer, to be [delivered](Buffer::deliver) when it has committed.
    ///
    /// It takes a buffer and no other observer: an observer that is notified at once would see records of a transaction that
    /// may be rolled back.
    ///
    /// ```no_run
    /// # use tollgate::{Id, StateMachine};
    /// # #[derive(StateMachine)]
    /// # #[transition(pay, from = Open, to = Paid)]
    /// # enum OrderState {
    /// #     #[state(initial)]
    /// #     Open,
    /// #     #[state(terminal)]
    /// #     Paid,
    /// # }
    /// # #[cfg(feature = "postgres")]
    /// # async fn take(
    /// #     store: &tollgate_store::Store,
    /// #     pool: &sqlx::PgPool,
    /// #     plugins: &mut impl tollgate::observer::Observer,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// use tollgate::observer::Buffer;
    ///
    /// let mut transaction = pool.begin().await?;
    /// let mut buffer = Buffer::new();
    /// OrderMachine::create(Id::from(7)).commit_async(store.within(&mut transaction).observed_by(&mut buffer)).await?;
    /// transaction.commit().await?;
    /// buffer.deliver(plugins);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn observed_by(self, buffer: &mut Buffer) -> Adapter<Self, (), Observers<'_>>
    where
        Self: AsyncSink,
    {
        sink::adapt(self).observed_by(buffer.by_ref())
    }
}
