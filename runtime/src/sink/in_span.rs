//! The adaptor that notes the span in which something was committed.

use std::borrow::Cow;

use tracing::Span;

use super::adapt::filling_sink;
use super::{AsyncBatchSink, AsyncSink, BatchSink, Declarations, Heads, Keeping, Open, Sink};
use crate::machine::Declaration;
use crate::record::{ContextDraft, Digest, Record};

/// Fills in the span of `tracing` that the commit is made in; see [`Sink::in_span`].
#[derive(Debug, Clone)]
pub struct InSpan<S> {
    sink: S,
}

const KEY: &str = "span";

impl<S> InSpan<S> {
    pub(super) fn new(sink: S) -> Self {
        Self { sink }
    }

    #[allow(clippy::unused_self, reason = "the other adaptors fill in what they hold")]
    fn fill_in(&self, open: &mut Open<'_>) {
        if !open.context.has(KEY) {
            if let Some(id) = Span::current().id() {
                open.context.set(KEY, id.into_u64());
            }
        }
    }

    #[allow(clippy::unused_self, reason = "the other adaptors ask for what they hold")]
    fn is_open(&self, record: &Record) -> bool {
        record.context.get(KEY).is_none()
    }
}

filling_sink!(InSpan);
