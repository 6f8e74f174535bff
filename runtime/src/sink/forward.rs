//! A pointer to a sink is a sink.

use std::future::Future;

use super::{AsyncBatchSink, AsyncSink, BatchSink, Offer, Offers, Receipt, Sink, StepFields};
use crate::record::Record;

macro_rules! forward_sink {
    ($($pointer:ty)*) => {$(
        impl<S: Sink + ?Sized> Sink for $pointer {
            type Error = S::Error;

            #[inline]
            fn on_success(&mut self, record: &Record) -> Result<(), Self::Error> {
                (**self).on_success(record)
            }

            #[inline]
            fn on_refusal(&mut self, record: &Record) -> Result<(), Self::Error> {
                (**self).on_refusal(record)
            }

            #[inline]
            fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Self::Error> {
                (**self).accept(offer)
            }

            #[inline]
            fn fill(&self, step: &mut StepFields<'_>) {
                (**self).fill(step);
            }
        }

        impl<S: BatchSink + ?Sized> BatchSink for $pointer {
            #[inline]
            fn on_success_all(&mut self, records: &[Record]) -> Result<(), Self::Error> {
                (**self).on_success_all(records)
            }

            fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Self::Error> {
                (**self).accept_all(offers)
            }

            fn position_of(&self, error: &Self::Error, records: &[Record]) -> Option<usize> {
                (**self).position_of(error, records)
            }
        }

        impl<S: AsyncSink> AsyncSink for $pointer {
            type Error = S::Error;

            fn on_success(&mut self, record: &Record) -> impl Future<Output = Result<(), Self::Error>> + Send {
                (**self).on_success(record)
            }

            fn on_refusal(&mut self, record: &Record) -> impl Future<Output = Result<(), Self::Error>> + Send {
                (**self).on_refusal(record)
            }

            fn accept(&mut self, offer: Offer<'_>) -> impl Future<Output = Result<Receipt, Self::Error>> + Send {
                (**self).accept(offer)
            }

            fn fill(&self, step: &mut StepFields<'_>) {
                (**self).fill(step);
            }
        }

        impl<S: AsyncBatchSink> AsyncBatchSink for $pointer {
            fn on_success_all(&mut self, records: &[Record]) -> impl Future<Output = Result<(), Self::Error>> + Send {
                (**self).on_success_all(records)
            }

            fn accept_all(
                &mut self,
                offers: Offers<'_>,
            ) -> impl Future<Output = Result<Vec<Receipt>, Self::Error>> + Send {
                (**self).accept_all(offers)
            }

            fn position_of(&self, error: &Self::Error, records: &[Record]) -> Option<usize> {
                (**self).position_of(error, records)
            }
        }
    )*};
}

forward_sink!(&mut S Box<S>);
