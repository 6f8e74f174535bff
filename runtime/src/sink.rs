//! Sinks decide: a transition happens only when one has accepted its record.

mod adapt;
#[cfg(feature = "file")]
pub mod file;
mod forward;
#[cfg(feature = "tracing")]
mod in_span;
mod json_lines;
mod memory;
mod observed;
mod redact;
mod scope;

use std::borrow::Cow;
use std::future::Future;

use serde::Serialize;

pub use self::adapt::{By, With};
#[cfg(feature = "tracing")]
pub use self::in_span::InSpan;
pub use self::json_lines::JsonLines;
pub use self::memory::{FromFn, NoAudit, from_fn};
pub use self::observed::Observed;
pub use self::redact::{REDACTED, Redact};
pub use self::scope::{Scope, Scoped};
use crate::machine::Declaration;
use crate::observer::{AsyncObserver, AsyncObservers, Observer, Observers};
use crate::record::{Actor, ContextDraft, Digest, Record};

/// Where records go. A sink decides: what it refuses did not happen.
///
/// It is written in the manner of [`io::Write`](std::io::Write): `&mut S` is a sink where `S` is one, and
/// a log that many share can be one through `&Log`. A sink of your own takes five lines:
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
/// There is no tee of two sinks: where the second refuses, the first already holds a record of what never
/// was. One sink decides; whoever else wants to know is an [`Observer`] and is told afterwards.
///
/// [The guide](crate::guide::sinks) says which sink is for what. Where [`AsyncSink`] is imported too, rustc finds two of
/// each adaptor on what is a sink of either sort: import the one that you commit by.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a sink",
    note = "a closure becomes one by `tollgate::sink::from_fn`; a sink that waits goes into `commit_async`",
    note = "a durable file in an `Arc` is given as `&*log`, any log behind a lock as `&mut *guard`"
)]
pub trait Sink {
    /// Why a record is refused. For `?` on a commit it has to be an error itself, which `Box<dyn Error>` is not.
    type Error;

    /// Accepts the record of a success, or refuses it. When this returns `Ok` the transition has happened.
    ///
    /// # Errors
    ///
    /// Whatever keeps the record from being accepted. The machine then stays in its old state, and the
    /// same record, with the same id, may be offered again.
    fn on_success(&mut self, record: &Record) -> Result<(), Self::Error>;

    /// Is told of a step that a guard, a permission or a missing requirement refused. Ignored by default.
    ///
    /// # Errors
    ///
    /// Whatever keeps the refusal from being recorded. The step stays refused all the same; the error is
    /// found in [`Refused::refusal_error`](crate::Refused::refusal_error).
    fn on_refusal(&mut self, record: &Record) -> Result<(), Self::Error> {
        let _ = record;
        Ok(())
    }

    /// Fills in who acts, where a step does not say. A transition that requires an actor wants it said on
    /// the step itself.
    fn by(self, actor: impl Into<Actor>) -> By<Self>
    where
        Self: Sized,
    {
        By::new(self, actor.into())
    }

    /// Fills in what else is known, where a step does not say: what all commits of a request share.
    fn with(self, key: impl Into<Cow<'static, str>>, value: impl Serialize) -> With<Self>
    where
        Self: Sized,
    {
        With::new(self, key.into(), value)
    }

    /// Replaces what stands under these keys by [`REDACTED`], before this sink sees the record.
    ///
    /// That is: in the context, in the state's data and in an event's properties, at any depth, within lists
    /// too, whatever the value is. Keys are compared as they are written. What has no key (the unnamed fields of a
    /// state), the actor, the reason and the words of a refusal stay as they are; so do the id, the version,
    /// the states, and all else that the chart is held against, so that a redacted trail still verifies.
    ///
    /// The sink decides on the redacted record, and refusals are redacted too. The step and the machine keep
    /// their values: a second try offers an equal record with the same id. What was never recorded cannot be
    /// brought back: of a state whose recorded data was redacted, `replay` restores a text as `[redacted]`,
    /// and refuses where the field is anything else.
    ///
    /// Only what is inside is kept from seeing: an observer that was joined before this call sees what the
    /// sink sees, one that is joined after it sees everything.
    ///
    /// ```
    /// use tollgate::{Id, Record, Sink, StateMachine, sink::REDACTED};
    ///
    /// # #[derive(StateMachine)]
    /// # #[transition(open, from = Shut, to = Ajar)]
    /// # enum DoorState {
    /// #     #[state(initial)]
    /// #     Shut,
    /// #     #[state(terminal)]
    /// #     Ajar,
    /// # }
    /// let mut log: Vec<Record> = Vec::new();
    /// let door = DoorMachine::create(Id::from(1)).commit(&mut log)?;
    /// door.open().with("code", 4711).commit((&mut log).redact(["code", "password"]))?;
    /// assert_eq!(log[1].context.get("code"), Some(&REDACTED.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn redact<K: Into<Cow<'static, str>>>(self, keys: impl IntoIterator<Item = K>) -> Redact<Self>
    where
        Self: Sized,
    {
        Redact::new(self, keys)
    }

    /// Fills in who acts and what else is known from a request's [`Scope`], where a step does not say. It
    /// counts for requirements and permissions as [`by`](Sink::by) does.
    fn scoped(self, scope: &Scope) -> Scoped<Self>
    where
        Self: Sized,
    {
        Scoped::new(self, scope.clone())
    }

    /// Fills in the span of [`tracing`] in which the commit is made: its id goes into the context under the key `span`,
    /// as a number. Where there is no span there is no key. With the feature `tracing`.
    #[cfg(feature = "tracing")]
    fn in_span(self) -> InSpan<Self>
    where
        Self: Sized,
    {
        InSpan::new(self)
    }

    /// Tells the observer of every record that this sink has accepted. It can be called again for the next one.
    fn observed_by<'o>(self, observer: impl Observer + Send + 'o) -> Observed<Self, Observers<'o>>
    where
        Self: Sized,
    {
        Observed::new(self, observer)
    }

    /// Fills in what a step left open, before it is examined.
    #[doc(hidden)]
    #[inline]
    fn fill(&self, open: Open<'_>) {
        let _ = open;
    }

    /// Whether records are to be built at all. Only [`NoAudit`] says no.
    #[doc(hidden)]
    #[inline]
    fn wants_records(&self) -> bool {
        true
    }

    /// [`on_success`](Sink::on_success) with all that a commit knows. A sink that keeps a chain gives the digest of
    /// what it has accepted.
    #[doc(hidden)]
    #[inline]
    fn accept(&mut self, record: &Record, of: Option<&'static Declaration>) -> Result<Option<Digest>, Self::Error> {
        let _ = of;
        self.on_success(record).map(|()| None)
    }

    /// The vector that this sink is, and nothing besides: a record can then be made where it is to stay.
    #[doc(hidden)]
    #[inline]
    fn as_vec(&mut self) -> Option<&mut Vec<Record>> {
        None
    }

    /// The same by value, for a sink that keeps the record: it need not copy it.
    #[doc(hidden)]
    #[inline]
    fn keep(&mut self, record: Record, of: Option<&'static Declaration>) -> Keeping<Self::Error> {
        self.accept(&record, of).map_err(|error| Box::new(Rejected { record, error }))
    }
}

/// What a step may have left open.
#[doc(hidden)]
#[derive(Debug)]
pub struct Open<'a> {
    pub actor: &'a mut Option<Actor>,
    pub context: &'a mut ContextDraft,
}

/// The head of the subject's chain where the sink keeps one; or the record, given back.
#[doc(hidden)]
pub type Keeping<E> = Result<Option<Digest>, Box<Rejected<E>>>;

/// A record that was not accepted.
#[doc(hidden)]
#[derive(Debug)]
pub struct Rejected<E> {
    /// The record, given back.
    pub record: Record,
    /// Why.
    pub error: E,
}

/// A sink that takes several records as one: all or none.
///
/// It is a trait of its own because there is no lawful default: a sink that can only write one after
/// another would, when the third fails, hold two records of what never was.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take several records as one",
    label = "not a `BatchSink`",
    note = "`commit_all` wants a sink that takes all or none: one that takes them one after another, and refuses the second, \
            holds the first"
)]
pub trait BatchSink: Sink {
    /// Accepts all of these records, or refuses all of them.
    ///
    /// # Errors
    ///
    /// Whatever keeps one of them from being accepted; then none has been.
    fn on_success_all(&mut self, records: &[Record]) -> Result<(), Self::Error>;

    /// [`on_success_all`](BatchSink::on_success_all) with all that a commit knows; see `Sink::accept`.
    #[doc(hidden)]
    fn accept_all(&mut self, records: &[Record], of: Declarations<'_>) -> Result<Heads, Self::Error> {
        self.on_success_all(records)?;
        Ok(vec![None; of.len()])
    }
}

/// The machine of each record of a batch; an event has none.
#[doc(hidden)]
pub type Declarations<'a> = &'a [Option<&'static Declaration>];

/// The head of each subject's chain, where the sink keeps one.
#[doc(hidden)]
pub type Heads = Vec<Option<Digest>>;

/// A [`Sink`] that waits: the same methods, as futures that can be sent between threads.
///
/// The sink itself need not be `Send`. One that belongs to a thread, such as a transaction of an embedded database, does its work
/// when it is called and gives a [`ready`](std::future::ready) future; commits into it stay on that thread, and it
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
    message = "`{Self}` is not a sink that waits",
    note = "a sink that does not wait goes into `commit`; one that waits implements `AsyncSink`",
    note = "a durable file in an `Arc` is given as `&*log`, any log behind a lock as `&mut *guard`"
)]
pub trait AsyncSink {
    /// Why a record is refused; see [`Sink::Error`].
    type Error: Send;

    /// Accepts the record of a success, or refuses it; see [`Sink::on_success`].
    fn on_success(&mut self, record: &Record) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Is told of a step that was refused; see [`Sink::on_refusal`].
    fn on_refusal(&mut self, record: &Record) -> impl Future<Output = Result<(), Self::Error>> + Send {
        let _ = record;
        async { Ok(()) }
    }

    /// Fills in who acts, where a step does not say; see [`Sink::by`].
    fn by(self, actor: impl Into<Actor>) -> By<Self>
    where
        Self: Sized,
    {
        By::new(self, actor.into())
    }

    /// Fills in what else is known, where a step does not say; see [`Sink::with`].
    fn with(self, key: impl Into<Cow<'static, str>>, value: impl Serialize) -> With<Self>
    where
        Self: Sized,
    {
        With::new(self, key.into(), value)
    }

    /// Replaces what stands under these keys, before this sink sees the record; see [`Sink::redact`].
    fn redact<K: Into<Cow<'static, str>>>(self, keys: impl IntoIterator<Item = K>) -> Redact<Self>
    where
        Self: Sized,
    {
        Redact::new(self, keys)
    }

    /// Fills in what a request's [`Scope`] knows, where a step does not say; see [`Sink::scoped`].
    fn scoped(self, scope: &Scope) -> Scoped<Self>
    where
        Self: Sized,
    {
        Scoped::new(self, scope.clone())
    }

    /// Fills in the span in which the commit is made; see [`Sink::in_span`].
    #[cfg(feature = "tracing")]
    fn in_span(self) -> InSpan<Self>
    where
        Self: Sized,
    {
        InSpan::new(self)
    }

    /// Tells the observer of every record that this sink has accepted; see [`Sink::observed_by`].
    fn observed_by<'o>(self, observer: impl Observer + Send + 'o) -> Observed<Self, Observers<'o>>
    where
        Self: Sized,
    {
        Observed::new(self, observer)
    }

    /// Tells the observer of every record that this sink has accepted, and waits for it.
    fn observed_by_async<'o>(self, observer: impl AsyncObserver + 'o) -> Observed<Self, AsyncObservers<'o>>
    where
        Self: Sized,
    {
        Observed::new_async(self, observer)
    }

    /// Fills in what a step left open, before it is examined.
    #[doc(hidden)]
    fn fill(&self, open: Open<'_>) {
        let _ = open;
    }

    /// Whether records are to be built at all. Only [`NoAudit`] says no.
    #[doc(hidden)]
    fn wants_records(&self) -> bool {
        true
    }

    /// [`on_success`](AsyncSink::on_success) with all that a commit knows; see `Sink::accept`.
    #[doc(hidden)]
    fn accept(
        &mut self,
        record: &Record,
        of: Option<&'static Declaration>,
    ) -> impl Future<Output = Result<Option<Digest>, Self::Error>> + Send {
        let _ = of;
        let accepted = self.on_success(record);
        async { accepted.await.map(|()| None) }
    }
}

/// A [`BatchSink`] that waits: it takes several records as one, all or none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take several records as one, by waiting",
    label = "not an `AsyncBatchSink`",
    note = "`commit_all_async` wants a sink that takes all or none: one that takes them one after another, and refuses the second, \
            holds the first"
)]
pub trait AsyncBatchSink: AsyncSink {
    /// Accepts all of these records, or refuses all of them; see [`BatchSink::on_success_all`].
    fn on_success_all(&mut self, records: &[Record]) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// [`on_success_all`](AsyncBatchSink::on_success_all) with all that a commit knows; see `Sink::accept`.
    #[doc(hidden)]
    fn accept_all(
        &mut self,
        records: &[Record],
        of: Declarations<'_>,
    ) -> impl Future<Output = Result<Heads, Self::Error>> + Send {
        let count = of.len();
        let accepted = self.on_success_all(records);
        async move { accepted.await.map(|()| vec![None; count]) }
    }
}
