//! Adaptors that fill in a step before it is examined.

use std::borrow::Cow;

use serde::Serialize;

use super::{AsyncBatchSink, AsyncSink, BatchSink, Declarations, Heads, Keeping, Open, Sink};
use crate::machine::Declaration;
use crate::record::{Actor, ContextDraft, Digest, Record};

/// Fills in who acts; see [`Sink::by`].
#[derive(Debug, Clone)]
pub struct By<S> {
    sink: S,
    actor: Actor,
}

impl<S> By<S> {
    pub(super) fn new(sink: S, actor: Actor) -> Self {
        Self { sink, actor }
    }

    fn fill_in(&self, open: &mut Open<'_>) {
        open.actor.get_or_insert_with(|| self.actor.clone());
    }

    #[allow(clippy::unused_self, reason = "`With` asks for its key")]
    fn is_open(&self, record: &Record) -> bool {
        record.actor.is_none()
    }
}

/// Fills in what else is known; see [`Sink::with`].
#[derive(Debug, Clone)]
pub struct With<S> {
    sink: S,
    with: ContextDraft,
}

impl<S> With<S> {
    pub(super) fn new(sink: S, key: Cow<'static, str>, value: impl Serialize) -> Self {
        let mut with = ContextDraft::new();
        with.set(key, value);
        Self { sink, with }
    }

    fn fill_in(&self, open: &mut Open<'_>) {
        open.context.fill_from(&self.with);
    }

    fn is_open(&self, record: &Record) -> bool {
        self.with.is_open(&record.context)
    }
}

macro_rules! filling_sink {
    ($($adaptor:ident)*) => {$(
        impl<S> $adaptor<S> {
            /// The sink that is filled in for.
            pub fn into_inner(self) -> S {
                self.sink
            }

            /// A commit has filled in its step by now. A record that comes another way has not been.
            fn filled<'a>(&self, record: &'a Record) -> Cow<'a, Record> {
                let mut record = Cow::Borrowed(record);
                if self.is_open(&record) {
                    let Record { actor, context, .. } = record.to_mut();
                    let mut draft = ContextDraft::from(std::mem::take(context));
                    self.fill_in(&mut Open { actor, context: &mut draft });
                    *context = draft.into_context();
                }
                record
            }

            fn all_filled<'a>(&self, records: &'a [Record]) -> Cow<'a, [Record]> {
                if records.iter().any(|record| self.is_open(record)) {
                    Cow::Owned(records.iter().map(|record| self.filled(record).into_owned()).collect())
                } else {
                    Cow::Borrowed(records)
                }
            }
        }

        // Whoever lacks a sink is helped by the names of sinks, not by those of adaptors.
        #[diagnostic::do_not_recommend]
        impl<S: Sink> Sink for $adaptor<S> {
            type Error = S::Error;

            fn on_success(&mut self, record: &Record) -> Result<(), S::Error> {
                let record = self.filled(record);
                self.sink.on_success(&record)
            }

            fn on_refusal(&mut self, record: &Record) -> Result<(), S::Error> {
                let record = self.filled(record);
                self.sink.on_refusal(&record)
            }

            fn fill(&self, mut open: Open<'_>) {
                self.fill_in(&mut open);
                self.sink.fill(open);
            }

            fn wants_records(&self) -> bool {
                self.sink.wants_records()
            }

            fn accept(
                &mut self,
                record: &Record,
                of: Option<&'static Declaration>,
            ) -> Result<Option<Digest>, S::Error> {
                let record = self.filled(record);
                self.sink.accept(&record, of)
            }

            fn keep(&mut self, record: Record, of: Option<&'static Declaration>) -> Keeping<S::Error> {
                self.sink.keep(if self.is_open(&record) { self.filled(&record).into_owned() } else { record }, of)
            }
        }

        impl<S: BatchSink> BatchSink for $adaptor<S> {
            fn on_success_all(&mut self, records: &[Record]) -> Result<(), S::Error> {
                let records = self.all_filled(records);
                self.sink.on_success_all(&records)
            }

            fn accept_all(&mut self, records: &[Record], of: Declarations<'_>) -> Result<Heads, S::Error> {
                let records = self.all_filled(records);
                self.sink.accept_all(&records, of)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S: AsyncSink + Send> AsyncSink for $adaptor<S> {
            type Error = S::Error;

            async fn on_success(&mut self, record: &Record) -> Result<(), S::Error> {
                let record = self.filled(record);
                self.sink.on_success(&record).await
            }

            async fn on_refusal(&mut self, record: &Record) -> Result<(), S::Error> {
                let record = self.filled(record);
                self.sink.on_refusal(&record).await
            }

            fn fill(&self, mut open: Open<'_>) {
                self.fill_in(&mut open);
                self.sink.fill(open);
            }

            fn wants_records(&self) -> bool {
                self.sink.wants_records()
            }

            async fn accept(
                &mut self,
                record: &Record,
                of: Option<&'static Declaration>,
            ) -> Result<Option<Digest>, S::Error> {
                let record = self.filled(record);
                self.sink.accept(&record, of).await
            }
        }

        impl<S: AsyncBatchSink + Send> AsyncBatchSink for $adaptor<S> {
            async fn on_success_all(&mut self, records: &[Record]) -> Result<(), S::Error> {
                let records = self.all_filled(records);
                self.sink.on_success_all(&records).await
            }

            async fn accept_all(&mut self, records: &[Record], of: Declarations<'_>) -> Result<Heads, S::Error> {
                let records = self.all_filled(records);
                self.sink.accept_all(&records, of).await
            }
        }
    )*};
}

filling_sink!(By With);
pub(super) use filling_sink;
