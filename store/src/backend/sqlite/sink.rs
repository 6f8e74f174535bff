//! `Sqlite` as a sink, blocking and asynchronous.

use tollgate::sink::{Offer, Offers, Receipt};
use tollgate::{BatchSink, Record, Sink};

use super::{Access as _, Blocking, Sqlite, ready_output};
use crate::Error;
use crate::commit::sink::async_sink;
use crate::row::chain::receipts;

macro_rules! sink {
    ($($store:ty)*) => {$(
        impl Sink for $store {
            type Error = Error;

            fn on_success(&mut self, record: &Record) -> Result<(), Error> {
                Sink::accept(self, Offer::new(record)).map(drop)
            }

            fn on_refusal(&mut self, record: &Record) -> Result<(), Error> {
                Sink::accept(self, Offer::new(record)).map(drop)
            }

            fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Error> {
                ready_output(Blocking(self).commit(offer)).map(Receipt::from)
            }
        }

        impl BatchSink for $store {
            fn on_success_all(&mut self, records: &[Record]) -> Result<(), Error> {
                BatchSink::accept_all(self, Offers::new(records)).map(drop)
            }

            fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Error> {
                ready_output(Blocking(self).commit_all(offers)).map(receipts)
            }

            fn position_of(&self, error: &Error, records: &[Record]) -> Option<usize> {
                error.position_in(records)
            }
        }
    )*};
}

sink!(Sqlite & Sqlite);

impl Sqlite {
    async fn commit_async(&self, offer: Offer<'_>) -> Result<Receipt, Error> {
        self.nonblocking().commit(offer).await.map(Receipt::from)
    }

    async fn commit_all_async(&self, offers: Offers<'_>) -> Result<Vec<Receipt>, Error> {
        self.nonblocking().commit_all(offers).await.map(receipts)
    }
}

async_sink!(Sqlite);
