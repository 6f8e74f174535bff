//! Sinks store records: a transition happens only if the sink has accepted its record.

mod adapt;
mod fill;
mod forward;
mod json_lines;
mod layer;
mod memory;
mod offer;
mod redact;
mod scope;

use std::future::Future;

pub use self::adapt::{Adapter, adapt};
#[cfg(feature = "tracing")]
pub use self::fill::InSpan;
pub use self::fill::{By, Clock, With};
pub use self::json_lines::JsonLines;
#[cfg(feature = "file")]
pub(crate) use self::json_lines::{find_id, parse, without_mark};
pub use self::memory::{FromFn, NoAudit, from_fn};
pub use self::offer::{Offer, Offers, Receipt};
pub use self::redact::Redact;
pub use self::scope::Scope;
pub use crate::record::REDACTED;
use crate::record::{Actor, ContextDraft, Record, Timestamp};

/// A destination of records. A sink decides: a step whose record it refuses does not happen.
///
/// The trait resembles [`io::Write`](std::io::Write): `&mut S` is a sink if `S` is one, and a shared log can be one through
/// `&Log`. Your own sink takes five lines:
///
/// ```
/// use tollgate::{Record, Sink};
///
/// struct Printer;
/// impl Sink for Printer {
///     type Error = std::convert::Infallible;
///     fn on_success(&mut self, record: &Record) -> Result<(), Self::Error> {
///         println!("{} {:?} -> {:?}", record.at, record.from, record.to);
///         Ok(())
///     }
/// }
/// ```
///
/// There is no tee of two sinks: if the second refused, the first would hold a record of a transition that did not happen.
/// One sink decides. An [`Observer`](crate::Observer) is notified afterwards.
///
/// A store that also writes the subject's state, or keeps a chain, implements [`accept`](Sink::accept) too.
/// [`sink::adapt`](adapt) puts an actor, a request or an observer in front of a sink. [The guide](crate::guide::sinks)
/// compares the sinks, and [tests your code](crate::guide::testing#a-sink-that-refuses) with one that refuses.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a sink",
    note = "make a sink of a closure by `tollgate::sink::from_fn`; commit to an asynchronous sink by `commit_async`",
    note = "pass a durable file in an `Arc` as `&*log`, and any log behind a lock as `&mut *guard`"
)]
pub trait Sink {
    /// The reason why a record is refused. `?` on a commit needs a type that is an `Error`, which `Box<dyn Error>` is not.
    type Error;

    /// Accepts the record of a success, or refuses it. When this returns `Ok` the transition has happened.
    ///
    /// # Errors
    ///
    /// Returns the reason why the record is not accepted. The machine then stays in its old state, and the same record, with
    /// the same id, may be offered again.
    fn on_success(&mut self, record: &Record) -> Result<(), Self::Error>;

    /// Records a step that a guard, a permission or a missing requirement refused. The default ignores it.
    ///
    /// # Errors
    ///
    /// Returns the reason why the refusal is not recorded. The step stays refused, and
    /// [`CommitError::refusal_error`](crate::CommitError::refusal_error) returns this error.
    fn on_refusal(&mut self, record: &Record) -> Result<(), Self::Error> {
        let _ = record;
        Ok(())
    }

    /// Accepts the record of a success, as [`on_success`](Sink::on_success) does, with the machine of the record. Returns
    /// the head of the chain. A commit calls this method.
    ///
    /// The default calls `on_success` and returns a receipt without a head. A sink that keeps a chain, or the subject's
    /// state next to the record, implements it instead, and lets `on_success` call it with [`Offer::new`]. [`Offer`] and
    /// [`Receipt`] show how.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`on_success`](Sink::on_success).
    #[inline]
    fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Self::Error> {
        self.on_success(offer.record()).map(|()| Receipt::default())
    }

    /// Fills in what a step left open, before the step is validated.
    // Hidden: other crates fill in by an [`Adapter`], and only `NoAudit` requests no record. It is a method of the sink
    // because a commit must know the actor before it calls the guards, and whether to build a record at all.
    #[doc(hidden)]
    #[inline]
    fn fill(&self, step: &mut StepFields<'_>) {
        let _ = step;
    }
}

/// The fields of a step that a sink may fill in before the commit validates it.
#[doc(hidden)]
#[derive(Debug)]
pub struct StepFields<'a> {
    pub(crate) actor: &'a mut Option<Actor>,
    pub(crate) context: &'a mut ContextDraft,
    /// The present, if there is a [`Clock`].
    pub(crate) now: &'a mut Option<Timestamp>,
    /// Whether a record is built at all. Only [`NoAudit`] sets it to false.
    pub(crate) wants_record: &'a mut bool,
}

/// A sink that accepts several records as one: all or none.
///
/// It is a separate trait because no default is correct: if a sink writes the records one after another and the third fails,
/// it holds two records of steps that did not happen.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not accept several records as one",
    label = "not a `BatchSink`",
    note = "`commit_all` needs a sink that accepts all records or none: a sink that refuses the second record \
            would already hold the first"
)]
pub trait BatchSink: Sink {
    /// Accepts all of these records, or refuses all of them.
    ///
    /// # Errors
    ///
    /// Returns the reason why one of them is not accepted. In that case, none of them is accepted.
    fn on_success_all(&mut self, records: &[Record]) -> Result<(), Self::Error>;

    /// Accepts all of these offers, or refuses all of them. Returns a receipt for each, in the same order.
    /// [`commit_all`](crate::commit_all) calls this method; see [`Sink::accept`].
    ///
    /// # Errors
    ///
    /// Returns the errors of [`on_success_all`](BatchSink::on_success_all).
    fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Self::Error> {
        self.on_success_all(offers.records())?;
        Ok(vec![Receipt::default(); offers.len()])
    }

    /// Returns the position of the record for which all were refused with this error, if the sink knows it:
    /// [`CommitError::position`](crate::CommitError::position).
    fn position_of(&self, error: &Self::Error, records: &[Record]) -> Option<usize> {
        let _ = (error, records);
        None
    }
}

/// An asynchronous [`Sink`]: the same methods, as futures that can be sent between threads.
///
/// The sink itself need not be `Send`. One that belongs to a thread, such as a transaction of an embedded database, does its
/// work when it is called and returns a [`ready`](std::future::ready) future. Commits into it stay on that thread, and it
/// cannot be adapted.
///
/// ```
/// use tollgate::{AsyncSink, Record};
///
/// # struct Remote;
/// # impl Remote { async fn send(&mut self, _: String) -> std::io::Result<()> { Ok(()) } }
/// impl AsyncSink for Remote {
///     type Error = std::io::Error;
///     async fn on_success(&mut self, record: &Record) -> Result<(), Self::Error> {
///         self.send(serde_json::to_string(record)?).await
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an asynchronous sink",
    note = "use `commit` for a synchronous sink; an asynchronous sink implements `AsyncSink`",
    note = "pass a durable file in an `Arc` as `&*log`, and any log behind a lock as `&mut *guard`"
)]
pub trait AsyncSink {
    /// The reason why a record is refused; see [`Sink::Error`].
    type Error: Send;

    /// Accepts the record of a success, or refuses it; see [`Sink::on_success`].
    fn on_success(&mut self, record: &Record) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Records a step that was refused; see [`Sink::on_refusal`].
    fn on_refusal(&mut self, record: &Record) -> impl Future<Output = Result<(), Self::Error>> + Send {
        let _ = record;
        async { Ok(()) }
    }

    /// Accepts the record of a success, with the machine of the record; see [`Sink::accept`].
    fn accept(&mut self, offer: Offer<'_>) -> impl Future<Output = Result<Receipt, Self::Error>> + Send {
        let accepted = self.on_success(offer.record());
        async { accepted.await.map(|()| Receipt::default()) }
    }

    /// Fills in what a step left open, before the step is validated; see `Sink::fill`.
    #[doc(hidden)]
    fn fill(&self, step: &mut StepFields<'_>) {
        let _ = step;
    }
}

/// An asynchronous [`BatchSink`]: it accepts several records as one, all or none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not accept several records as one, asynchronously",
    label = "not an `AsyncBatchSink`",
    note = "`commit_all_async` needs a sink that accepts all records or none: a sink that refuses the second record \
            would already hold the first"
)]
pub trait AsyncBatchSink: AsyncSink {
    /// Accepts all of these records, or refuses all of them; see [`BatchSink::on_success_all`].
    fn on_success_all(&mut self, records: &[Record]) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Accepts all of these offers, or refuses all of them; see [`BatchSink::accept_all`].
    fn accept_all(&mut self, offers: Offers<'_>) -> impl Future<Output = Result<Vec<Receipt>, Self::Error>> + Send {
        let count = offers.len();
        let accepted = self.on_success_all(offers.records());
        async move { accepted.await.map(|()| vec![Receipt::default(); count]) }
    }

    /// Returns the position of the record for which all were refused with this error; see [`BatchSink::position_of`].
    fn position_of(&self, error: &Self::Error, records: &[Record]) -> Option<usize> {
        let _ = (error, records);
        None
    }
}
