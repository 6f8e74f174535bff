//! The desk: the reports in memory and the log, behind one mutex.
//!
//! If two requests race for a report, one is first. The other is checked in the state that the first has
//! reached, and gets the error that its transition is not allowed there. A store with a unique version does the same for
//! several processes.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use tollgate::sink::{self, Offer, Receipt, Scope};
use tollgate::uuid::Uuid;
use tollgate::{AnyStep, Cause, Record, Sink, StateMachine};

use super::problem::Problem;
use super::report::{AnyReport, Report, ReportMachine, ReportState, ReportTransition, View};
use super::request::{BadRequest, check_optional_text, check_text};
use super::restore::restore;

/// The sink of the desk: a file, memory, or one that refuses at times.
type Log = Box<dyn Sink<Error = io::Error> + Send>;

/// The request of a client: `{"transition": {"submit": {"reviewer": "bob"}}, "reason": "it is ready"}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Command {
    transition: ReportTransition,
    #[serde(default)]
    reason: Option<String>,
}

impl Command {
    /// Refuses texts that are too long or have control characters. If a required reason is blank, the machine refuses the
    /// step.
    fn check(&self) -> Result<(), BadRequest> {
        if let ReportTransition::Submit { reviewer } = &self.transition {
            check_text("reviewer", reviewer)?;
        }
        check_optional_text("reason", self.reason.as_deref().unwrap_or_default())
    }
}

/// A report to be created: `{"title": "Street trees"}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    title: String,
}

/// The desk, shared by all requests.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Mutex<Content>>);

struct Content {
    reports: BTreeMap<u64, Slot>,
    last_id: u64,
    trail: Trail,
}

/// A report, or the step of one that the log has refused. The step holds the report, in its old state.
enum Slot {
    At(AnyReport),
    Waiting(Uuid, Box<AnyStep<ReportState>>),
}

impl Slot {
    fn report(&self) -> &AnyReport {
        match self {
            Slot::At(report) => report,
            Slot::Waiting(_, step) => step.machine(),
        }
    }

    /// Returns the report, and discards a step that waits. This log writes nothing when it refuses. With a log that may have
    /// written the record and lost the answer, look the record's id up first.
    fn into_report(self) -> AnyReport {
        match self {
            Slot::At(report) => report,
            Slot::Waiting(_, step) => step.into_machine(),
        }
    }
}

/// A log of any type, with its errors as `io::Error`.
struct Plain<K>(K);

impl<K: Sink<Error: Into<io::Error>>> Sink for Plain<K> {
    type Error = io::Error;

    fn on_success(&mut self, record: &Record) -> io::Result<()> {
        self.0.on_success(record).map_err(Into::into)
    }

    // A sink around another passes the offer on: the file inside learns the chart from it, and writes it next to the log.
    fn accept(&mut self, offer: Offer<'_>) -> io::Result<Receipt> {
        self.0.accept(offer).map_err(Into::into)
    }

    fn on_refusal(&mut self, record: &Record) -> io::Result<()> {
        self.0.on_refusal(record).map_err(Into::into)
    }
}

/// The log, and a copy of what it has accepted, for histories.
struct Trail {
    log: Log,
    records: Vec<Record>,
}

impl Sink for Trail {
    type Error = io::Error;

    fn on_success(&mut self, record: &Record) -> io::Result<()> {
        self.accept(Offer::new(record)).map(drop)
    }

    fn accept(&mut self, offer: Offer<'_>) -> io::Result<Receipt> {
        let receipt = self.log.accept(offer)?;
        self.records.push(offer.record().clone());
        Ok(receipt)
    }

    fn on_refusal(&mut self, record: &Record) -> io::Result<()> {
        self.log.on_refusal(record)?;
        self.records.push(record.clone());
        Ok(())
    }
}

impl Desk {
    /// Builds the desk on a log that holds these records: each report is in the state of its last record, and new reports
    /// get the next numbers.
    pub(crate) fn restore(
        log: impl Sink<Error: Into<io::Error>> + Send + 'static,
        records: Vec<Record>,
    ) -> Result<Self, String> {
        let reports = restore(&records)?;
        let last_id = reports.last_key_value().map_or(0, |(id, _)| *id);
        let reports = reports.into_iter().map(|(id, report)| (id, Slot::At(report))).collect();
        let trail = Trail { log: Box::new(Plain(log)), records };
        Ok(Self(Arc::new(Mutex::new(Content { reports, last_id, trail }))))
    }

    /// Returns how many reports there are.
    pub(crate) fn len(&self) -> usize {
        self.lock().reports.len()
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The author of a report is the actor who creates it, so an actor is required.
    pub(crate) fn create(&self, draft: Draft, scope: &Scope) -> Result<View, Problem> {
        let author = scope.actor().filter(|actor| !actor.id.is_blank());
        let author = author.ok_or(Problem::NoAuthor)?.clone();
        // A draft may lack a title: the guard requires one when it is submitted.
        check_optional_text("title", &draft.title)?;
        let mut content = self.lock();
        let id = content.last_id.checked_add(1).ok_or_else(|| Problem::Other("all numbers are used".to_owned()))?;
        // The creation holds the title, so that the log alone is enough to restore the report.
        let title = draft.title.clone();
        let mut step = ReportMachine::create(Report { id, title: draft.title, author }).with("title", title);
        let record = step.record_id();
        let created = step.commit(sink::adapt(&mut content.trail).scoped(scope));
        // A creation that the log refuses is dropped: there is no report yet whose step could wait.
        let report = created.map_err(|refused| {
            let refusal = refused.to_client();
            match refused.into_cause() {
                Cause::Sink(error) => Problem::Log { error, record: Some(record), retry: None },
                _ => Problem::Refused(Box::new(refusal)),
            }
        })?;
        content.last_id = id;
        let report = AnyReport::from(report);
        let view = View::of(&report, scope.actor());
        content.reports.insert(id, Slot::At(report));
        Ok(view)
    }

    pub(crate) fn show(&self, id: u64, scope: &Scope) -> Result<View, Problem> {
        let content = self.lock();
        let held = content.reports.get(&id).ok_or_else(|| unknown(id))?;
        Ok(View::of(held.report(), scope.actor()))
    }

    pub(crate) fn history(&self, id: u64) -> Result<Vec<Record>, Problem> {
        let content = self.lock();
        let held = content.reports.get(&id).ok_or_else(|| unknown(id))?;
        let subject = ReportState::subject_ref(held.report());
        let is_of = |record: &&Record| record.subject.as_ref() == Some(&subject);
        Ok(content.trail.records.iter().filter(is_of).cloned().collect())
    }

    pub(crate) fn fire(&self, id: u64, command: Command, scope: &Scope) -> Result<View, Problem> {
        command.check()?;
        let mut content = self.lock();
        let report = content.reports.remove(&id).ok_or_else(|| unknown(id))?.into_report();
        let (held, outcome) = match report.fire(command.transition) {
            Ok(step) => {
                let step = match command.reason {
                    Some(reason) => step.because(reason),
                    None => step,
                };
                commit(step, scope, &mut content.trail)
            }
            Err(not_allowed) => {
                let (problem, report) = Problem::not_allowed(not_allowed);
                (Slot::At(report), Err(problem))
            }
        };
        content.reports.insert(id, held);
        outcome
    }

    /// Commits the step that waits, with the same record id. It keeps the actor and the
    /// request of the first try.
    pub(crate) fn retry(&self, id: u64, record: Uuid, scope: &Scope) -> Result<View, Problem> {
        let mut content = self.lock();
        let (held, outcome) = match content.reports.remove(&id).ok_or_else(|| unknown(id))? {
            Slot::Waiting(waiting, step) if waiting == record => commit(*step, scope, &mut content.trail),
            other => (other, Err(Problem::Unknown(format!("no step of report {id} waits as record {record}")))),
        };
        content.reports.insert(id, held);
        outcome
    }
}

fn unknown(id: u64) -> Problem {
    Problem::Unknown(format!("there is no report {id}"))
}

/// The entry that the desk keeps after an error, and the response for the client.
fn commit(mut step: AnyStep<ReportState>, scope: &Scope, trail: &mut Trail) -> (Slot, Result<View, Problem>) {
    let record = step.record_id();
    let refused = match step.commit(sink::adapt(trail).scoped(scope)) {
        Ok(report) => {
            let view = View::of(&report, scope.actor());
            return (Slot::At(report), Ok(view));
        }
        Err(refused) => refused,
    };
    // A refusal that the log could not write is a failure of the log.
    let unrecorded = refused.refusal_error().map(|error| io::Error::new(error.kind(), error.to_string()));
    let refusal = refused.to_client();
    match (refused.into_parts(), unrecorded) {
        ((_, step), Some(error)) => {
            (Slot::At(step.into_machine()), Err(Problem::Log { error, record: None, retry: None }))
        }
        ((Cause::Sink(error), step), None) => {
            let retry = Some(format!("/reports/{}/retries/{record}", step.machine().id));
            (Slot::Waiting(record, Box::new(step)), Err(Problem::Log { error, record: Some(record), retry }))
        }
        ((_, step), None) => (Slot::At(step.into_machine()), Err(Problem::Refused(Box::new(refusal)))),
    }
}
