//! The defects that were measured in Viewflow, and in its Django sibling's log: tollgate does not have them.
//!
//! Some of them need the store: an outer rollback that leaves memory in the new state (2) needs the
//! outer transaction, and so do rows that outlive a deleted account or subject in a real database. The core
//! shows its part: a record holds copies, never references.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tollgate::serde_json::{self, json};
use tollgate::uuid::Uuid;
use tollgate::{Actor, Cause, Chart, Id, Record, StateMachine, Subject, sink};

use crate::Tested;
use crate::charts::all;
use crate::door::{AnyDoor, DoorMachine, DoorState};
use crate::faulty::{Conflict, Down, Refusing, Unique};
use crate::report::{AnyReport, Report, ReportMachine, ReportState, ReportTransition, draft, in_review};
use crate::trail::{moves, versions};

#[test]
fn defect_01_a_sink_error_leaves_the_old_state() -> Tested {
    let (report, mut log) = draft();
    let refused = report.archive().commit(Refusing::default()).expect_err("it is down");
    assert!(matches!(refused.cause(), Cause::Sink(Down)));
    let report = AnyReport::from(refused.into_machine());
    assert_eq!((report.state().name, report.version(), log.len()), ("Draft", 1, 1));
    let _ = report.fire(ReportTransition::Archive)?.commit(&mut log)?;
    Ok(())
}

#[test]
fn defect_03_of_two_stale_copies_one_is_refused() -> Tested {
    let (report, log) = draft();
    let (subject, state, version) = report.into_parts();
    let mut sink = Unique { log };
    // Two requests have read the same row.
    let mine = AnyReport::resume(subject.clone(), state.clone(), version);
    let theirs = AnyReport::resume(subject.clone(), state, version);
    let submit = ReportTransition::Submit { reviewer: "bob".to_owned(), deadline: None };
    let mine = mine.fire(submit)?.commit(&mut sink)?;
    let refused = theirs.fire(ReportTransition::Archive)?.commit(&mut sink).expect_err("the row has moved on");
    assert!(matches!(refused.cause(), Cause::Sink(Conflict { version: Some(2) })));
    assert_eq!(refused.into_machine().state().name, "Draft");
    assert_eq!(moves(&sink.log), ["create:  -> Draft", "submit: Draft -> Review"]);
    assert_eq!(AnyReport::replay(subject, &sink.log)?.into_parts(), mine.into_parts());
    Ok(())
}

#[test]
fn defect_04_what_follows_from_a_transition_is_recorded_after_it_or_not_at_all() -> Tested {
    for is_down in [false, true] {
        let shared: Arc<Mutex<Vec<Record>>> = Arc::default();
        let outer_log = Arc::clone(&shared);
        let outer = tollgate::sink::from_fn(move |record: &Record| {
            if is_down {
                return Err(Down);
            }
            outer_log.lock().expect("nobody panics").push(record.clone());
            Ok(())
        });
        // An observer starts the inner transition after the outer one has happened.
        let inner_log = Arc::clone(&shared);
        let mut inner = Some(AnyReport::resume(Report { id: 8, ..Report::titled("Annex") }, ReportState::Draft, 1));
        let set_off = |_: &Record| {
            let Some(Ok(step)) = inner.take().map(|annex| annex.fire(ReportTransition::Archive)) else { return };
            let _ = step.commit(&mut *inner_log.lock().expect("nobody panics"));
        };
        let (report, _) = draft();
        let outcome = report.archive().commit(sink::adapt(outer).observed_by(set_off));
        assert_eq!(outcome.is_err(), is_down);
        let subjects: Vec<_> = shared
            .lock()
            .expect("nobody panics")
            .iter()
            .filter_map(|record| record.subject.as_ref().map(ToString::to_string))
            .collect();
        let expected: &[&str] = if is_down { &[] } else { &["Report 7", "Report 8"] };
        assert_eq!(subjects, expected);
    }
    Ok(())
}

#[tokio::test]
async fn defect_05_nothing_is_logged_before_the_work_is_done() -> Tested {
    /// The work whose result the new state holds: without it there is no step to commit.
    async fn find_reviewer(log: &RefCell<Vec<Record>>) -> String {
        tokio::task::yield_now().await;
        assert_eq!(log.borrow().len(), 1, "success was logged before the work was done");
        "bob".to_owned()
    }
    let (report, log) = draft();
    let log = RefCell::new(log);
    let reviewer = find_reviewer(&log).await;
    let mut told = 0;
    let mut remote = sink::adapt(log.into_inner()).observed_by(|_: &Record| told += 1);
    let report = report.submit(reviewer, None).commit_async(&mut remote).await?;
    assert_eq!(versions(&remote.into_parts().0), [1, 2]);
    assert_eq!((told, report.data().reviewer.as_str()), (1, "bob"));
    Ok(())
}

#[test]
fn defect_06_a_target_that_is_not_declared_is_not_accepted() -> Tested {
    let (report, mut log) = in_review();
    let _ = report.reject().by("bob").because("late").commit(&mut log)?;
    log[2].to = Some("Burnt".into());
    let error = AnyReport::replay(Report::titled("Water"), &log).expect_err("nothing leads there");
    assert_eq!(error.why.to_string(), "Report has no edge `reject` from `Review` to `Burnt`");
    assert!(AnyReport::resume_named(Report::titled("Water"), "Burnt", None, 3).is_err());
    assert!(serde_json::from_value::<ReportTransition>(json!("burn")).is_err());
    Ok(())
}

/// The second machine of a report: whether it is paid for. The first is in `report.rs`.
#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Report, name = "Fee")]
#[transition(submit, from = Due, to = Paid)]
#[transition(archive, from = Paid, to = Booked)]
pub(crate) enum FeeState {
    #[state(initial)]
    Due,
    Paid,
    #[state(terminal)]
    Booked,
}

#[test]
fn defect_07_two_machines_of_one_subject_do_not_mix() -> Tested {
    let (report, mut log) = draft();
    let subject = Report::clone(&report);
    let fee = FeeMachine::create(subject.clone()).commit(&mut log)?;
    let report = report.submit("bob".to_owned(), None).commit(&mut log)?;
    let fee = fee.submit().commit(&mut log)?;
    assert_eq!((report.version(), fee.version()), (2, 2), "each counts for itself");
    let transitions = |chart: &Chart| chart.transitions.iter().map(|known| known.name).collect::<Vec<_>>();
    assert_eq!(transitions(FeeState::CHART), ["submit", "archive"]);
    assert_eq!(transitions(ReportState::CHART), ["submit", "comment", "approve", "reject", "archive"]);
    assert_eq!(AnyFee::from(fee).allowed().len(), 1);
    assert_eq!(AnyFee::replay(subject.clone(), &log)?.state().name, "Paid");
    assert_eq!(AnyReport::replay(subject, &log)?.state().name, "Review");
    Ok(())
}

#[test]
fn defect_08_no_chart_has_two_edges_of_one_transition_from_one_state() {
    for chart in all() {
        let mut seen = BTreeSet::new();
        for edge in chart.edges {
            assert!(seen.insert((edge.transition, edge.from)), "{}: {} twice", chart.machine, edge.transition);
        }
    }
}

#[derive(Debug, StateMachine)]
#[transition(stop, from = _, to = Off)]
#[transition(toggle, from = _, to = On)]
pub(crate) enum LampState {
    #[state(initial)]
    On,
    Off,
}

#[test]
fn defect_09_a_chart_of_wildcards_alone_draws_its_edges() {
    let mermaid = "\
stateDiagram-v2
    [*] --> On
    On --> Off : stop
    Off --> Off : stop
    On --> On : toggle
    Off --> On : toggle
";
    assert_eq!(LampState::CHART.to_mermaid(), mermaid);
    assert!(LampState::CHART.to_dot().contains("    s0 -> s1 [label=\"stop\"];\n    s1 -> s1 [label=\"stop\"];\n"));
}

#[test]
fn defect_10_a_machine_from_a_row_is_logged_as_one_that_lived() -> Tested {
    let mut log = Vec::new();
    let row = ("Review", json!({"reviewer": "bob", "deadline": null}), 2);
    let any = AnyReport::resume_named(Report::titled("Water"), row.0, Some(&row.1), row.2)?;
    let _ = any.fire(ReportTransition::Reject)?.by("bob").because("late").commit(&mut log)?;
    let (report, mut lived) = in_review();
    let _ = report.reject().by("bob").because("late").commit(&mut lived)?;
    assert_eq!(crate::trail::said(&log[0]), crate::trail::said(&lived[2]));
    Ok(())
}

#[test]
fn django_a_row_of_the_log_means_that_it_was_saved() {
    let (report, log) = draft();
    let outcome = report.archive().commit(tollgate::sink::from_fn(|_: &Record| Err::<(), _>("the row is locked")));
    assert!(outcome.is_err());
    assert_eq!(log.len(), 1, "what was not saved was logged");
}

#[test]
fn django_an_actor_is_kept_however_it_is_given() -> Tested {
    struct User {
        id: i64,
        name: &'static str,
    }
    impl From<&User> for Actor {
        fn from(user: &User) -> Self {
            Actor::user(user.id).named(user.name)
        }
    }
    let uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001);
    let ann = User { id: 17, name: "Ann" };
    let given: [(Actor, Id); 7] = [
        ((&ann).into(), 17.into()),
        (17_i64.into(), 17.into()),
        ("ann".into(), "ann".into()),
        ("ann".to_owned().into(), "ann".into()),
        (uuid.into(), uuid.into()),
        (Id::from(3).into(), 3.into()),
        (Actor::system("cron"), "cron".into()),
    ];
    for (actor, id) in given {
        let (report, mut log) = draft();
        let _ = report.archive().by(&actor).commit(&mut log)?;
        assert_eq!(log[1].actor.as_ref().map(|actor| &actor.id), Some(&id));
        let (report, _) = draft();
        let mut log: Vec<Record> = Vec::new();
        let _ = report.archive().commit(sink::adapt(&mut log).by(actor))?;
        assert_eq!(log[0].actor.as_ref().map(|actor| &actor.id), Some(&id));
    }
    Ok(())
}

#[test]
fn django_a_record_outlives_the_account_and_the_subject_that_it_names() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    {
        let account = Actor::user(17).named("Ann Smith");
        let report = ReportMachine::create(Report::titled("Water")).by(&account).commit(&mut log)?;
        drop((account, report.into_parts()));
    }
    let line = serde_json::to_value(&log[0])?;
    assert_eq!(line["actor"], json!({"kind": "user", "id": 17, "display": "Ann Smith"}));
    assert_eq!(line["subject"], json!({"kind": "Report", "id": 7}));
    Ok(())
}

#[test]
fn django_ids_need_not_be_integers() -> Tested {
    #[derive(Subject)]
    struct Named {
        #[subject(id)]
        name: String,
    }
    let uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001);
    for id in [Id::from("order/7"), uuid.into(), u64::MAX.into(), i64::MIN.into(), "".into()] {
        let mut log: Vec<Record> = Vec::new();
        let door = DoorMachine::create(id.clone()).commit(&mut log)?.open().commit(&mut log)?;
        assert_eq!(door.into_parts(), (id.clone(), DoorState::Ajar, 2));
        let written = log.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        let read = written.iter().map(|line| serde_json::from_str(line)).collect::<Result<Vec<Record>, _>>()?;
        assert_eq!(AnyDoor::replay(id, read)?.version(), 2);
    }
    assert_eq!(Named { name: "n".to_owned() }.id(), Id::from("n"));
    Ok(())
}
