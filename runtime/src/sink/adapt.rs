//! [`adapt`]: adapters in front of a sink, written once for synchronous and asynchronous sinks.
//!
//! An [`Adapter`] has a layer, which fills in or redacts, and a list of observers. The forwarding to the inner sink is here;
//! the traits of both are in `layer`, the layers in `fill`, `scope` and `redact`.

use std::borrow::Cow;

use serde::Serialize;

#[cfg(feature = "tracing")]
use super::InSpan;
use super::layer::{FilledFields, Layer, Notify, NotifyAsync};
use super::{
    AsyncBatchSink, AsyncSink, BatchSink, By, Clock, Offer, Offers, Receipt, Redact, Scope, Sink, StepFields, With,
};
use crate::observer::{AsyncObserver, AsyncObservers, Failure, Failures, Observer, Observers};
use crate::record::{Actor, ContextDraft, Record, Timestamp};

/// Puts something in front of a sink: an actor, a request, a clock, a redaction, observers. Each method returns an
/// [`Adapter`], which is a sink again, and takes the next method.
///
/// The outermost adaptor is the one that was called last. A step's own values take precedence over all of them, and an
/// outer adapter takes precedence over an inner one.
///
/// ```
/// use tollgate::{Id, Record, StateMachine, sink};
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
/// let mut count = 0;
/// let mut request = sink::adapt(&mut log).by("ann").with("ip", "::1").observed_by(|_: &Record| count += 1);
/// let door = DoorMachine::create(Id::from(1)).commit(&mut request)?;
/// door.open().by("bob").commit(&mut request)?;
/// drop(request);
/// assert_eq!((log[0].actor.clone(), log[1].actor.clone(), count), (Some("ann".into()), Some("bob".into()), 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn adapt<S>(sink: S) -> Adapter<S> {
    Adapter { sink, layer: (), observers: () }
}

/// A sink with something in front of it; see [`adapt`].
///
/// `L` is the layer that fills in or redacts. `O` is the list of observers: [`Observers`], or [`AsyncObservers`] if some of
/// them are asynchronous. An observer that returns an error or panics stops neither the transition nor the other observers
/// (if panics unwind): that is counted under its name in [`failures`](Adapter::failures), and reported to
/// [`on_failure`](Adapter::on_failure).
///
/// It is a [`Sink`] if the inner sink is a `Sink` and no observer is asynchronous, and an [`AsyncSink`] if the inner sink is
/// an `AsyncSink`.
#[derive(Debug, Clone)]
pub struct Adapter<S, L = (), O = ()> {
    sink: S,
    layer: L,
    observers: O,
}

impl<S, L, O> Adapter<S, L, O> {
    /// Fills in the actor, if a step has none.
    ///
    /// It does not satisfy `requires(actor)` of a typed step, whose type is checked before the step meets the sink: call
    /// [`Step::by`](crate::Step::by) on that step. A step that was fired from a command is checked by the commit, after the
    /// actor was filled in.
    pub fn by(self, actor: impl Into<Actor>) -> Adapter<Self, By> {
        self.layered(By::new(actor.into()))
    }

    /// Fills in a value of the context, if a step has none under the key.
    pub fn with(self, key: impl Into<Cow<'static, str>>, value: impl Serialize) -> Adapter<Self, With> {
        self.layered(With::new(key.into(), value))
    }

    /// Fills in the actor and the context of a request's [`Scope`], as far as a step has none. It counts for
    /// requirements and permissions as [`by`](Adapter::by) does.
    pub fn scoped(self, scope: &Scope) -> Adapter<Self, Scope> {
        self.layered(scope.clone())
    }

    /// Replaces the system clock: a step without [`at`](crate::Step::at) happens at the time that `now` returns, or at that
    /// of the subject's last record if that is later. It is the time of records, refusals and events.
    ///
    /// A commit calls `now` once for each of its steps, and refuses a time that a record cannot hold with
    /// [`Cause::Data`](crate::Cause::Data). [`record_id`](crate::Step::record_id) fixes the time of its step by the system
    /// clock: call `at` before it.
    ///
    /// The id of a record still has random bits: compare the records of a test without their ids.
    ///
    /// ```
    /// use tollgate::chrono::{DateTime, Utc};
    /// use tollgate::{Id, Record, StateMachine, sink};
    ///
    /// # #[derive(StateMachine)]
    /// # #[transition(open, from = Shut, to = Ajar)]
    /// # enum DoorState {
    /// #     #[state(initial)]
    /// #     Shut,
    /// #     #[state(terminal)]
    /// #     Ajar,
    /// # }
    /// let noon: DateTime<Utc> = "2026-03-01T12:00:00Z".parse()?;
    /// let mut log: Vec<Record> = Vec::new();
    /// let mut sink = sink::adapt(&mut log).clock(|| noon);
    /// DoorMachine::create(Id::from(1)).commit(&mut sink)?.open().commit(&mut sink)?;
    /// assert!(log.iter().all(|record| record.at == noon));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clock<F: Fn() -> Timestamp>(self, now: F) -> Adapter<Self, Clock<F>> {
        self.layered(Clock::new(now))
    }

    /// Fills in the span of [`tracing`] in which the commit is made: its id goes into the context under the key `span`,
    /// as a number. Without a span there is no key. With the feature `tracing`.
    #[cfg(feature = "tracing")]
    pub fn in_span(self) -> Adapter<Self, InSpan> {
        self.layered(InSpan)
    }

    /// Replaces the values under these keys by [`REDACTED`](super::REDACTED), before the inner sink sees the record.
    ///
    /// It replaces values in the context, in the state's data and in an event's properties, at any depth, also within lists.
    /// Keys are compared as they are written; [`redact_by`](Adapter::redact_by) can ignore their case, and hide the actor
    /// and the reason. The unnamed fields of a state, which have no key, and the words of a refusal stay as they are; so do
    /// the id, the version, the states, and everything that is compared with the chart. So a redacted trail can still be
    /// verified.
    ///
    /// The sink decides on the redacted record, and refusals are redacted too. The step and the machine keep
    /// their values: a retry offers an equal record with the same id.
    ///
    /// **Reading back.** A text is read as `[redacted]`. If an event's property is not a text,
    /// [`from_record`](crate::Event::from_record) and a hub read the value of its `#[serde(default)]`, or the default of its
    /// type, as for `#[event(redact)]`. If a state's field is not a text, `replay` and `resume_named` read the value of its
    /// `#[serde(default)]`, or the zero of its type: 0, `false`, `None`, or an empty list or map. The same zeros are read
    /// for what is redacted within a property or a field. If there is no such value, as for an enum without
    /// `#[serde(default)]`, the error names the property or field.
    ///
    /// The values are hidden only from the inner sink. An observer that was added before this call gets the redacted record;
    /// an observer that is added after it gets the full record.
    ///
    /// ```
    /// use tollgate::sink::{self, REDACTED};
    /// use tollgate::{Id, Record, StateMachine};
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
    /// door.open().with("code", 4711).commit(sink::adapt(&mut log).redact(["code", "password"]))?;
    /// assert_eq!(log[1].context.get("code"), Some(&REDACTED.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn redact<K: Into<Cow<'static, str>>>(self, keys: impl IntoIterator<Item = K>) -> Adapter<Self, Redact> {
        self.layered(Redact::keys(keys))
    }

    /// Redacts the parts that `redact` names before the inner sink sees the record: keys without regard to case, the actor,
    /// the reason. The rest is as for [`redact`](Adapter::redact).
    pub fn redact_by(self, redact: Redact) -> Adapter<Self, Redact> {
        self.layered(redact)
    }

    fn layered<M>(self, layer: M) -> Adapter<Self, M> {
        Adapter { sink: self, layer, observers: () }
    }

    /// Returns the inner sink.
    pub fn into_inner(self) -> S {
        self.sink
    }

    /// Returns the inner sink and the list of observers.
    pub fn into_parts(self) -> (S, O) {
        (self.sink, self.observers)
    }
}

impl<S, L> Adapter<S, L> {
    /// Notifies the observer of every record that this sink has accepted. It can be called again for the next one.
    pub fn observed_by<'o>(self, observer: impl Observer + Send + 'o) -> Adapter<S, L, Observers<'o>> {
        self.observed(Observers::new()).observed_by(observer)
    }

    /// Notifies the observer of every record that this sink has accepted, and waits for it. The adapter is an
    /// [`AsyncSink`] from now on.
    pub fn observed_by_async<'o>(self, observer: impl AsyncObserver + 'o) -> Adapter<S, L, AsyncObservers<'o>> {
        self.observed(AsyncObservers::new()).observed_by_async(observer)
    }
}

impl<S, L, O> Adapter<S, L, O> {
    fn observed<P>(self, observers: P) -> Adapter<S, L, P> {
        Adapter { sink: self.sink, layer: self.layer, observers }
    }
}

impl<'o, S, L> Adapter<S, L, Observers<'o>> {
    /// Notifies this observer too, in the position that it requests.
    #[must_use]
    pub fn observed_by(mut self, observer: impl Observer + Send + 'o) -> Self {
        self.observers.add(observer);
        self
    }

    /// Notifies this observer too, in the position that it requests, and waits for it. The adapter is an [`AsyncSink`] from
    /// now on.
    #[must_use]
    pub fn observed_by_async(self, observer: impl AsyncObserver + 'o) -> Adapter<S, L, AsyncObservers<'o>> {
        let Self { sink, layer, observers } = self;
        let mut observers = AsyncObservers::from(observers);
        observers.add_async(observer);
        Adapter { sink, layer, observers }
    }
}

impl<'o, S, L> Adapter<S, L, AsyncObservers<'o>> {
    /// Notifies this observer too, in the position that it requests.
    #[must_use]
    pub fn observed_by(mut self, observer: impl Observer + Send + 'o) -> Self {
        self.observers.add(observer);
        self
    }

    /// Notifies this observer too, in the position that it requests, and waits for it.
    #[must_use]
    pub fn observed_by_async(mut self, observer: impl AsyncObserver + 'o) -> Self {
        self.observers.add_async(observer);
        self
    }
}

macro_rules! failures_of {
    ($($Observers:ident)*) => {$(
        impl<'o, S, L> Adapter<S, L, $Observers<'o>> {
            /// Reports each failure of an observer to this closure, in place of the one before. Without one, failures
            /// are only counted.
            #[must_use]
            pub fn on_failure(mut self, report: impl FnMut(&Failure<'_>) + Send + 'o) -> Self {
                self.observers.on_failure(report);
                self
            }

            /// Returns the failure counts of each observer, in the order in which they are notified.
            pub fn failures(&self) -> impl Iterator<Item = &Failures> {
                self.observers.failures()
            }
        }
    )*};
}

failures_of!(Observers AsyncObservers);

/// Returns the record or records of the layer. `$kind` is the trait by which the inner sink fills in.
macro_rules! rewritten {
    ($kind:ident, $adapter:expr, $record:expr) => {
        $adapter.layer.rewrite($record, || filled_in(|step| $kind::fill(&$adapter.sink, step)))
    };
}

macro_rules! all_rewritten {
    ($kind:ident, $adapter:expr, $records:expr) => {{
        let rewritten: Vec<_> = $records.iter().map(|record| rewritten!($kind, $adapter, record)).collect();
        if rewritten.iter().all(|record| matches!(record, Cow::Borrowed(_))) {
            Cow::Borrowed($records)
        } else {
            Cow::Owned(rewritten.into_iter().map(Cow::into_owned).collect::<Vec<Record>>())
        }
    }};
}

/// Returns the values that a sink fills in.
fn filled_in(fill: impl FnOnce(&mut StepFields<'_>)) -> FilledFields {
    let (mut actor, mut context) = (None, ContextDraft::new());
    fill(&mut StepFields { actor: &mut actor, context: &mut context, now: &mut None, wants_record: &mut true });
    FilledFields { actor, context: context.into_context() }
}

/// Outer layers come first: the first value of a key wins.
macro_rules! fill {
    ($kind:ident, $adapter:expr, $step:expr, $observes:expr) => {
        $adapter.layer.fill($step);
        $kind::fill(&$adapter.sink, $step);
        *$step.wants_record |= $observes;
    };
}

// If a type is not a sink, rustc's error lists sinks and not adapters.
#[diagnostic::do_not_recommend]
impl<S: Sink, L: Layer, O: Notify> Sink for Adapter<S, L, O> {
    type Error = S::Error;

    fn on_success(&mut self, record: &Record) -> Result<(), S::Error> {
        self.sink.on_success(&rewritten!(Sink, self, record))?;
        Notify::notify(&mut self.observers, record);
        Ok(())
    }

    fn on_refusal(&mut self, record: &Record) -> Result<(), S::Error> {
        self.sink.on_refusal(&rewritten!(Sink, self, record))
    }

    fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, S::Error> {
        let rewritten = rewritten!(Sink, self, offer.record());
        let receipt = self.sink.accept(Offer::of(&rewritten, offer.declaration()))?;
        Notify::notify(&mut self.observers, offer.record());
        Ok(receipt)
    }

    fn fill(&self, step: &mut StepFields<'_>) {
        fill!(Sink, self, step, <O as Notify>::OBSERVES);
    }
}

impl<S: BatchSink, L: Layer, O: Notify> BatchSink for Adapter<S, L, O> {
    fn on_success_all(&mut self, records: &[Record]) -> Result<(), S::Error> {
        self.sink.on_success_all(&all_rewritten!(Sink, self, records))?;
        for record in records {
            Notify::notify(&mut self.observers, record);
        }
        Ok(())
    }

    fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, S::Error> {
        let rewritten = all_rewritten!(Sink, self, offers.records());
        let receipts = self.sink.accept_all(offers.with_records(&rewritten))?;
        for record in offers.records() {
            Notify::notify(&mut self.observers, record);
        }
        Ok(receipts)
    }

    fn position_of(&self, error: &S::Error, records: &[Record]) -> Option<usize> {
        self.sink.position_of(error, records)
    }
}

#[diagnostic::do_not_recommend]
impl<S: AsyncSink + Send, L: Layer + Send, O: NotifyAsync + Send> AsyncSink for Adapter<S, L, O> {
    type Error = S::Error;

    async fn on_success(&mut self, record: &Record) -> Result<(), S::Error> {
        let rewritten = rewritten!(AsyncSink, self, record);
        self.sink.on_success(&rewritten).await?;
        self.observers.notify(record).await;
        Ok(())
    }

    async fn on_refusal(&mut self, record: &Record) -> Result<(), S::Error> {
        let rewritten = rewritten!(AsyncSink, self, record);
        self.sink.on_refusal(&rewritten).await
    }

    async fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, S::Error> {
        let rewritten = rewritten!(AsyncSink, self, offer.record());
        let receipt = self.sink.accept(Offer::of(&rewritten, offer.declaration())).await?;
        self.observers.notify(offer.record()).await;
        Ok(receipt)
    }

    fn fill(&self, step: &mut StepFields<'_>) {
        fill!(AsyncSink, self, step, <O as NotifyAsync>::OBSERVES);
    }
}

impl<S: AsyncBatchSink + Send, L: Layer + Send, O: NotifyAsync + Send> AsyncBatchSink for Adapter<S, L, O> {
    async fn on_success_all(&mut self, records: &[Record]) -> Result<(), S::Error> {
        let rewritten = all_rewritten!(AsyncSink, self, records);
        self.sink.on_success_all(&rewritten).await?;
        for record in records {
            self.observers.notify(record).await;
        }
        Ok(())
    }

    async fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, S::Error> {
        let rewritten = all_rewritten!(AsyncSink, self, offers.records());
        let receipts = self.sink.accept_all(offers.with_records(&rewritten)).await?;
        for record in offers.records() {
            self.observers.notify(record).await;
        }
        Ok(receipts)
    }

    fn position_of(&self, error: &S::Error, records: &[Record]) -> Option<usize> {
        self.sink.position_of(error, records)
    }
}
