//! Events of several types as one: in a box, for a collection.

use std::any::Any;
use std::fmt;

use serde_json::Value;

use super::step::{BoxedEventStep, occurred};
use super::{Event, EventType};
use crate::record::ValueError;

/// An event of any type, for collections: `Box<dyn AnyEvent>`, or `Box<dyn AnyEvent + Send>` if it is sent to another thread.
///
/// Every [`Event`] is one. [`fire`](trait.AnyEvent.html#method.fire) on the box returns its step; the commit returns the box.
///
/// ```
/// use tollgate::events::{DropTable, Login};
/// use tollgate::{AnyEvent, Record, commit_all};
///
/// let drop = DropTable { database: "town".into(), table: "trees".into() };
/// let queue: Vec<Box<dyn AnyEvent>> = vec![Box::new(Login), Box::new(drop)];
///
/// let mut log: Vec<Record> = Vec::new();
/// let steps: Vec<_> = queue.into_iter().map(|event| event.fire().by("ann")).collect();
/// let events = commit_all(steps, &mut log)?;
/// assert_eq!(log[1].event.as_deref(), Some("drop-table"));
/// assert_eq!(events[0].event_type().name, "login");
/// assert!(events[1].downcast_ref::<DropTable>().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait AnyEvent {
    /// Returns the type of the event as data.
    fn event_type(&self) -> &'static EventType;

    #[doc(hidden)]
    fn __any_properties(&self) -> Result<Option<Value>, ValueError>;

    #[doc(hidden)]
    fn __as_any(&self) -> &dyn Any;
}

#[diagnostic::do_not_recommend]
impl<E: Event> AnyEvent for E {
    fn event_type(&self) -> &'static EventType {
        E::TYPE
    }

    fn __any_properties(&self) -> Result<Option<Value>, ValueError> {
        self.__properties()
    }

    fn __as_any(&self) -> &dyn Any {
        self
    }
}

macro_rules! boxed {
    ($($event:ty;)*) => {$(
        impl $event {
            /// Returns the step that records the event when it is committed. Its requirements are checked then, as those of
            /// [`Event::fire`] are.
            #[must_use = "a step does nothing until it is committed"]
            pub fn fire(self: Box<Self>) -> BoxedEventStep<Self> {
                occurred(self)
            }

            /// Returns the event, if it is of this type.
            #[must_use]
            pub fn downcast_ref<E: Event>(&self) -> Option<&E> {
                self.__as_any().downcast_ref()
            }
        }

        impl fmt::Debug for $event {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.debug_tuple("AnyEvent").field(&self.event_type().name).finish()
            }
        }
    )*};
}

boxed! {
    dyn AnyEvent;
    dyn AnyEvent + Send;
    dyn AnyEvent + Send + Sync;
}
