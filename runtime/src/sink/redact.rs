//! What a sink is not to see: values that are replaced before a record reaches it.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::{AsyncBatchSink, AsyncSink, BatchSink, Declarations, Heads, Keeping, Open, Sink};
use crate::machine::Declaration;
use crate::record::{Context, ContextDraft, Digest, Record};

/// What stands in a record where a value was redacted.
pub const REDACTED: &str = "[redacted]";

/// Keeps what stands under certain keys from the sink; see [`Sink::redact`].
#[derive(Debug, Clone)]
pub struct Redact<S> {
    sink: S,
    keys: Arc<[Cow<'static, str>]>,
}

impl<S> Redact<S> {
    pub(super) fn new<K: Into<Cow<'static, str>>>(sink: S, keys: impl IntoIterator<Item = K>) -> Self {
        let mut keys: Vec<Cow<'static, str>> = keys.into_iter().map(Into::into).collect();
        keys.sort_unstable();
        keys.dedup();
        Self { sink, keys: keys.into() }
    }

    /// The sink that is kept from seeing them.
    pub fn into_inner(self) -> S {
        self.sink
    }

    /// The record as the sink is to see it. `within` is what an adaptor inside would fill in: in a record that
    /// no commit has filled it is filled in here, or it would get past.
    fn redacted<'a>(&self, record: &'a Record, within: Context) -> Cow<'a, Record> {
        let mut record = Cow::Borrowed(record);
        for (key, value) in within.into_entries() {
            if self.is_open(&key, &value) && record.context.get(&key).is_none() {
                record.to_mut().context.set(key, value);
            }
        }
        if self.is_told_in(&record) {
            self.redact(record.to_mut());
        }
        record
    }

    fn all_redacted<'a>(&self, records: &'a [Record], within: impl Fn() -> Context) -> Cow<'a, [Record]> {
        let seen: Vec<Cow<'_, Record>> = records.iter().map(|record| self.redacted(record, within())).collect();
        if seen.iter().all(|record| matches!(record, Cow::Borrowed(_))) {
            return Cow::Borrowed(records);
        }
        Cow::Owned(seen.into_iter().map(Cow::into_owned).collect())
    }

    fn is_told_in(&self, record: &Record) -> bool {
        let Record { context, data, properties, .. } = record;
        context.iter().any(|(key, value)| self.is_open(key, value))
            || data.iter().chain(properties).any(|value| self.is_told(value))
    }

    /// Whether something under one of the keys can still be read in this value.
    fn is_told(&self, value: &Value) -> bool {
        match value {
            Value::Object(fields) => fields.iter().any(|(key, value)| self.is_open(key, value)),
            Value::Array(values) => values.iter().any(|value| self.is_told(value)),
            _ => false,
        }
    }

    fn is_open(&self, key: &str, value: &Value) -> bool {
        if self.names(key) { value != REDACTED } else { self.is_told(value) }
    }

    fn names(&self, key: &str) -> bool {
        self.keys.binary_search_by(|named| named.as_ref().cmp(key)).is_ok()
    }

    fn redact(&self, record: &mut Record) {
        let Record { context, data, properties, .. } = record;
        context.iter_mut().for_each(|(key, value)| self.redact_entry(key, value));
        data.iter_mut().chain(properties).for_each(|value| self.redact_value(value));
    }

    fn redact_entry(&self, key: &str, value: &mut Value) {
        if self.names(key) {
            *value = REDACTED.into();
        } else {
            self.redact_value(value);
        }
    }

    fn redact_value(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| self.redact_entry(key, value)),
            Value::Array(values) => values.iter_mut().for_each(|value| self.redact_value(value)),
            _ => {}
        }
    }
}

/// What the sink's own adaptors would fill in, in whichever of the two forms it is a sink.
macro_rules! filled_within {
    ($trait:ident, $sink:expr) => {{
        let mut context = ContextDraft::new();
        $trait::fill($sink, Open { actor: &mut None, context: &mut context });
        context.into_context()
    }};
}

#[diagnostic::do_not_recommend]
impl<S: Sink> Sink for Redact<S> {
    type Error = S::Error;

    fn on_success(&mut self, record: &Record) -> Result<(), S::Error> {
        let record = self.redacted(record, filled_within!(Sink, &self.sink));
        self.sink.on_success(&record)
    }

    fn on_refusal(&mut self, record: &Record) -> Result<(), S::Error> {
        let record = self.redacted(record, filled_within!(Sink, &self.sink));
        self.sink.on_refusal(&record)
    }

    fn fill(&self, open: Open<'_>) {
        self.sink.fill(open);
    }

    fn wants_records(&self) -> bool {
        self.sink.wants_records()
    }

    fn accept(&mut self, record: &Record, of: Option<&'static Declaration>) -> Result<Option<Digest>, S::Error> {
        let record = self.redacted(record, filled_within!(Sink, &self.sink));
        self.sink.accept(&record, of)
    }

    /// Where the sink refuses, the step gets back what it said and not what the sink was shown.
    fn keep(&mut self, record: Record, of: Option<&'static Declaration>) -> Keeping<S::Error> {
        match self.redacted(&record, filled_within!(Sink, &self.sink)) {
            Cow::Borrowed(_) => self.sink.keep(record, of),
            Cow::Owned(redacted) => self.sink.keep(redacted, of).map_err(|mut rejected| {
                rejected.record = record;
                rejected
            }),
        }
    }
}

impl<S: BatchSink> BatchSink for Redact<S> {
    fn on_success_all(&mut self, records: &[Record]) -> Result<(), S::Error> {
        let seen = self.all_redacted(records, || filled_within!(Sink, &self.sink));
        self.sink.on_success_all(&seen)
    }

    fn accept_all(&mut self, records: &[Record], of: Declarations<'_>) -> Result<Heads, S::Error> {
        let seen = self.all_redacted(records, || filled_within!(Sink, &self.sink));
        self.sink.accept_all(&seen, of)
    }
}

#[diagnostic::do_not_recommend]
impl<S: AsyncSink + Send> AsyncSink for Redact<S> {
    type Error = S::Error;

    async fn on_success(&mut self, record: &Record) -> Result<(), S::Error> {
        let record = self.redacted(record, filled_within!(AsyncSink, &self.sink));
        self.sink.on_success(&record).await
    }

    async fn on_refusal(&mut self, record: &Record) -> Result<(), S::Error> {
        let record = self.redacted(record, filled_within!(AsyncSink, &self.sink));
        self.sink.on_refusal(&record).await
    }

    fn fill(&self, open: Open<'_>) {
        self.sink.fill(open);
    }

    fn wants_records(&self) -> bool {
        self.sink.wants_records()
    }

    async fn accept(&mut self, record: &Record, of: Option<&'static Declaration>) -> Result<Option<Digest>, S::Error> {
        let record = self.redacted(record, filled_within!(AsyncSink, &self.sink));
        self.sink.accept(&record, of).await
    }
}

impl<S: AsyncBatchSink + Send> AsyncBatchSink for Redact<S> {
    async fn on_success_all(&mut self, records: &[Record]) -> Result<(), S::Error> {
        let seen = self.all_redacted(records, || filled_within!(AsyncSink, &self.sink));
        self.sink.on_success_all(&seen).await
    }

    async fn accept_all(&mut self, records: &[Record], of: Declarations<'_>) -> Result<Heads, S::Error> {
        let seen = self.all_redacted(records, || filled_within!(AsyncSink, &self.sink));
        self.sink.accept_all(&seen, of).await
    }
}
