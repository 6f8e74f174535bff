//! A store in the user's own transaction.

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
}

impl<'t, T> Within<'t, T> {
    pub(crate) fn new(store: &'t Store, transaction: &'t mut T) -> Self {
        Self { store, transaction }
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
