//! The span and the subscriber in which a record was committed, for observers that another thread notifies. Without
//! the feature `tracing` an origin is empty.

#[cfg(feature = "tracing")]
use std::cell::RefCell;

#[cfg(feature = "tracing")]
use tracing::{Dispatch, Span, dispatcher, span};

/// The span and the subscriber of a commit.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    #[cfg(feature = "tracing")]
    dispatch: Dispatch,
    #[cfg(feature = "tracing")]
    span: Span,
}

#[cfg(not(feature = "tracing"))]
impl Origin {
    pub(crate) fn here() -> Self {
        Self {}
    }

    #[allow(clippy::unused_self, reason = "the same signature as with the feature `tracing`")]
    pub(crate) fn enter<T>(&self, run: impl FnOnce() -> T) -> T {
        run()
    }

    #[allow(clippy::unused_self, reason = "the same signature as with the feature `tracing`")]
    pub(crate) fn enter_subscriber<T>(&self, run: impl FnOnce() -> T) -> T {
        run()
    }
}

#[cfg(feature = "tracing")]
thread_local! {
    /// The span of this thread, while it notifies of a record that was committed outside of any span.
    static HIDDEN: RefCell<Option<span::Id>> = const { RefCell::new(None) };
}

#[cfg(feature = "tracing")]
impl Origin {
    pub(crate) fn here() -> Self {
        Self { dispatch: dispatcher::get_default(Clone::clone), span: current() }
    }

    /// Runs the closure in the span and with the subscriber of the origin.
    pub(crate) fn enter<T>(&self, run: impl FnOnce() -> T) -> T {
        dispatcher::with_default(&self.dispatch, || {
            // A commit outside of any span has no span to enter: the span of this thread is hidden instead.
            let hidden = self.span.is_disabled().then(|| Span::current().id()).flatten();
            hiding(hidden, || self.span.in_scope(run))
        })
    }

    /// Runs the closure with the subscriber of the origin, and in no span.
    pub(crate) fn enter_subscriber<T>(&self, run: impl FnOnce() -> T) -> T {
        dispatcher::with_default(&self.dispatch, || hiding(Span::current().id(), run))
    }
}

#[cfg(feature = "tracing")]
fn hiding<T>(span: Option<span::Id>, run: impl FnOnce() -> T) -> T {
    let before = HIDDEN.replace(span);
    let output = run();
    HIDDEN.replace(before);
    output
}

/// Returns the current span, unless it belongs to the thread that notifies and not to the record.
#[cfg(feature = "tracing")]
pub(super) fn current() -> Span {
    let span = Span::current();
    if HIDDEN.with_borrow(|hidden| *hidden == span.id()) { Span::none() } else { span }
}
