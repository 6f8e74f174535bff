//! A real machine: the status of a Task in HL7 FHIR R4, after the state machine in its documentation.

use std::collections::BTreeSet;

use tollgate::chrono::{DateTime, Utc};
use tollgate::serde_json::{self, json};
use tollgate::{Actor, Cause, Id, Record, StateMachine, Subject};

use crate::Tested;
use crate::trail::moves;

/// A Task: its requester, and its owner.
#[derive(Debug, Clone, PartialEq, Subject)]
pub(crate) struct Task {
    #[subject(id)]
    id: String,
    requester: Id,
    owner: Id,
}

impl Task {
    fn new() -> Self {
        Self { id: "task/17".to_owned(), requester: "Practitioner/ann".into(), owner: "Organization/lab".into() }
    }

    fn is_owner(&self, actor: &Actor) -> Result<(), String> {
        self.is(&self.owner, actor, "owner")
    }

    fn is_requester(&self, actor: &Actor) -> Result<(), String> {
        self.is(&self.requester, actor, "requester")
    }

    /// An actor that acts on behalf of a permitted actor is permitted too.
    fn is(&self, wanted: &Id, actor: &Actor, role: &str) -> Result<(), String> {
        let principal = actor.on_behalf_of.as_deref().unwrap_or(actor);
        if principal.id == *wanted { Ok(()) } else { Err(format!("{actor} is not the {role} of {}", self.id)) }
    }
}

// The figure draws no arrow to `entered-in-error`: by its definition any task can turn out never to have
// been one. So no other state is terminal here, though the figure ends in four of them.
#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Task, name = "Task.status", rename_all = "kebab-case")]
#[transition(prepare,  from = Draft,     to = Ready,     permission = Task::is_requester)]
#[transition(request,  from = Draft,     to = Requested, permission = Task::is_requester)]
#[transition(receive,  from = Requested, to = Received,  permission = Task::is_owner)]
#[transition(accept,   from = Requested | Received, to = Accepted, permission = Task::is_owner)]
#[transition(reject,   from = Requested | Received, to = Rejected, permission = Task::is_owner, requires(reason))]
#[transition(start,    from = Ready | Accepted, to = InProgress, permission = Task::is_owner)]
#[transition(hold,     from = InProgress, to = OnHold,    permission = Task::is_owner, requires(reason))]
#[transition(resume,   from = OnHold,     to = InProgress, permission = Task::is_owner)]
#[transition(complete, from = InProgress, to = Completed, permission = Task::is_owner)]
#[transition(fail,     from = InProgress, to = Failed,    permission = Task::is_owner, requires(reason))]
#[transition(
    cancel,
    from = Draft | Ready | Requested | Received | Accepted,
    to = Cancelled,
    permission = Task::is_requester,
    requires(reason)
)]
#[transition(mark_as_error, from = _, to = EnteredInError, requires(actor, reason))]
pub(crate) enum TaskStatus {
    #[state(initial)]
    Draft,
    #[state(initial)]
    Requested,
    Received,
    Accepted,
    Rejected,
    #[state(initial)]
    Ready,
    Cancelled,
    InProgress,
    OnHold,
    Failed,
    Completed,
    #[state(terminal)]
    EnteredInError,
}

/// The codes of the value set `http://hl7.org/fhir/ValueSet/task-status`, in its order.
const CODES: [&str; 12] = [
    "draft",
    "requested",
    "received",
    "accepted",
    "rejected",
    "ready",
    "cancelled",
    "in-progress",
    "on-hold",
    "failed",
    "completed",
    "entered-in-error",
];

/// The arrows of the figure, copied manually; the frame around five states leads to `cancelled`.
const FIGURE: [(&str, &str); 18] = [
    ("draft", "ready"),
    ("draft", "requested"),
    ("draft", "cancelled"),
    ("requested", "received"),
    ("requested", "accepted"),
    ("requested", "rejected"),
    ("received", "accepted"),
    ("received", "rejected"),
    ("ready", "in-progress"),
    ("accepted", "in-progress"),
    ("in-progress", "on-hold"),
    ("on-hold", "in-progress"),
    ("in-progress", "completed"),
    ("in-progress", "failed"),
    ("ready", "cancelled"),
    ("requested", "cancelled"),
    ("received", "cancelled"),
    ("accepted", "cancelled"),
];

fn requester() -> Actor {
    Actor::user("Practitioner/ann")
}

fn owner() -> Actor {
    Actor::service("worklist").on_behalf_of("Organization/lab")
}

#[test]
fn the_chart_is_the_figure_and_the_codes_are_those_of_the_value_set() {
    let chart = TaskStatus::CHART;
    assert_eq!(chart.states.iter().map(|state| state.name).collect::<Vec<_>>(), CODES);
    let (errors, drawn): (Vec<_>, Vec<_>) =
        chart.edges.iter().map(|edge| (edge.from, edge.to)).partition(|(_, to)| *to == "entered-in-error");
    assert_eq!(BTreeSet::from_iter(drawn.iter().copied()), BTreeSet::from(FIGURE));
    assert_eq!(drawn.len(), FIGURE.len());
    let sources: Vec<_> = errors.into_iter().map(|(from, _)| from).collect();
    assert_eq!(sources, CODES[..11], "any task may turn out to be an error, but for one that did");
}

#[test]
fn an_order_is_requested_accepted_done_and_each_by_the_one_who_may() -> Tested {
    let mut log = Vec::new();
    let task = TaskMachine::create_draft(Task::new()).by(requester()).commit(&mut log)?;
    let refused = task.request().by(owner()).commit(&mut log).expect_err("the lab does not order");
    let Cause::Permission { name, reason } = refused.cause() else { return Err("it is no permission".into()) };
    assert_eq!(*name, "Task::is_requester");
    assert_eq!(reason, "service worklist for Organization/lab is not the requester of task/17");
    let task = refused.into_step().by(requester()).commit(&mut log)?;
    let task = task.receive().by(owner()).commit(&mut log)?;
    let task = task.accept().by(owner()).commit(&mut log)?;
    let task = task.start().by(owner()).commit(&mut log)?;
    let task = task.hold().by(owner()).because("the machine is down").commit(&mut log)?;
    let task = task.resume().by(owner()).commit(&mut log)?;
    let task = task.complete().by(owner()).commit(&mut log)?;
    assert_eq!(
        moves(&log),
        [
            "create:  -> draft",
            "request: draft -> requested",
            "receive: requested -> received",
            "accept: received -> accepted",
            "start: accepted -> in-progress",
            "hold: in-progress -> on-hold",
            "resume: on-hold -> in-progress",
            "complete: in-progress -> completed",
        ]
    );
    let task = task.mark_as_error().by(requester()).because("another patient").commit(&mut log)?;
    let any = AnyTask::replay(Task::new(), &log)?;
    assert_eq!(any.into_parts(), task.into_parts());
    Ok(())
}

#[test]
fn a_task_can_begin_requested_or_ready_and_nowhere_else() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let _ = TaskMachine::create_requested(Task::new()).commit(&mut log)?;
    let _ = TaskMachine::create_ready(Task::new()).commit(&mut log)?;
    assert_eq!(moves(&log), ["create:  -> requested", "create:  -> ready"]);
    let initial: Vec<_> = TaskStatus::CHART.initial().map(|state| state.name).collect();
    assert_eq!(initial, ["draft", "requested", "ready"]);
    log.truncate(1);
    log[0].to = Some("in-progress".into());
    let error = AnyTask::replay(Task::new(), &log).expect_err("it cannot begin so");
    let words = "a subject is not created in `in-progress`; it is created in draft, requested, ready";
    assert_eq!(error.why.to_string(), words);
    Ok(())
}

#[test]
fn a_task_of_another_system_is_imported_with_its_times() -> Tested {
    // In the order of a bundle: code, time, actor.
    let history = [
        ("request", "2026-03-01T08:00:00Z", "Practitioner/ann"),
        ("accept", "2026-03-01T08:30:00+00:00", "Organization/lab"),
        ("start", "2026-03-01T10:30:00+02:00", "Organization/lab"),
        ("complete", "2026-03-02T00:00:00Z", "Organization/lab"),
    ];
    let at: DateTime<Utc> = "2026-03-01T07:00:00Z".parse()?;
    let mut log = Vec::new();
    let task = TaskMachine::create_draft(Task::new()).by(requester()).at(at).commit(&mut log)?;
    let mut any = AnyTask::from(task);
    for (name, at, actor) in history {
        let command: TaskTransition = serde_json::from_value(json!(name))?;
        any = any.fire(command)?.by(actor).at(DateTime::parse_from_rfc3339(at)?.to_utc()).commit(&mut log)?;
    }
    assert_eq!(any.state().name, "completed");
    assert!(log.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert_eq!(log[3].at, log[2].at, "half past ten in the east is half past eight");
    Ok(())
}

#[test]
fn what_a_worklist_shows_depends_on_who_looks() {
    let names =
        |any: &AnyTask, actor: &Actor| any.available_to(actor).iter().map(|edge| edge.transition).collect::<Vec<_>>();
    let requested = AnyTask::resume(Task::new(), TaskStatus::Requested, 2);
    assert_eq!(names(&requested, &owner()), ["receive", "accept", "reject", "mark_as_error"]);
    assert_eq!(names(&requested, &requester()), ["cancel", "mark_as_error"]);
    let running = AnyTask::resume(Task::new(), TaskStatus::InProgress, 2);
    assert_eq!(names(&running, &requester()), ["mark_as_error"], "work that has begun is not cancelled");
    let void = AnyTask::resume(Task::new(), TaskStatus::EnteredInError, 2);
    assert!(names(&void, &owner()).is_empty());
}
