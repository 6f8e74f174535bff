//! The values that all commits of one request share: actor, IP address and request id.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use chrono::Utc;
use serde::Serialize;
use serde_json::Value;

use super::StepFields;
use super::fill::filled;
use super::layer::{FilledFields, Layer};
use crate::record::{Actor, Context, ContextDraft, Id, Record, new_id};

/// The values of one request for all of its commits: the actor, the IP address, the request id and other context.
///
/// Create one for each request, in the code that knows the connection and the login. A clone costs an atomic increment, and
/// tasks and threads can share it. [`Adapter::scoped`](super::Adapter::scoped) puts it in front of a sink.
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
/// assert_eq!(log[1].actor, Some("bob".into())); // the step's own actor wins
/// assert!(log.iter().all(|record| record.context.get(Scope::IP) == Some(&"127.0.0.1".into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The actor of a scope does not satisfy `requires(actor)` of a typed step: the compiler checks the type of the step before
/// the step meets the scope, and a scope can be without an actor. Call [`Step::by`](crate::Step::by) on such a step, or fire
/// the transition from a command: the commit then checks the requirement after the scope has filled in the actor.
///
/// A change of a scope does not change its clones. So a layer that learns the user continues with
/// `request.clone().by(user)`.
#[derive(Debug, Clone)]
pub struct Scope(Arc<ScopeState>);

#[derive(Debug, Clone)]
struct ScopeState {
    actor: Option<Actor>,
    context: ContextDraft,
}

impl Scope {
    /// The key under which a record's context holds the ip: a text.
    pub const IP: &'static str = "ip";

    /// The key under which a record's context holds the request's id: an integer or a text.
    pub const REQUEST_ID: &'static str = "request_id";

    /// Returns a scope with a new request id, a version 7 UUID, and nothing else.
    #[must_use]
    pub fn new() -> Self {
        let mut context = ContextDraft::new();
        context.set(Self::REQUEST_ID, new_id(Utc::now()).to_string());
        Self(Arc::new(ScopeState { actor: None, context }))
    }

    /// Sets the actor.
    #[must_use]
    pub fn by(mut self, actor: impl Into<Actor>) -> Self {
        self.change().actor = Some(actor.into());
        self
    }

    /// Sets the address of the client. An IPv4 address that arrived on an IPv6 socket is written as `192.0.2.1`, not as
    /// `::ffff:192.0.2.1`.
    #[must_use]
    pub fn ip(self, address: impl Into<IpAddr>) -> Self {
        self.with(Self::IP, address.into().to_canonical().to_string())
    }

    /// Sets the request id, in place of the generated one. A blank text changes nothing.
    ///
    /// An id that a client sends finds records, and proves nothing: the client has chosen it.
    #[must_use]
    pub fn request_id(self, id: impl Into<Id>) -> Self {
        let id = id.into();
        if id.is_blank() {
            return self;
        }
        let value = id.as_i64().map(Value::from).or_else(|| id.as_u64().map(Value::from));
        self.with(Self::REQUEST_ID, value.unwrap_or_else(|| id.to_string().into()))
    }

    /// Adds a value to the context, in its serde form. It replaces an earlier value of the key. A value that a record cannot
    /// hold is refused by each commit through this scope, as by [`Step::with`](crate::Step::with).
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl Serialize) -> Self {
        self.change().context.set(key, value);
        self
    }

    /// Returns the actor, if it is set.
    #[must_use]
    pub fn actor(&self) -> Option<&Actor> {
        self.0.actor.as_ref()
    }

    /// Returns the context that is filled in: always [`REQUEST_ID`](Scope::REQUEST_ID), [`IP`](Scope::IP) if it is set, and
    /// the values of [`with`](Scope::with).
    #[must_use]
    pub fn context(&self) -> &Context {
        self.0.context.context()
    }

    fn change(&mut self) -> &mut ScopeState {
        Arc::make_mut(&mut self.0)
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self::new()
    }
}

impl Layer for Scope {
    fn fill(&self, step: &mut StepFields<'_>) {
        if step.actor.is_none() {
            step.actor.clone_from(&self.0.actor);
        }
        step.context.fill_from(&self.0.context);
    }

    fn rewrite<'r>(&self, record: &'r Record, _: impl FnOnce() -> FilledFields) -> Cow<'r, Record> {
        let ScopeState { actor, context } = &*self.0;
        filled(self, record, record.actor.is_none() && actor.is_some() || context.is_open(&record.context))
    }
}
