//! The asynchronous sinks of `tollgate`, once for `Store`, `Batching` and `Sqlite`.

/// Implements `AsyncSink` and `AsyncBatchSink` for a type with the methods `commit_async` and `commit_all_async`, and for a
/// reference to it. A macro, because no generic implementation of a foreign trait is allowed.
macro_rules! async_sink {
    ($sink:ty) => {
        $crate::commit::sink::async_sink!(@ $sink);
        $crate::commit::sink::async_sink!(@ &$sink);
    };
    (@ $sink:ty) => {
        impl tollgate::AsyncSink for $sink {
            type Error = $crate::Error;

            async fn on_success(&mut self, record: &tollgate::Record) -> Result<(), $crate::Error> {
                self.commit_async(tollgate::sink::Offer::new(record)).await.map(drop)
            }

            async fn on_refusal(&mut self, record: &tollgate::Record) -> Result<(), $crate::Error> {
                self.commit_async(tollgate::sink::Offer::new(record)).await.map(drop)
            }

            async fn accept(
                &mut self,
                offer: tollgate::sink::Offer<'_>,
            ) -> Result<tollgate::sink::Receipt, $crate::Error> {
                self.commit_async(offer).await
            }
        }

        impl tollgate::AsyncBatchSink for $sink {
            async fn on_success_all(&mut self, records: &[tollgate::Record]) -> Result<(), $crate::Error> {
                self.commit_all_async(tollgate::sink::Offers::new(records)).await.map(drop)
            }

            async fn accept_all(
                &mut self,
                offers: tollgate::sink::Offers<'_>,
            ) -> Result<Vec<tollgate::sink::Receipt>, $crate::Error> {
                self.commit_all_async(offers).await
            }

            fn position_of(&self, error: &$crate::Error, records: &[tollgate::Record]) -> Option<usize> {
                error.position_in(records)
            }
        }
    };
}

pub(crate) use async_sink;
