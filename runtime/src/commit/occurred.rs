//! The step of an event: nothing moves, and the same order of a commit holds.

use serde_json::Value;

use super::advance::Advance;
use super::step::Step;
use crate::chart::{Edge, Requirement};
use crate::event::{Event, NamesSubject};
use crate::machine::{Accepted, Denied};
use crate::record::{Actor, Description, RecordKind, SubjectRef, Timestamp, ValueError};

/// What happens is an event: nothing moves.
#[derive(Debug)]
pub enum EventOccurred {}

/// The subject that an event is about, where it is about one.
#[derive(Debug)]
pub struct About(Option<(SubjectRef, Option<Timestamp>)>);

/// The step of an event: its commit gives the event back.
pub type EventStep<E> = Step<EventOccurred, E, About, <E as Event>::ActorMark, <E as Event>::ReasonMark>;

#[inline]
pub(crate) fn occurred<E: Event>(event: E) -> EventStep<E> {
    Step::new(event, About(None))
}

impl<E: Event, A, R> Step<EventOccurred, E, About, A, R> {
    /// Says which subject the event is about: a subject, a machine that holds one, or a [`SubjectRef`].
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
    pub fn about<By>(mut self, subject: &impl NamesSubject<By>) -> Self {
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
        about.0.as_ref().and_then(|(_, last_at)| *last_at)
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
        Description {
            subject: about.0.as_ref().map(|(subject, _)| subject.clone()),
            event: Some(E::TYPE.name.into()),
            properties: recorded,
            ..Description::new(RecordKind::Event)
        }
    }

    #[inline]
    fn __arrive(self, _: About, _: Accepted) -> E {
        self
    }
}
