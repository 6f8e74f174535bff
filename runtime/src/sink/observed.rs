//! The adaptor that tells observers what the sink has accepted.

use super::{AsyncBatchSink, AsyncSink, BatchSink, Declarations, Heads, Open, Sink};
use crate::machine::Declaration;
use crate::observer::{AsyncObserver, AsyncObservers, Failure, Failures, Observer, Observers};
use crate::record::{Digest, Record};

/// A sink, and observers of what it accepts; see [`Sink::observed_by`].
///
/// `L` is the list of the observers: [`Observers`], or [`AsyncObservers`] where some of them wait. An observer that
/// returns an error or panics stops neither the transition nor the other observers (where panics unwind): that is
/// counted under its name in [`failures`](Observed::failures), and reported to [`on_failure`](Observed::on_failure).
#[derive(Debug)]
pub struct Observed<S, L> {
    sink: S,
    observers: L,
}

impl<S, L> Observed<S, L> {
    /// The sink and its observers.
    pub fn into_parts(self) -> (S, L) {
        (self.sink, self.observers)
    }
}

impl<'o, S> Observed<S, Observers<'o>> {
    pub(super) fn new(sink: S, observer: impl Observer + Send + 'o) -> Self {
        Self { sink, observers: Observers::new() }.observed_by(observer)
    }

    /// Tells this observer too, in the place that it asks for.
    #[must_use]
    pub fn observed_by(mut self, observer: impl Observer + Send + 'o) -> Self {
        self.observers.add(observer);
        self
    }

    /// Tells this observer too, in the place that it asks for, and waits for it. The sink is one that waits from now on.
    #[must_use]
    pub fn observed_by_async(self, observer: impl AsyncObserver + 'o) -> Observed<S, AsyncObservers<'o>> {
        let mut observers = AsyncObservers::from(self.observers);
        observers.add_async(observer);
        Observed { sink: self.sink, observers }
    }
}

impl<'o, S> Observed<S, AsyncObservers<'o>> {
    pub(super) fn new_async(sink: S, observer: impl AsyncObserver + 'o) -> Self {
        Self { sink, observers: AsyncObservers::new() }.observed_by_async(observer)
    }

    /// Tells this observer too, in the place that it asks for.
    #[must_use]
    pub fn observed_by(mut self, observer: impl Observer + Send + 'o) -> Self {
        self.observers.add(observer);
        self
    }

    /// Tells this observer too, in the place that it asks for, and waits for it.
    #[must_use]
    pub fn observed_by_async(mut self, observer: impl AsyncObserver + 'o) -> Self {
        self.observers.add_async(observer);
        self
    }
}

macro_rules! failures_of {
    ($($Observers:ident)*) => {$(
        impl<'o, S> Observed<S, $Observers<'o>> {
            /// Reports each failure of an observer to this closure, in place of the one before. Without one, failures
            /// are only counted.
            #[must_use]
            pub fn on_failure(mut self, report: impl FnMut(&Failure<'_>) + Send + 'o) -> Self {
                self.observers.on_failure(report);
                self
            }

            /// How often each observer has failed, in the order in which they are told.
            pub fn failures(&self) -> impl Iterator<Item = &Failures> {
                self.observers.failures()
            }
        }
    )*};
}

failures_of!(Observers AsyncObservers);

#[diagnostic::do_not_recommend]
impl<S: Sink> Sink for Observed<S, Observers<'_>> {
    type Error = S::Error;

    fn on_success(&mut self, record: &Record) -> Result<(), S::Error> {
        self.sink.on_success(record)?;
        self.observers.tell(record);
        Ok(())
    }

    fn on_refusal(&mut self, record: &Record) -> Result<(), S::Error> {
        self.sink.on_refusal(record)
    }

    fn fill(&self, open: Open<'_>) {
        self.sink.fill(open);
    }

    fn accept(&mut self, record: &Record, of: Option<&'static Declaration>) -> Result<Option<Digest>, S::Error> {
        let head = self.sink.accept(record, of)?;
        self.observers.tell(record);
        Ok(head)
    }
}

impl<S: BatchSink> BatchSink for Observed<S, Observers<'_>> {
    fn on_success_all(&mut self, records: &[Record]) -> Result<(), S::Error> {
        self.sink.on_success_all(records)?;
        for record in records {
            self.observers.tell(record);
        }
        Ok(())
    }

    fn accept_all(&mut self, records: &[Record], of: Declarations<'_>) -> Result<Heads, S::Error> {
        let heads = self.sink.accept_all(records, of)?;
        for record in records {
            self.observers.tell(record);
        }
        Ok(heads)
    }
}

/// Both lists of observers, told at once or waited for.
macro_rules! observed_async {
    ($($Observers:ident $(, $wait:tt)?;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: AsyncSink + Send> AsyncSink for Observed<S, $Observers<'_>> {
            type Error = S::Error;

            async fn on_success(&mut self, record: &Record) -> Result<(), S::Error> {
                self.sink.on_success(record).await?;
                self.observers.tell(record)$(.$wait)?;
                Ok(())
            }

            async fn on_refusal(&mut self, record: &Record) -> Result<(), S::Error> {
                self.sink.on_refusal(record).await
            }

            fn fill(&self, open: Open<'_>) {
                self.sink.fill(open);
            }

            async fn accept(
                &mut self,
                record: &Record,
                of: Option<&'static Declaration>,
            ) -> Result<Option<Digest>, S::Error> {
                let head = self.sink.accept(record, of).await?;
                self.observers.tell(record)$(.$wait)?;
                Ok(head)
            }
        }

        impl<S: AsyncBatchSink + Send> AsyncBatchSink for Observed<S, $Observers<'_>> {
            async fn on_success_all(&mut self, records: &[Record]) -> Result<(), S::Error> {
                self.sink.on_success_all(records).await?;
                for record in records {
                    self.observers.tell(record)$(.$wait)?;
                }
                Ok(())
            }

            async fn accept_all(&mut self, records: &[Record], of: Declarations<'_>) -> Result<Heads, S::Error> {
                let heads = self.sink.accept_all(records, of).await?;
                for record in records {
                    self.observers.tell(record)$(.$wait)?;
                }
                Ok(heads)
            }
        }
    )*};
}

observed_async! {
    Observers;
    AsyncObservers, await;
}
