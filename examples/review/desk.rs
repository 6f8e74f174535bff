//! The desk: it applies commands to reports and keeps a list of refusals.

use std::collections::BTreeMap;
use std::{fmt, io};

use tollgate::chart::Requirement;
use tollgate::chrono::{DateTime, Utc};
use tollgate::{Cause, CommitError, Sink, sink};

use crate::command::{self, Asked, Command, Create, What};
use crate::report::{AnyReport, Report, ReportMachine, ReportTransition};

/// The reports by number, and the result of each command. `E` is the error of the trail.
pub(crate) struct Desk<E = io::Error> {
    pub(crate) reports: BTreeMap<u64, AnyReport>,
    pub(crate) accepted: usize,
    pub(crate) refusals: Vec<Refusal<E>>,
}

/// A line that moved nothing.
pub(crate) struct Refusal<E> {
    pub(crate) line: usize,
    /// A malformed line has no command.
    pub(crate) asked: Option<Asked>,
    pub(crate) why: Why<E>,
}

/// Why a line moved nothing.
pub(crate) enum Why<E = io::Error> {
    Malformed(String),
    UnknownReport,
    CreatedBefore,
    /// The chart has no such edge. There was no step, so the trail has no record of it.
    Illegal(String),
    /// A commit was refused, and the trail has a record of the refusal.
    Refused(Cause<E>),
}

impl<E> Default for Desk<E> {
    fn default() -> Self {
        Self { reports: BTreeMap::new(), accepted: 0, refusals: Vec::new() }
    }
}

impl<E> Desk<E> {
    /// Counts a line that was worked through.
    pub(crate) fn note(&mut self, line: usize, asked: Option<Asked>, outcome: Result<(), Why<E>>) {
        match outcome {
            Ok(()) => self.accepted += 1,
            Err(why) => self.refusals.push(Refusal { line, asked, why }),
        }
    }
}

impl Desk {
    /// Works through the lines of a file of commands. Only a failure of the trail's file is an error.
    pub(crate) fn work(&mut self, lines: &[u8], trail: &mut dyn Sink<Error = io::Error>) -> io::Result<()> {
        for (line, command) in command::read_all(lines) {
            let (asked, outcome) = match command {
                Ok(command) => (Some(command.asked()), self.carry_out(command, trail)),
                Err(words) => (None, Err(Why::Malformed(words))),
            };
            if let Err(Why::Refused(Cause::Sink(error))) = outcome {
                return Err(error);
            }
            self.note(line, asked, outcome);
        }
        Ok(())
    }

    /// The sink fills in the actor for all steps, as it would for the steps of one request.
    fn carry_out(&mut self, command: Command, trail: &mut dyn Sink<Error = io::Error>) -> Result<(), Why> {
        let Command { report, what, by, because, at } = command;
        let note = Note { because, at };
        match by {
            Some(by) => self.take(report, what, note, &mut sink::adapt(trail).by(by)),
            None => self.take(report, what, note, trail),
        }
    }

    fn take(
        &mut self,
        number: u64,
        what: What,
        note: Note,
        trail: &mut dyn Sink<Error = io::Error>,
    ) -> Result<(), Why> {
        match what {
            What::Create(_) if self.reports.contains_key(&number) => Err(Why::CreatedBefore),
            What::Create(Create { title }) => {
                let report = create(Report { number, title }, note, trail).map_err(Why::Refused)?;
                self.reports.insert(number, report);
                Ok(())
            }
            What::Fire(transition) => {
                let report = self.reports.remove(&number).ok_or(Why::UnknownReport)?;
                let (report, outcome) = fire(report, transition, note, trail);
                self.reports.insert(number, report);
                outcome
            }
        }
    }
}

/// The rest of a line: reason and time.
pub(crate) struct Note {
    pub(crate) because: Option<String>,
    pub(crate) at: Option<DateTime<Utc>>,
}

fn create(report: Report, note: Note, trail: &mut dyn Sink<Error = io::Error>) -> Result<AnyReport, Cause<io::Error>> {
    // The creation holds the title, so that the trail alone is enough to restore the report.
    let title = report.title.clone();
    let mut step = ReportMachine::create(report).with("title", title);
    if let Some(at) = note.at {
        step = step.at(at);
    }
    let created = match note.because {
        Some(reason) => step.because(reason).commit(trail).map_err(|refused| parts(refused).0),
        None => step.commit(trail).map_err(|refused| parts(refused).0),
    };
    created.map(AnyReport::from)
}

/// Returns the report in its resulting state, and the result of the transition.
fn fire(
    report: AnyReport,
    transition: ReportTransition,
    note: Note,
    trail: &mut dyn Sink<Error = io::Error>,
) -> (AnyReport, Result<(), Why>) {
    let mut step = match report.fire(transition) {
        Ok(step) => step,
        Err(not_allowed) => {
            let why = Why::Illegal(not_allowed.to_string());
            return (not_allowed.into_machine(), Err(why));
        }
    };
    if let Some(at) = note.at {
        step = step.at(at);
    }
    // A refused commit gives the step back, and the step the report.
    let fired = match note.because {
        Some(reason) => {
            step.because(reason).commit(trail).map_err(parts).map_err(|(cause, step)| (cause, step.into_machine()))
        }
        None => step.commit(trail).map_err(parts).map_err(|(cause, step)| (cause, step.into_machine())),
    };
    match fired {
        Ok(report) => (report, Ok(())),
        Err((cause, report)) => (report, Err(Why::Refused(cause))),
    }
}

/// The cause and the step. A refusal that the trail could not write is a failure of the trail.
fn parts<S>(refused: CommitError<S, io::Error>) -> (Cause<io::Error>, S) {
    let unrecorded = refused.refusal_error().map(|error| io::Error::new(error.kind(), error.to_string()));
    let (cause, step) = refused.into_parts();
    (unrecorded.map_or(cause, Cause::Sink), step)
}

impl<E> Why<E> {
    /// Whether the trail has a record of it.
    pub(crate) fn is_recorded(&self) -> bool {
        matches!(self, Why::Refused(cause) if !matches!(cause, Cause::Sink(_)))
    }

    /// The category under which it is counted.
    pub(crate) fn sort(&self) -> &'static str {
        match self {
            Why::Malformed(_) => "malformed line",
            Why::UnknownReport => "unknown report",
            Why::CreatedBefore => "created before",
            Why::Illegal(_) => "illegal transition",
            Why::Refused(Cause::Guard { .. }) => "guard",
            Why::Refused(Cause::Permission { .. }) => "permission",
            Why::Refused(Cause::Requirement(Requirement::Actor) | Cause::BlankRequirement(Requirement::Actor)) => {
                "no actor"
            }
            Why::Refused(Cause::Requirement(_) | Cause::BlankRequirement(_)) => "no reason",
            Why::Refused(Cause::Time { .. }) => "time goes back",
            Why::Refused(Cause::Sink(_)) => "conflict",
            Why::Refused(_) => "other",
        }
    }
}

impl<E: fmt::Display> fmt::Display for Why<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Malformed(words) => write!(formatter, "malformed line, skipped: {words}"),
            Why::UnknownReport => formatter.write_str("there is no such report"),
            Why::CreatedBefore => formatter.write_str("the report was created before"),
            Why::Illegal(words) => formatter.write_str(words),
            Why::Refused(cause) => cause.fmt(formatter),
        }
    }
}
