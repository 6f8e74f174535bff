//! The order of a commit: guards as declared, permission, record, sink, new state; and the values that a step takes.

use std::cell::RefCell;
use std::rc::Rc;

use serde::{Serialize, Serializer};
use tollgate::chrono::{DateTime, TimeDelta, Utc};
use tollgate::{Actor, Cause, NoAudit, Record, RecordKind, StateMachine, Subject, sink};

use crate::Tested;
use crate::faulty::Both;
use crate::report::{AnyReport, Report, ReportMachine, ReportState, ReportTransition, draft, in_review};
use crate::trail::{moves, versions};

/// The calls, in order.
type Journal = Rc<RefCell<Vec<&'static str>>>;

/// A subject whose guards, permission and data log their calls.
#[derive(Subject)]
struct Parcel {
    #[subject(id)]
    id: &'static str,
    journal: Journal,
    refused_by: Option<&'static str>,
}

impl Parcel {
    fn of(refused_by: Option<&'static str>) -> (Self, Journal) {
        let journal = Journal::default();
        (Self { id: "parcel", journal: Rc::clone(&journal), refused_by }, journal)
    }

    fn ask(&self, name: &'static str) -> bool {
        self.journal.borrow_mut().push(name);
        self.refused_by != Some(name)
    }

    fn zulu(&self) -> bool {
        self.ask("zulu")
    }

    fn alpha(&self) -> Result<(), String> {
        if self.ask("alpha") { Ok(()) } else { Err(format!("`{}` is not ready", self.id)) }
    }

    fn permitted(&self, _: &Actor) -> bool {
        self.ask("permitted")
    }
}

/// Data that logs when it is read for the record.
struct Label(Journal);

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.borrow_mut().push("record");
        serializer.serialize_str("label")
    }
}

impl<'de> serde::Deserialize<'de> for Label {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Self(Journal::default()))
    }
}

// The guards are declared against the order of their letters, so that a sorted list would show.
#[derive(StateMachine)]
#[machine(subject = Parcel)]
#[transition(send, from = Packed, to = Sent, guard = [Parcel::zulu, Parcel::alpha], permission = Parcel::permitted)]
enum ParcelState {
    #[state(initial)]
    Packed,
    #[state(terminal, record)]
    Sent(Label),
}

fn packed(refused_by: Option<&'static str>) -> (ParcelMachine<parcel_state::Packed>, Journal) {
    let (parcel, journal) = Parcel::of(refused_by);
    let machine = ParcelMachine::create(parcel).commit(NoAudit).expect("nothing guards a creation");
    (machine, journal)
}

#[test]
fn guards_as_declared_then_permission_then_record_then_sink() -> Tested {
    let (parcel, journal) = packed(None);
    let told = Rc::clone(&journal);
    let log = sink::from_fn(move |_: &Record| {
        told.borrow_mut().push("sink");
        Ok::<(), std::fmt::Error>(())
    });
    let label = Label(Rc::clone(&journal));
    let _ = parcel.send(label).by("ann").commit(log)?;
    assert_eq!(*journal.borrow(), ["zulu", "alpha", "permitted", "record", "sink"]);
    Ok(())
}

#[test]
fn the_first_that_does_not_hold_ends_it() {
    let cases = [
        ("zulu", vec!["zulu"], "guard `Parcel::zulu`: does not hold"),
        ("alpha", vec!["zulu", "alpha"], "guard `Parcel::alpha`: `parcel` is not ready"),
        ("permitted", vec!["zulu", "alpha", "permitted"], "permission `Parcel::permitted`: does not hold"),
    ];
    for (refused_by, asked, words) in cases {
        let (parcel, journal) = packed(Some(refused_by));
        let mut log = Both::default();
        let label = Label(Rc::clone(&journal));
        let refused = parcel.send(label).by("ann").commit(&mut log).expect_err("it does not hold");
        assert_eq!(*journal.borrow(), asked);
        assert_eq!(refused.cause().to_string(), words);
        assert!(log.successes.is_empty(), "the transition was offered to the sink");
        assert_eq!(log.refusals.len(), 1);
    }
}

#[test]
fn a_missing_requirement_is_told_before_a_guard_is_asked() {
    let (parcel, journal) = packed(Some("zulu"));
    let label = Label(Rc::clone(&journal));
    let refused = parcel.send(label).by(" ").commit(&mut Vec::new()).expect_err("nobody acts");
    assert!(matches!(refused.cause(), Cause::BlankRequirement(tollgate::chart::Requirement::Actor)));
    assert!(journal.borrow().is_empty());
}

#[test]
fn the_sink_is_asked_before_there_is_a_new_state() -> Tested {
    let (report, _) = in_review();
    let mut seen = None;
    let log = sink::from_fn(|record: &Record| {
        seen = Some((record.from.clone(), record.to.clone(), record.version));
        Ok::<(), std::fmt::Error>(())
    });
    let report = report.reject().by("bob").because("no sources").commit(log)?;
    assert_eq!(seen, Some((Some("Review".into()), Some("Draft".into()), Some(3))));
    assert_eq!(report.version(), 3);
    Ok(())
}

#[test]
fn a_record_says_who_why_what_and_whence() -> Tested {
    let (report, mut log) = in_review();
    let before = Utc::now();
    let step = report.reject().by(Actor::service("bot").on_behalf_of("bob")).because("no sources");
    let report = step.with("ip", "::1").with("attempt", 1).with("attempt", 2).commit(&mut log)?;
    let record = log.last().ok_or("there is a record")?;
    assert_eq!(record.kind, RecordKind::Transition);
    assert_eq!(record.subject.as_ref().map(ToString::to_string).as_deref(), Some("Report 7"));
    assert_eq!((record.machine.as_deref(), record.chart), (Some("Report"), Some(ReportState::CHART.fingerprint)));
    assert_eq!(record.version, Some(report.version()));
    assert_eq!(record.actor.as_ref().map(ToString::to_string).as_deref(), Some("service bot for bob"));
    assert_eq!(record.reason.as_deref(), Some("no sources"));
    let context: Vec<String> = record.context.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(context, ["attempt=2", "ip=\"::1\""]);
    assert_eq!((record.data.as_ref(), record.refusal.as_ref()), (None, None));
    assert!(record.at >= before && record.at <= Utc::now());
    assert_eq!(record.id.get_version_num(), 7);
    Ok(())
}

#[test]
fn a_creation_is_a_step_like_any_other() -> Tested {
    let mut log = Both { is_down: true, ..Both::default() };
    let refused = ReportMachine::create(Report::titled("Water")).by("ann").commit(&mut log).expect_err("it is down");
    assert_eq!(refused.to_string(), "`create` of Report 7: the sink refused: the log is down");
    log.is_down = false;
    let report = refused.into_step().commit(&mut log)?;
    assert_eq!(report.version(), 1);
    let [record] = &log.successes[..] else { return Err("one record".into()) };
    assert_eq!((record.kind, record.version), (RecordKind::Creation, Some(1)));
    assert_eq!(moves(&log.successes), ["create:  -> Draft"]);
    assert_eq!((record.from.as_ref(), record.actor.as_ref()), (None, Some(&Actor::user("ann"))));
    Ok(())
}

#[test]
fn a_step_that_is_not_committed_changes_and_records_nothing() -> Tested {
    let (report, mut log) = in_review();
    let report = report.reject().by("bob").because("a slip").into_machine();
    assert_eq!((report.version(), report.data().reviewer.as_str()), (2, "bob"));
    let _ = report.approve(crate::report::Publication { issue: 1 }).by("bob").commit(&mut log)?;
    assert_eq!(versions(&log), [1, 2, 3]);
    Ok(())
}

#[test]
fn a_step_that_requires_nothing_keeps_its_type_whatever_is_said() -> Tested {
    for (actor, reason) in [(None, None), (Some("ann"), None), (None, Some("old")), (Some("ann"), Some("old"))] {
        let (report, mut log) = draft();
        let mut step = report.archive();
        if let Some(actor) = actor {
            step = step.by(actor);
        }
        if let Some(reason) = reason {
            step = step.because(reason);
        }
        let _ = step.commit(&mut log)?;
        assert_eq!(log[1].actor.as_ref().and_then(|actor| actor.id.as_str()), actor);
        assert_eq!(log[1].reason.as_deref(), reason);
    }
    Ok(())
}

#[test]
fn commit_with_a_blank_actor_or_reason_is_refused_as_blank() {
    for (actor, reason, words) in [
        ("", "why", "it requires an actor, and the one given is blank"),
        (" \t", "why", "it requires an actor, and the one given is blank"),
        ("bob", "", "it requires a reason, and the one given is blank"),
        ("bob", "\n ", "it requires a reason, and the one given is blank"),
    ] {
        let (report, mut log) = in_review();
        let refused = report.reject().by(actor).because(reason).commit(&mut log).expect_err("something is blank");
        assert_eq!(refused.cause().to_string(), words);
        assert!(matches!(refused.cause(), Cause::BlankRequirement(_)));
        assert_eq!(log.len(), 2);
    }
}

#[test]
fn a_time_before_the_last_record_is_refused() -> Tested {
    let (report, mut log) = draft();
    let last = log[0].at;
    let given = last - TimeDelta::nanoseconds(1);
    let refused = report.archive().at(given).commit(&mut log).expect_err("the time goes back");
    let Cause::Time { given: told, last: known } = refused.cause() else { return Err("it is about time".into()) };
    assert_eq!((*told, *known), (given, last));
    assert_eq!(refused.cause().to_string(), format!("the time {given} is before the subject's last record, {last}"));
    assert_eq!(log.len(), 1);
    let _ = refused.into_step().at(last).commit(&mut log)?;
    assert_eq!(log[1].at, last);
    Ok(())
}

#[test]
fn a_time_can_be_given_to_a_creation_and_is_kept() -> Tested {
    let at: DateTime<Utc> = "1969-07-20T20:17:40.000000001Z".parse()?;
    let mut log = Vec::new();
    let report = ReportMachine::create(Report::titled("Moon")).at(at).commit(&mut log)?;
    let _ = report.archive().at(at).commit(&mut log)?;
    assert_eq!((log[0].at, log[1].at), (at, at));
    assert!(log[0].id != log[1].id);
    Ok(())
}

#[test]
fn a_clock_that_steps_back_does_not_take_the_trail_with_it() -> Tested {
    let ahead = Utc::now() + TimeDelta::days(1);
    let (report, mut log) = draft();
    log[0].at = ahead;
    let replayed = AnyReport::replay(report.into_parts().0, &log)?;
    let resumed = AnyReport::resume(Report::titled("Water"), ReportState::Draft, 1).last_recorded_at(ahead);
    for any in [replayed, resumed] {
        let AnyReport::Draft(report) = any else { return Err("it is a draft".into()) };
        let mut log = Vec::new();
        let report = report.submit("bob".to_owned(), None).commit(&mut log)?;
        assert_eq!(log[0].at, ahead);
        let _ = report.reject().by("bob").because("late").commit(&mut log)?;
        assert_eq!(log[1].at, ahead);
        assert!(log[0].id < log[1].id, "ids of one thread grow with their records");
    }
    Ok(())
}

#[test]
fn a_step_without_an_audit_does_not_forget_when_the_last_record_was() -> Tested {
    let ahead = Utc::now() + TimeDelta::days(1);
    let review = ReportState::Review { reviewer: "bob".to_owned(), deadline: None };
    let any = AnyReport::resume(Report::titled("Water"), review, 2).last_recorded_at(ahead);
    let AnyReport::Review(report) = any else { return Err("it is in review".into()) };
    let mut log = Vec::new();
    let report = report.comment().because("unheard").commit(NoAudit)?.comment().because("heard").commit(&mut log)?;
    let report = report.reject().by("bob").because("unheard").commit(NoAudit)?;
    let any = AnyReport::from(report.submit("eve".to_owned(), None).commit(&mut log)?);
    let any = any.fire(ReportTransition::Comment)?.because("unheard").commit(NoAudit)?;
    let _ = any.fire(ReportTransition::Comment)?.because("heard").commit(&mut log)?;
    assert_eq!(log.iter().map(|record| record.at).collect::<Vec<_>>(), [ahead; 3]);
    assert_eq!(versions(&log), [4, 6, 8]);
    Ok(())
}

#[test]
fn the_record_id_is_known_before_the_commit() -> Tested {
    let (report, mut log) = draft();
    let mut step = report.archive();
    let id = step.record_id();
    assert_eq!(id, step.record_id());
    let _ = step.by("ann").with("ip", "::1").commit(&mut log)?;
    assert_eq!(log[1].id, id);
    Ok(())
}
