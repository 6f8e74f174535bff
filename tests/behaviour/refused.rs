//! A commit that is refused: the old state, nothing lost, another try with the same record id.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use tollgate::{Actor, Cause, JsonLines, Record, RecordKind, StateMachine, Subject, sink};

use crate::Tested;
use crate::faulty::{Both, Down, LosingAnswers, Panicking, Refusing};
use crate::report::{AnyReport, Report, ReportMachine, ReportState, ReportTransition, draft, in_review};
use crate::trail::{moves, said};

#[test]
fn a_refused_commit_leaves_the_old_state_and_loses_nothing() -> Tested {
    let (report, mut log) = in_review();
    let mut down = Refusing::default();
    let step = report.reject().by("bob").because("no sources").with("ip", "::1");
    let refused = step.commit(&mut down).expect_err("it is down");
    assert!(matches!(refused.cause(), Cause::Sink(Down)));
    assert_eq!(log.len(), 2);

    let refused = refused.into_step().commit(&mut down).expect_err("it is still down");
    let _ = refused.into_step().commit(&mut log)?;
    let [first, second] = &down.offered[..] else { return Err("it was offered twice".into()) };
    assert_eq!(first, second);
    assert_eq!(Some(first), log.last());
    assert_eq!(first.actor, Some(Actor::user("bob")));
    assert_eq!(first.reason.as_deref(), Some("no sources"));
    assert_eq!(first.context.get("ip"), Some(&"::1".into()));
    Ok(())
}

#[test]
fn the_machine_is_given_back_as_it_was() -> Tested {
    let (report, mut log) = in_review();
    let refused = report.reject().by("bob").because("no").commit(Refusing::default()).expect_err("it is down");
    let report = refused.into_machine();
    assert_eq!(format!("{report:?}"), "Report of Report 7 in Review at version 2");
    assert_eq!(report.data().reviewer, "bob");
    let _ = report.comment().because("the log was down").commit(&mut log)?;
    assert_eq!(moves(&log)[2], "comment: Review -> Review");
    Ok(())
}

#[test]
fn a_creation_that_is_refused_gives_the_subject_back() {
    let refused = ReportMachine::create(Report::titled("Water")).commit(Refusing::default()).expect_err("it is down");
    let unborn = refused.into_machine();
    assert_eq!(unborn.title, "Water");
    assert_eq!(unborn.into_subject(), Report::titled("Water"));
}

#[test]
fn a_step_can_be_said_otherwise_before_the_next_try() -> Tested {
    let (report, mut log) = in_review();
    let refused = report.reject().by("bob").because(" ").commit(&mut log).expect_err("the reason is blank");
    let _ = refused.into_step().because("no sources").with("try", 2).commit(&mut log)?;
    let record = &log[2];
    assert_eq!((record.reason.as_deref(), record.actor.as_ref()), (Some("no sources"), Some(&Actor::user("bob"))));
    Ok(())
}

#[test]
fn cause_and_step_can_be_taken_apart() -> Tested {
    let (report, mut log) = draft();
    let refused = report.archive().commit(Refusing::default()).expect_err("it is down");
    let (cause, step) = refused.into_parts();
    assert!(matches!(cause, Cause::Sink(Down)));
    assert_eq!(format!("{step:?}"), "Step(`archive` of Report 7 from `Draft`)");
    let _ = step.commit(&mut log)?;
    let (report, _) = draft();
    let refused = report.archive().commit(Refusing::default()).expect_err("it is down");
    assert!(matches!(refused.into_cause(), Cause::Sink(Down)));
    Ok(())
}

#[test]
fn a_guard_that_panics_leaves_nothing_done() -> Tested {
    #[derive(StateMachine)]
    #[transition(open, from = Shut, to = Ajar, guard = creaks)]
    enum DoorState {
        #[state(initial)]
        Shut,
        #[state(terminal)]
        Ajar,
    }
    fn creaks<S: tollgate::State<Machine = DoorState>>(_: &DoorMachine<S>) -> bool {
        panic!("the guard panics");
    }

    let mut log: Vec<Record> = Vec::new();
    let door = DoorMachine::create(1).commit(&mut log)?;
    let mut lines = JsonLines::new(Vec::new());
    let outcome = catch_unwind(AssertUnwindSafe(|| door.open().commit(&mut lines)));
    assert!(outcome.is_err(), "the panic is not swallowed");
    assert!(lines.into_inner()?.is_empty());

    let any = AnyDoor::replay(1, &log)?;
    let outcome = catch_unwind(AssertUnwindSafe(|| any.fire(DoorTransition::Open).map(|step| step.commit(&mut log))));
    assert!(outcome.is_err());
    assert_eq!(moves(&log), ["create:  -> Shut"]);
    Ok(())
}

#[test]
fn a_sink_that_panics_leaves_no_machine_in_the_new_state() -> Tested {
    let (report, log) = draft();
    let subject = Report::clone(&report);
    let mut panicking = Panicking { log };
    let outcome = catch_unwind(AssertUnwindSafe(|| report.archive().commit(&mut panicking)));
    assert!(outcome.is_err(), "the panic is not swallowed");
    assert_eq!(moves(&panicking.log), ["create:  -> Draft"]);
    let AnyReport::Draft(report) = AnyReport::replay(subject, &panicking.log)? else {
        return Err("the log says that it is a draft".into());
    };
    let _ = report.archive().commit(&mut panicking.log)?;
    Ok(())
}

#[test]
fn a_sink_that_failed_after_writing_is_not_written_twice() -> Tested {
    let (report, log) = draft();
    let mut sink = LosingAnswers { log, to_lose: 2, asked: 0 };
    let refused = report.archive().by("ann").commit(&mut sink).expect_err("the answer was lost");
    assert_eq!(sink.log.len(), 2, "it is written all the same");
    let refused = refused.into_step().commit(&mut sink).expect_err("the answer was lost again");
    let report = refused.into_step().commit(&mut sink)?;
    assert_eq!((sink.asked, report.version()), (3, 2));
    assert_eq!(moves(&sink.log), ["create:  -> Draft", "archive: Draft -> Archived"]);
    Ok(())
}

#[test]
fn a_refusal_is_offered_to_the_sink_with_all_that_was_said() -> Tested {
    let (report, _) = in_review();
    let mut log = Both::default();
    let mut step = report.approve(crate::report::Publication { issue: 3 }).by("ann").because("ready").with("ip", "::1");
    let id = step.record_id();
    let refused = step.commit(&mut log).expect_err("ann wrote it");
    assert!(matches!(refused.cause(), Cause::Permission { name: "Report::is_not_by", .. }));
    assert!(refused.refusal_error().is_none());
    let [refusal] = &log.refusals[..] else { return Err("one refusal".into()) };
    assert!(refusal.id != id, "the step keeps its id for a later try");
    assert!(!refusal.is_change());
    let expected = serde_json::json!({
        "v": 1, "kind": "refusal", "subject": {"kind": "Report", "id": 7}, "machine": "Report",
        "chart": ReportState::CHART.fingerprint, "transition": "approve", "from": "Review",
        "to": "Published", "actor": {"kind": "user", "id": "ann"}, "reason": "ready", "context": {"ip": "::1"},
        "refused_by": "Report::is_not_by", "refusal": "does not hold",
    });
    assert_eq!(said(refusal), expected);
    let _ = refused.into_step().by("bob").commit(&mut log)?;
    assert_eq!(log.successes[0].id, id);
    Ok(())
}

#[test]
fn every_refusal_of_ours_is_offered_and_none_of_the_sink() -> Tested {
    let mut log = Both::default();
    let untitled = ReportMachine::create(Report::titled("")).commit(&mut log)?;
    let _ = untitled.submit("bob".to_owned(), None).commit(&mut log);
    let (report, trail) = draft();
    let _ = report.archive().at(trail[0].at - tollgate::chrono::TimeDelta::seconds(1)).commit(&mut log);
    let (report, _) = in_review();
    let _ = report.reject().by("").because("x").commit(&mut log);
    let (report, _) = in_review();
    let _ = report.comment().because("").commit(&mut log);
    let told: Vec<_> = log.refusals.iter().filter_map(|refusal| refusal.refused_by.as_deref()).collect();
    assert_eq!(told, ["Report::has_title", "time", "actor", "reason"]);
    assert!(log.refusals.iter().all(|refusal| refusal.kind == RecordKind::Refusal && refusal.version.is_none()));

    let mut refusing = Refusing::default();
    let (report, _) = draft();
    let refused = report.archive().commit(&mut refusing).expect_err("it is down");
    assert!(refused.refusal_error().is_none());
    assert_eq!(refusing.offered[0].kind, RecordKind::Transition);
    Ok(())
}

#[test]
fn a_refusal_is_not_before_the_last_record_either() -> Tested {
    let ahead = tollgate::chrono::Utc::now() + tollgate::chrono::TimeDelta::days(1);
    let untitled = AnyReport::resume(Report::titled(""), ReportState::Draft, 1).last_recorded_at(ahead);
    let mut log = Both::default();
    let submit = ReportTransition::Submit { reviewer: "bob".to_owned(), deadline: None };
    let _ = untitled.fire(submit)?.commit(&mut log).expect_err("it has no title");
    assert!(log.refusals[0].at >= ahead, "`Record::at` is never before the subject's last record");

    // An import records refusals too: with the explicit time.
    let given = "1999-12-31T23:59:59Z".parse()?;
    let untitled = ReportMachine::create(Report::titled("")).at(given).commit(&mut log)?;
    let refused = untitled.submit("bob".to_owned(), None).at(given).commit(&mut log).expect_err("it has no title");
    assert_eq!(log.refusals[1].at, given);
    let earlier = given - tollgate::chrono::TimeDelta::seconds(1);
    let _ = refused.into_step().at(earlier).commit(&mut log).expect_err("the time goes back");
    assert_eq!((log.refusals[2].refused_by.as_deref(), log.refusals[2].at), (Some("time"), given));
    Ok(())
}

#[test]
fn a_refusal_that_cannot_be_recorded_stays_a_refusal() {
    let (report, _) = in_review();
    let mut log = Both { is_down: true, ..Both::default() };
    let step = report.approve(crate::report::Publication { issue: 3 }).by("ann");
    let refused = step.commit(&mut log).expect_err("ann wrote it");
    assert!(matches!(refused.cause(), Cause::Permission { .. }));
    assert_eq!(refused.refusal_error(), Some(&Down));
}

#[test]
fn data_that_is_no_json_is_refused_before_the_sink_is_asked() -> Tested {
    #[derive(StateMachine)]
    #[transition(fill, from = Empty, to = Full)]
    enum MapState {
        #[state(initial)]
        Empty,
        #[state(terminal, record)]
        Full(BTreeMap<Vec<u8>, u8>),
    }

    let mut log: Vec<Record> = Vec::new();
    let map = MapMachine::create("m").commit(&mut log)?;
    let no_json = BTreeMap::from([(vec![1], 1)]);
    let refused = map.fill(no_json).by("ann").because("x").commit(&mut log).expect_err("a key is not a text");
    assert!(matches!(refused.cause(), Cause::Data(_)));
    assert_eq!(
        refused.to_string(),
        "`fill` of Map m from `Empty`: `data` cannot be recorded: it has a key that is not a text, a number or a boolean"
    );
    assert_eq!(log.len(), 1);
    let map = refused.into_machine();
    let _ = map.fill(BTreeMap::new()).commit(&mut log)?;
    assert_eq!(moves(&log), ["create:  -> Empty", "fill: Empty -> Full"]);
    Ok(())
}

/// Returns at run time whether a type is `Send` or `Sync`: if its bound holds, the inherent method
/// wins; otherwise the method of the trait is found.
struct Probe<T>(PhantomData<T>);

impl<T> Probe<T> {
    fn of(_: &T) -> Self {
        Self(PhantomData)
    }
}

impl<T: Send + Sync> Probe<T> {
    #[allow(clippy::unused_self, reason = "it is found by its receiver")]
    fn crosses_threads(&self) -> bool {
        true
    }
}

trait Otherwise {
    fn crosses_threads(&self) -> bool {
        false
    }
}

impl<T> Otherwise for Probe<T> {}

/// An error that is neither `Debug` nor `Clone`, and not `Send`.
#[derive(Subject)]
struct Secret<T> {
    #[subject(id)]
    id: u8,
    _kept: T,
}

#[derive(StateMachine)]
#[machine(subject = Secret<Rc<()>>)]
#[transition(tell, from = Kept, to = Told)]
enum LocalState {
    #[state(initial)]
    Kept,
    #[state(terminal)]
    Told,
}

#[derive(StateMachine)]
#[machine(subject = Secret<()>)]
#[transition(tell, from = Kept, to = Told)]
enum SharedState {
    #[state(initial)]
    Kept,
    #[state(terminal)]
    Told,
}

#[test]
fn a_refusal_crosses_threads_where_its_parts_do_and_needs_no_debug() -> Tested {
    let local = LocalMachine::create(Secret { id: 1, _kept: Rc::new(()) }).commit(tollgate::NoAudit)?;
    let local = local.tell().commit(Refusing::default()).expect_err("it is down");
    assert!(!Probe::of(&local).crosses_threads());

    let shared = SharedMachine::create(Secret { id: 1, _kept: () }).commit(tollgate::NoAudit)?;
    let unsent = Rc::new(());
    let refused = shared.tell().commit(sink::from_fn(|_: &Record| Err(Rc::clone(&unsent)))).expect_err("it refuses");
    assert!(!Probe::of(&refused).crosses_threads(), "the sink's error stays on its thread");
    let refused = refused.into_step().commit(Refusing::default()).expect_err("it is down");
    assert!(Probe::of(&refused).crosses_threads());

    let error: Box<dyn std::error::Error + Send + Sync> = Box::new(refused);
    assert_eq!(error.to_string(), "`tell` of Secret 1 from `Kept`: the sink refused: the log is down");
    assert_eq!(format!("{error:?}"), "CommitError { cause: Sink(Down), step: `tell` of Secret 1 from `Kept` }");
    assert!(error.source().is_none(), "the text has the sink's words");
    Ok(())
}
