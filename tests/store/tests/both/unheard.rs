//! A sink that loses the answers of its store: the records are written, but the caller gets an error.

use tollgate::{AsyncBatchSink, AsyncSink, Record};
use tollgate_store::Store;

pub(crate) struct Unheard<'s>(pub(crate) &'s Store);

#[derive(Debug, thiserror::Error)]
#[error("no answer")]
pub(crate) struct NoAnswer;

impl AsyncSink for Unheard<'_> {
    type Error = NoAnswer;

    async fn on_success(&mut self, record: &Record) -> Result<(), NoAnswer> {
        let _lost = self.0.on_success(record).await;
        Err(NoAnswer)
    }
}

impl AsyncBatchSink for Unheard<'_> {
    async fn on_success_all(&mut self, records: &[Record]) -> Result<(), NoAnswer> {
        let _lost = self.0.on_success_all(records).await;
        Err(NoAnswer)
    }
}
