//! What points to a sink is one.

use std::future::Future;

use super::{AsyncBatchSink, AsyncSink, BatchSink, Declarations, Heads, Keeping, Open, Sink};
use crate::machine::Declaration;
use crate::record::{Digest, Record};

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
            fn fill(&self, open: Open<'_>) {
                (**self).fill(open);
            }

            #[inline]
            fn wants_records(&self) -> bool {
                (**self).wants_records()
            }

            #[inline]
            fn accept(
                &mut self,
                record: &Record,
                of: Option<&'static Declaration>,
            ) -> Result<Option<Digest>, Self::Error> {
                (**self).accept(record, of)
            }

            #[inline]
            fn as_vec(&mut self) -> Option<&mut Vec<Record>> {
                (**self).as_vec()
            }

            #[inline]
            fn keep(&mut self, record: Record, of: Option<&'static Declaration>) -> Keeping<Self::Error> {
                (**self).keep(record, of)
            }
        }

        impl<S: BatchSink + ?Sized> BatchSink for $pointer {
            #[inline]
            fn on_success_all(&mut self, records: &[Record]) -> Result<(), Self::Error> {
                (**self).on_success_all(records)
            }

            fn accept_all(&mut self, records: &[Record], of: Declarations<'_>) -> Result<Heads, Self::Error> {
                (**self).accept_all(records, of)
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

            fn fill(&self, open: Open<'_>) {
                (**self).fill(open);
            }

            fn wants_records(&self) -> bool {
                (**self).wants_records()
            }

            fn accept(
                &mut self,
                record: &Record,
                of: Option<&'static Declaration>,
            ) -> impl Future<Output = Result<Option<Digest>, Self::Error>> + Send {
                (**self).accept(record, of)
            }
        }

        impl<S: AsyncBatchSink> AsyncBatchSink for $pointer {
            fn on_success_all(&mut self, records: &[Record]) -> impl Future<Output = Result<(), Self::Error>> + Send {
                (**self).on_success_all(records)
            }

            fn accept_all(
                &mut self,
                records: &[Record],
                of: Declarations<'_>,
            ) -> impl Future<Output = Result<Heads, Self::Error>> + Send {
                (**self).accept_all(records, of)
            }
        }
    )*};
}

forward_sink!(&mut S Box<S>);
