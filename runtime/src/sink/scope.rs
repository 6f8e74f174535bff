//! What all commits of one request share: who acts, from where, and the request's id.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use chrono::Utc;
use serde::Serialize;
use serde_json::Value;

use super::FillIn;
use super::fill::filled;
use super::layer::{FilledIn, Layer};
use crate::record::{Actor, Context, ContextDraft, Id, Record, new_id};

/// What one request gives to everything that is committed for it: the actor, the ip, the request's id and
/// whatever else is known.
///
/// It is made once a request, by the code that knows the connection and the login; a clone costs an atomic
/// count, and it can be sent to and shared by tasks and threads. [`Adapter::scoped`](super::Adapter::scoped) joins it to
/// a sink.
///
/// ```
/// use std::net::Ipv4Addr;
/// use tollgate::sink::{self, Scope};
/// use tollgate::{Id, Record, StateMachine};
///
/// #[derive(StateMachine)]
/// #[transition(open, from = Shut, to = Ajar)]
/// enum DoorState {
///     #[state(initial)]
///     Shut,
///     #[state(terminal)]
///     Ajar,
/// }
///
/// let request = Scope::new().by("ann").ip(Ipv4Addr::LOCALHOST).request_id("r-1").with("agent", "curl");
///
/// let mut log: Vec<Record> = Vec::new();
/// let door = DoorMachine::create(Id::from(1)).commit(sink::adapt(&mut log).scoped(&request))?;
/// door.open().by("bob").commit(sink::adapt(&mut log).scoped(&request))?;
///
/// assert_eq!(log[0].actor, Some("ann".into()));
/// assert_eq!(log[1].actor, Some("bob".into())); // what a step says itself wins
/// assert!(log.iter().all(|record| record.context.get(Scope::IP) == Some(&"127.0.0.1".into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The actor of a scope does not satisfy `requires(actor)` of a typed step: the compiler checks the type of the step before
/// the step meets the scope, and a scope can be without an actor. Call [`Step::by`](crate::Step::by) on such a step, or fire the
/// transition from a command: the commit then checks the requirement after the scope has filled in the actor.
///
/// A scope that is changed after it was cloned is a scope of its own; the clones keep what they have. So a
/// layer that learns who is logged in goes on with `request.clone().by(user)`.
#[derive(Debug, Clone)]
pub struct Scope(Arc<Shared>);

#[derive(Debug, Clone)]
struct Shared {
    actor: Option<Actor>,
    context: ContextDraft,
}

impl Scope {
    /// The key under which a record's context holds the ip: a text.
    pub const IP: &'static str = "ip";

    /// The key under which a record's context holds the request's id: an integer or a text.
    pub const REQUEST_ID: &'static str = "request_id";

    /// A scope with an id for the request and nothing else: a version 7 UUID that is drawn here, so that the
    /// records of one request can be found together also where nobody named it.
    #[must_use]
    pub fn new() -> Self {
        let mut context = ContextDraft::new();
        context.set(Self::REQUEST_ID, new_id(Utc::now()).to_string());
        Self(Arc::new(Shared { actor: None, context }))
    }

    /// Says who acts.
    #[must_use]
    pub fn by(mut self, actor: impl Into<Actor>) -> Self {
        self.change().actor = Some(actor.into());
        self
    }

    /// Says from where the request came. An IPv4 address that arrived on an IPv6 socket is written as what it
    /// is: `192.0.2.1`, not `::ffff:192.0.2.1`.
    #[must_use]
    pub fn ip(self, address: impl Into<IpAddr>) -> Self {
        self.with(Self::IP, address.into().to_canonical().to_string())
    }

    /// Names the request, in place of the id that was drawn. A blank text names nothing and changes nothing.
    ///
    /// What a client sends is a text that the client has chosen: it finds records, and proves nothing.
    #[must_use]
    pub fn request_id(self, id: impl Into<Id>) -> Self {
        let id = id.into();
        if id.is_blank() {
            return self;
        }
        let value = id.as_i64().map(Value::from).or_else(|| id.as_u64().map(Value::from));
        self.with(Self::REQUEST_ID, value.unwrap_or_else(|| id.to_string().into()))
    }

    /// Adds what else is known, in the form that serde gives it. The last value of a key holds. A value that a record
    /// cannot hold is refused by each commit through this scope, as by [`Step::with`](crate::Step::with).
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl Serialize) -> Self {
        self.change().context.set(key, value);
        self
    }

    /// Who acts, where that is known.
    #[must_use]
    pub fn actor(&self) -> Option<&Actor> {
        self.0.actor.as_ref()
    }

    /// What is filled in: [`REQUEST_ID`](Scope::REQUEST_ID) always, [`IP`](Scope::IP) where it was said, and
    /// what else was.
    #[must_use]
    pub fn context(&self) -> &Context {
        self.0.context.context()
    }

    fn change(&mut self) -> &mut Shared {
        Arc::make_mut(&mut self.0)
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self::new()
    }
}

impl Layer for Scope {
    fn fill(&self, step: &mut FillIn<'_>) {
        if step.actor.is_none() {
            step.actor.clone_from(&self.0.actor);
        }
        step.context.fill_from(&self.0.context);
    }

    fn show<'r>(&self, record: &'r Record, _: impl FnOnce() -> FilledIn) -> Cow<'r, Record> {
        let Shared { actor, context } = &*self.0;
        filled(self, record, record.actor.is_none() && actor.is_some() || context.is_open(&record.context))
    }
}
