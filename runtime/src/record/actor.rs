//! The actor of a record.

use std::borrow::Cow;
use std::fmt;
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64,
    NonZeroUsize,
};
use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use super::value::{ValueError, check_depth};
use super::{Id, Printable, binary, line};

/// The actor of a record: a user, a service or the system itself, perhaps on behalf of another actor.
///
/// Each value that converts into an [`Id`] converts into a user, as in `.by("ann")` and `.by(user.id)`. An actor is copied
/// into each record: a record outlives the account that it names.
///
/// ```
/// use tollgate::Actor;
///
/// let clerk = Actor::user(17).named("Ann Smith");
/// let robot = Actor::service("importer").on_behalf_of(clerk);
/// assert_eq!(robot.to_string(), "service importer for Ann Smith");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Actor {
    /// The kind of actor.
    pub kind: ActorKind,
    /// The id of the actor, unique among those of its kind.
    pub id: Id,
    /// The name to show to people.
    pub display: Option<String>,
    /// The actor on whose behalf this one acted. A chain has at most 64 of them.
    pub on_behalf_of: Option<Box<Actor>>,
}

/// The kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ActorKind {
    /// A person.
    User,
    /// Another program, known by its own credentials.
    Service,
    /// This program itself: a schedule, a migration.
    System,
}

impl Actor {
    /// A person.
    #[must_use]
    pub fn user(id: impl Into<Id>) -> Self {
        Self::new(ActorKind::User, id.into())
    }

    /// Returns another program.
    #[must_use]
    pub fn service(id: impl Into<Id>) -> Self {
        Self::new(ActorKind::Service, id.into())
    }

    /// Returns this program; the id names the part of it.
    #[must_use]
    pub fn system(id: impl Into<Id>) -> Self {
        Self::new(ActorKind::System, id.into())
    }

    fn new(kind: ActorKind, id: Id) -> Self {
        Self { kind, id, display: None, on_behalf_of: None }
    }

    /// Returns the same actor with a name to show to people.
    #[must_use]
    pub fn named(mut self, display: impl Into<String>) -> Self {
        self.display = Some(display.into());
        self
    }

    /// Rejects an actor whose `on_behalf_of` chain is too long to be read back.
    pub(crate) fn check(&self) -> Result<(), ValueError> {
        let principals = std::iter::successors(self.on_behalf_of.as_deref(), |actor| actor.on_behalf_of.as_deref());
        let deep = principals.enumerate().map(|(depth, _)| depth).last();
        deep.map_or(Ok(()), check_depth).map_err(|error| error.within("on_behalf_of").within("actor"))
    }

    /// Returns the actor as canonical JSON, as a record's line holds it.
    #[must_use]
    pub fn canonical(&self) -> String {
        line::canonical_actor(self)
    }

    /// Returns the same actor, acting on behalf of another.
    #[must_use]
    pub fn on_behalf_of(mut self, principal: impl Into<Actor>) -> Self {
        self.on_behalf_of = Some(Box::new(principal.into()));
        self
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ActorKind::User => {}
            ActorKind::Service => formatter.write_str("service ")?,
            ActorKind::System => formatter.write_str("system ")?,
        }
        match &self.display {
            Some(display) => Printable(display).fmt(formatter)?,
            None => self.id.fmt(formatter)?,
        }
        match &self.on_behalf_of {
            Some(principal) => write!(formatter, " for {principal}"),
            None => Ok(()),
        }
    }
}

/// [`Actor`] for a format with names.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Actor", deny_unknown_fields)]
struct WireActor {
    kind: ActorKind,
    id: Id,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<Box<Actor>>,
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            WireActor::serialize(self, serializer)
        } else {
            binary::serialize(self, serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return binary::deserialize(deserializer);
        }
        let actor = WireActor::deserialize(deserializer)?;
        actor.check().map_err(de::Error::custom)?;
        Ok(actor)
    }
}

impl From<&Actor> for Actor {
    fn from(actor: &Actor) -> Self {
        actor.clone()
    }
}

macro_rules! user_from {
    ($($name:ty)*) => {$(
        impl From<$name> for Actor {
            fn from(id: $name) -> Self {
                Actor::user(id)
            }
        }
    )*};
}

// One by one: `impl<I: Into<Id>> From<I> for Actor` overlaps with `From<Actor> for Actor`.
user_from!(Id &Id Uuid i8 i16 i32 i64 isize u8 u16 u32 u64 usize char);
user_from!(&str String &String Cow<'_, str> &Cow<'_, str> Box<str> &Box<str> Rc<str> &Rc<str> Arc<str> &Arc<str>);
user_from!(
    NonZeroI8 NonZeroI16 NonZeroI32 NonZeroI64 NonZeroIsize NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroUsize
);
