//! A store in the user's own transaction.

use tollgate::AsyncSink;
use tollgate::observer::{Buffer, Observers};
use tollgate::sink::Observed;

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
    /// It stands before the sinks' own method of this name on purpose: an observer that were told at once would hear of
    /// what may never be.
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
    pub fn observed_by(self, buffer: &mut Buffer) -> Observed<Self, Observers<'_>>
    where
        Self: AsyncSink,
    {
        AsyncSink::observed_by(self, tollgate::observer::Observer::by_ref(buffer))
    }
}
