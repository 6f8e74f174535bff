//! A sink that joins the commits of concurrent tasks.

use tollgate::sink::{Offer, Offers, Receipt};
use tollgate::{AsyncBatchSink, AsyncSink, Record};

use crate::{Error, Store};

/// A sink that joins the commits of concurrent tasks, and acknowledges each only when it is durable; see
/// [`Store::batching`]. A clone is the same sink.
#[derive(Debug, Clone)]
pub struct Batching {
    store: Store,
    #[cfg(feature = "postgres")]
    pipeline: Option<crate::postgres::Pipeline>,
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
            pipeline: self.as_postgres().map(crate::postgres::Postgres::pipeline),
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

    async fn commit(&self, offer: Offer<'_>) -> Result<Receipt, Error> {
        #[cfg(feature = "postgres")]
        if let Some(pipeline) = &self.pipeline {
            return pipeline.commit(offer).await.map(Receipt::from);
        }
        (&self.store).accept(offer).await
    }
}

macro_rules! sink {
    ($($batching:ty)*) => {$(
        impl AsyncSink for $batching {
            type Error = Error;

            async fn on_success(&mut self, record: &Record) -> Result<(), Error> {
                self.commit(Offer::new(record)).await.map(drop)
            }

            async fn on_refusal(&mut self, record: &Record) -> Result<(), Error> {
                self.commit(Offer::new(record)).await.map(drop)
            }

            async fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Error> {
                self.commit(offer).await
            }
        }

        /// Several records are one transaction of their own.
        impl AsyncBatchSink for $batching {
            async fn on_success_all(&mut self, records: &[Record]) -> Result<(), Error> {
                (&self.store).on_success_all(records).await
            }

            async fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Error> {
                (&self.store).accept_all(offers).await
            }

            fn position_of(&self, error: &Error, records: &[Record]) -> Option<usize> {
                error.position_in(records)
            }
        }
    )*};
}

sink!(Batching & Batching);
