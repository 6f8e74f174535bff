//! A sink that joins the commits of concurrent tasks.

use tollgate::sink::{Offer, Offers, Receipt};

use crate::commit::sink::async_sink;
use crate::{Error, Store};

/// A sink that joins the commits of concurrent tasks, and acknowledges each only when it is durable; see
/// [`Store::batching`]. A clone is the same sink.
#[derive(Debug, Clone)]
pub struct Batching {
    store: Store,
    #[cfg(feature = "postgres")]
    pipeline: Option<crate::backend::postgres::Pipeline>,
}

impl Store {
    /// A sink that joins the commits of concurrent tasks into one statement: several times as many a second, where many
    /// tasks commit at once, and each waits a little longer. Each commit is refused or accepted by itself.
    ///
    /// On Postgres it writes on three connections of the store's. On SQLite a store joins commits in any case.
    ///
    /// ```
    /// # use tollgate::{Id, StateMachine};
    /// # #[derive(StateMachine)]
    /// # #[transition(pay, from = Open, to = Paid)]
    /// # enum OrderState {
    /// #     #[state(initial)]
    /// #     Open,
    /// #     #[state(terminal)]
    /// #     Paid,
    /// # }
    /// # async fn take(store: &tollgate_store::Store) -> Result<(), Box<dyn std::error::Error>> {
    /// let batching = store.batching(); // made once, and shared by the tasks
    /// let order = OrderMachine::create(Id::from(7)).commit_async(&batching).await?;
    /// # let _ = order;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn batching(&self) -> Batching {
        Batching {
            #[cfg(feature = "postgres")]
            pipeline: self.as_postgres().map(crate::backend::postgres::Postgres::pipeline),
            store: self.clone(),
        }
    }
}

impl Batching {
    /// The store that it writes to.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    async fn commit_async(&self, offer: Offer<'_>) -> Result<Receipt, Error> {
        #[cfg(feature = "postgres")]
        if let Some(pipeline) = &self.pipeline {
            return pipeline.commit(offer).await.map(Receipt::from);
        }
        self.store.commit_async(offer).await
    }

    /// Writes all of the records or none, in a separate transaction.
    async fn commit_all_async(&self, offers: Offers<'_>) -> Result<Vec<Receipt>, Error> {
        self.store.commit_all_async(offers).await
    }
}

async_sink!(Batching);
