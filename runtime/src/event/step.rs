//! The step of an event: it is committed in the same order as a transition, and no machine changes its state.

use serde_json::Value;

use super::{AnyEvent, Event, EventType, NamesSubject};
use crate::chart::{Edge, Requirement};
use crate::commit::{About, Advance, BoxedEventOccurred, EventOccurred, Step};
use crate::machine::{Accepted, Denied};
use crate::record::{Actor, Description, RecordKind, Timestamp, ValueError};

/// The step of an event. Its commit returns the event.
pub type EventStep<E> = Step<EventOccurred, E, About, <E as Event>::ActorRequirement, <E as Event>::ReasonRequirement>;

/// The step of an event whose requirements are checked at run time; see [`Event::fire`].
pub type FiredEvent<E> = Step<EventOccurred, E, About>;

/// The step of an event in a box, whose requirements are checked at run time. `D` is [`dyn AnyEvent`](AnyEvent), or that
/// and `Send`.
pub type BoxedEventStep<D = dyn AnyEvent> = Step<BoxedEventOccurred, Box<D>, About>;

#[inline]
pub(super) fn occurred<T, E, A, R>(event: E) -> Step<T, E, About, A, R> {
    Step::new(event, About(None))
}

impl<T, E, A, R> Step<T, E, About, A, R> {
    /// Sets the subject that the event is about: a subject, a machine that holds one, or a [`SubjectRef`](crate::SubjectRef).
    ///
    /// ```
    /// use tollgate::{Event, Id, Record, SubjectRef, events::Login};
    ///
    /// let mut log: Vec<Record> = Vec::new();
    /// let account = SubjectRef { kind: "Account".into(), id: Id::from(7) };
    /// Login.occurred().by("ann").about(&account).commit(&mut log)?;
    /// assert_eq!(log[0].subject, Some(account));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn about<By>(mut self, subject: &(impl NamesSubject<By> + ?Sized)) -> Self {
        self.payload = About(Some((subject.subject_ref(), subject.last_at())));
        self
    }
}

impl<E: Event> Advance<EventOccurred, About> for E {
    type To = E;

    #[inline]
    fn edge(&self, _: &About) -> Option<&'static Edge> {
        None
    }

    #[inline]
    fn requires(&self, _: &About) -> &'static [Requirement] {
        E::TYPE.requires
    }

    #[inline]
    fn last_at(&self, about: &About) -> Option<Timestamp> {
        about.last_at()
    }

    #[inline]
    fn check(&self, _: &About) -> Result<(), Denied> {
        Ok(())
    }

    #[inline]
    fn permit(&self, _: &About, _: &Actor) -> Result<(), Denied> {
        Ok(())
    }

    fn recorded(&self, _: &About) -> Result<Option<Value>, ValueError> {
        self.__properties()
    }

    fn describe(&self, about: &About, recorded: Option<Value>) -> Description {
        about.describe(E::TYPE, recorded)
    }

    #[inline]
    fn __enter(self, _: About, _: Accepted) -> E {
        self
    }
}

impl<D: AnyEvent + ?Sized> Advance<BoxedEventOccurred, About> for Box<D> {
    type To = Self;

    fn edge(&self, _: &About) -> Option<&'static Edge> {
        None
    }

    fn requires(&self, _: &About) -> &'static [Requirement] {
        (**self).event_type().requires
    }

    fn last_at(&self, about: &About) -> Option<Timestamp> {
        about.last_at()
    }

    fn check(&self, _: &About) -> Result<(), Denied> {
        Ok(())
    }

    fn permit(&self, _: &About, _: &Actor) -> Result<(), Denied> {
        Ok(())
    }

    fn recorded(&self, _: &About) -> Result<Option<Value>, ValueError> {
        (**self).__any_properties()
    }

    fn describe(&self, about: &About, recorded: Option<Value>) -> Description {
        about.describe((**self).event_type(), recorded)
    }

    fn __enter(self, _: About, _: Accepted) -> Self {
        self
    }
}

impl About {
    #[inline]
    fn last_at(&self) -> Option<Timestamp> {
        self.0.as_ref().and_then(|(_, last_at)| *last_at)
    }

    fn describe(&self, event: &EventType, recorded: Option<Value>) -> Description {
        Description {
            subject: self.0.as_ref().map(|(subject, _)| subject.clone()),
            event: Some(event.name.into()),
            properties: recorded,
            ..Description::new(RecordKind::Event)
        }
    }
}
