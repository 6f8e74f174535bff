//! A refusal for clients: codes and messages without Rust names, and no text of a sink.

use std::borrow::Cow;

use serde::Serialize;

use super::error::{Cause, backwards, exhausted};
use crate::machine::NO_REASON;
use crate::record::{Description, Printable};

/// A refusal for a client: what a web handler can return as JSON.
///
/// [`CommitError::to_client`](crate::CommitError::to_client) and [`NotAllowed::to_client`](crate::NotAllowed::to_client)
/// return it. The JSON has no field for an absent value.
///
/// Programs match on `code`. The codes are stable:
///
/// | code | cause |
/// | --- | --- |
/// | `illegal_transition` | [`NotAllowed`](crate::NotAllowed): no edge of the transition leaves the state; `allowed` names the transitions that do |
/// | `guard` | [`Cause::Guard`]: a guard did not hold; `guard` names it |
/// | `permission` | [`Cause::Permission`]: the permission was not given; `permission` names it |
/// | `actor_required` | [`Cause::Requirement`], [`Cause::BlankRequirement`]: an actor is required, and was not given or is blank |
/// | `reason_required` | [`Cause::Requirement`], [`Cause::BlankRequirement`]: a reason is required, and was not given or is blank |
/// | `time_before_last_record` | [`Cause::Time`]: the given time is before the subject's last record |
/// | `not_recordable` | [`Cause::Data`]: a record cannot hold a value; `field` is the path to it |
/// | `version_exhausted` | [`Cause::Version`]: no version can follow the subject's last one |
/// | `sink` | [`Cause::Sink`]: the sink refused the record or failed; the message contains no text of the sink |
///
/// ```
/// use tollgate::{Id, StateMachine, serde_json};
///
/// #[derive(StateMachine)]
/// #[transition(pay, from = Open, to = Paid)]
/// #[transition(ship, from = Paid, to = Shipped)]
/// enum OrderState {
///     #[state(initial)]
///     Open,
///     Paid,
///     #[state(terminal)]
///     Shipped,
/// }
///
/// let order = AnyOrder::resume(Id::from(7), OrderState::Open, 1);
/// let Err(not_allowed) = order.fire(OrderTransition::Ship) else { panic!("nothing is shipped unpaid") };
/// assert_eq!(
///     serde_json::to_value(not_allowed.to_client())?,
///     serde_json::json!({
///         "code": "illegal_transition",
///         "message": "`ship` does not leave `Open`",
///         "machine": "Order",
///         "transition": "ship",
///         "from": "Open",
///         "allowed": ["pay"],
///     }),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// The stable name of the kind of refusal.
    pub code: &'static str,
    /// The message for a person: the reason of the guard or the permission, if it gave one.
    pub message: String,
    /// The recorded name of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<Cow<'static, str>>,
    /// The recorded name of the transition; `create` for a creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition: Option<Cow<'static, str>>,
    /// The recorded name of the state, in which the subject still is. `None` for a creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Cow<'static, str>>,
    /// The recorded name of the state that was not reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Cow<'static, str>>,
    /// The recorded name of the event, if the step was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Cow<'static, str>>,
    /// The guard that did not hold, as it was written in the declaration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guard: Option<&'static str>,
    /// The permission that was not given, as it was written in the declaration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<&'static str>,
    /// The path to the value that a record cannot hold: `context.score`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The recorded names of the transitions that leave the state, whether or not their guards hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<&'static str>>,
    /// The position of the refused step among several, counted from 0. If the sink refused all of them, this and the names
    /// of the step are absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
}

impl Refusal {
    fn new(code: &'static str, message: String) -> Self {
        Self {
            code,
            message,
            machine: None,
            transition: None,
            from: None,
            to: None,
            event: None,
            guard: None,
            permission: None,
            field: None,
            allowed: None,
            position: None,
        }
    }

    pub(super) fn of<E>(cause: &Cause<E>, step: Option<Description>, position: Option<usize>) -> Self {
        let name = step.as_ref().and_then(|step| step.transition.as_deref().or(step.event.as_deref()));
        let mut refusal = Self {
            position,
            ..Self::new(cause.code(), message(cause, &name.map_or("the steps".to_owned(), |name| format!("`{name}`"))))
        };
        match cause {
            Cause::Guard { name, .. } => refusal.guard = Some(name),
            Cause::Permission { name, .. } => refusal.permission = Some(name),
            Cause::Data(error) => refusal.field = Some(error.field.clone()),
            _ => {}
        }
        let Some(Description { machine, transition, from, to, event, .. }) = step else { return refusal };
        Self { machine, transition, from, to, event, ..refusal }
    }

    /// Returns the refusal of a transition that does not leave the state.
    pub(crate) fn not_allowed(
        code: &'static str,
        [machine, transition, from]: [&'static str; 3],
        allowed: Vec<&'static str>,
    ) -> Self {
        Self {
            machine: Some(machine.into()),
            transition: Some(transition.into()),
            from: Some(from.into()),
            allowed: Some(allowed),
            ..Self::new(code, format!("`{transition}` does not leave `{from}`"))
        }
    }
}

/// Returns the message for a client. A guard that returns `bool` gives no reason. `step` is the name of the step in backticks.
fn message<E>(cause: &Cause<E>, step: &str) -> String {
    match cause {
        Cause::Guard { reason, .. } if reason == NO_REASON => format!("a condition of {step} does not hold"),
        Cause::Permission { reason, .. } if reason == NO_REASON => format!("the actor has no permission for {step}"),
        Cause::Guard { reason, .. } | Cause::Permission { reason, .. } => Printable(reason).to_string(),
        Cause::Requirement(requirement) => format!("{requirement} is required"),
        Cause::BlankRequirement(requirement) => format!("{requirement} is required, and the one given is blank"),
        Cause::Time { given, last } => backwards(*given, *last),
        // The rest of the text may come from an implementation of `Serialize`, which clients need not read.
        Cause::Data(error) => format!("`{}` cannot be recorded", Printable(&error.field)),
        Cause::Version { last } => exhausted(*last),
        Cause::Sink(_) => format!("recording {step} failed"),
    }
}
