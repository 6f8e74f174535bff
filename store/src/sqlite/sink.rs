//! `Sqlite` as a sink of either sort.

use tollgate::__private::{Declaration, Declarations, Heads};
use tollgate::{AsyncBatchSink, AsyncSink, BatchSink, Digest, Record, Sink};

use super::Sqlite;
use crate::Error;

macro_rules! sink {
    ($($store:ty)*) => {$(
        impl Sink for $store {
            type Error = Error;

            fn on_success(&mut self, record: &Record) -> Result<(), Error> {
                Sink::accept(self, record, None).map(drop)
            }

            fn on_refusal(&mut self, record: &Record) -> Result<(), Error> {
                Sink::accept(self, record, None).map(drop)
            }

            fn accept(&mut self, record: &Record, of: Option<&'static Declaration>) -> Result<Option<Digest>, Error> {
                let heads = self.write(std::slice::from_ref(record), &[of])?;
                Ok(heads.into_iter().next().flatten())
            }
        }

        impl BatchSink for $store {
            fn on_success_all(&mut self, records: &[Record]) -> Result<(), Error> {
                BatchSink::accept_all(self, records, &vec![None; records.len()]).map(drop)
            }

            fn accept_all(&mut self, records: &[Record], of: Declarations<'_>) -> Result<Heads, Error> {
                self.write(records, of)
            }
        }

        impl AsyncSink for $store {
            type Error = Error;

            async fn on_success(&mut self, record: &Record) -> Result<(), Error> {
                self.waiting().commit(record, None).await.map(drop)
            }

            async fn on_refusal(&mut self, record: &Record) -> Result<(), Error> {
                self.waiting().commit(record, None).await.map(drop)
            }

            async fn accept(&mut self, record: &Record, of: Option<&'static Declaration>) -> Result<Option<Digest>, Error> {
                self.waiting().commit(record, of).await
            }
        }

        impl AsyncBatchSink for $store {
            async fn on_success_all(&mut self, records: &[Record]) -> Result<(), Error> {
                self.waiting().commit_all(records, &vec![None; records.len()]).await.map(drop)
            }

            async fn accept_all(&mut self, records: &[Record], of: Declarations<'_>) -> Result<Heads, Error> {
                self.waiting().commit_all(records, of).await
            }
        }
    )*};
}

sink!(Sqlite & Sqlite);
