//! Several steps as one: all of them happen, or none.

use std::collections::BTreeMap;

use tollgate::events::CreateTable;
use tollgate::{
    Actor, BatchSink, Cause, Event, JsonLines, NoAudit, Record, StateMachine, commit_all,
    sink::{self, Scope},
};

use crate::Tested;
use crate::door::PaymentMachine;
use crate::faulty::{Both, Down, Refusing};
use crate::report::{AnyReport, Publication, Report, ReportMachine, ReportTransition, draft, in_review};
use crate::trail::{moves, versions};

impl BatchSink for Both {
    fn on_success_all(&mut self, records: &[Record]) -> Result<(), Down> {
        if self.is_down {
            return Err(Down);
        }
        self.successes.extend_from_slice(records);
        Ok(())
    }
}

fn created_table() -> CreateTable {
    CreateTable { database: "town".to_owned(), table: "trees".to_owned(), schema: "(id integer)".to_owned() }
}

#[test]
fn steps_of_several_machines_and_an_event_happen_together() -> Tested {
    let (report, mut log) = draft();
    let payment = PaymentMachine::create(7).commit(&mut log)?;
    let steps = (report.submit("bob".to_owned(), None), payment.capture(12).by("ann"), created_table().occurred());
    let (report, payment, event) = commit_all(steps, &mut log)?;
    assert_eq!((report.version(), report.data().reviewer.as_str()), (2, "bob"));
    assert_eq!((payment.version(), payment.data().cents), (2, 12));
    assert_eq!(event.table, "trees");
    assert_eq!(moves(&log[2..4]), ["submit: Draft -> Review", "capture: Authorized -> Captured"]);
    assert_eq!((log.len(), log[4].event.as_deref()), (5, Some("create-table")));
    assert!(log.iter().all(|record| record.prev.is_none()), "a `Vec` keeps no chain");
    let again = AnyReport::replay(Report::clone(&report), &log)?;
    assert_eq!(again.version(), 2);
    Ok(())
}

#[test]
fn an_array_gives_an_array_and_a_list_a_list() -> Tested {
    let mut log = Vec::new();
    let created = [1, 2].map(|id| ReportMachine::create(Report { id, ..Report::titled("Water") }));
    let [first, second] = commit_all(created, &mut log)?;
    assert_eq!((first.id, second.id), (1, 2));
    let any = vec![
        AnyReport::from(first).fire(ReportTransition::Archive)?,
        AnyReport::from(second).fire(ReportTransition::Submit { reviewer: "bob".to_owned(), deadline: None })?,
    ];
    let any = commit_all(any, &mut log)?;
    assert_eq!(any.iter().map(|report| report.state().name).collect::<Vec<_>>(), ["Archived", "Review"]);
    assert_eq!(versions(&log), [1, 1, 2, 2]);
    let none: Vec<tollgate::AnyStep<crate::report::ReportState>> = Vec::new();
    assert!(commit_all(none, &mut log)?.is_empty());
    assert_eq!(log.len(), 4);
    Ok(())
}

#[test]
fn lists_and_tuples_can_stand_in_a_tuple() -> Tested {
    let mut log = Vec::new();
    let parts = (0..3).map(PaymentMachine::create).collect::<Vec<_>>();
    let (report, (payments, one)) =
        commit_all((ReportMachine::create(Report::titled("Water")), (parts, PaymentMachine::create(9))), &mut log)?;
    assert_eq!((report.version(), payments.len(), one.version()), (1, 3, 1));
    let ids: Vec<_> = log.iter().filter_map(|record| record.subject.as_ref()?.id.as_u64()).collect();
    assert_eq!(ids, [7, 0, 1, 2, 9], "in the order in which they stand");
    Ok(())
}

#[test]
fn a_guard_of_one_stops_all_and_is_told_as_its() -> Tested {
    let mut log = Both::default();
    let report = draft().0;
    let untitled = ReportMachine::create(Report { id: 8, ..Report::titled("") }).commit(&mut log)?;
    log.successes.clear();
    let steps = (report.archive().by("ann"), untitled.submit("bob".to_owned(), None).with("ip", "::1"));
    let refused = commit_all(steps, sink::adapt(&mut log).by("eve")).expect_err("it has no title");
    assert_eq!(refused.position(), Some(1));
    assert!(matches!(refused.cause(), Cause::Guard { name: "Report::has_title", .. }));
    assert_eq!(
        refused.to_string(),
        "`submit` of Report 8 from `Draft`: guard `Report::has_title`: the report has no title"
    );
    let [refusal] = &log.refusals[..] else { return Err("one refusal".into()) };
    assert_eq!(
        (refusal.transition.as_deref(), refusal.refused_by.as_deref()),
        (Some("submit"), Some("Report::has_title"))
    );
    assert_eq!((refusal.actor.clone(), refusal.context.len()), (Some(Actor::user("eve")), 1));
    assert!(log.successes.is_empty());
    let (archive, submit) = refused.into_step();
    assert_eq!(submit.machine().version(), 1);
    let report = archive.commit(&mut log)?;
    assert_eq!((report.version(), &log.successes[0].actor), (2, &Some("ann".into())));
    Ok(())
}

#[test]
fn permissions_requirements_and_times_stop_all_too() -> Tested {
    let mut log = Both::default();
    let long_ago = tollgate::chrono::DateTime::UNIX_EPOCH;
    let publication = Publication { issue: 1 };
    let steps = (draft().0.archive(), in_review().0.approve(publication.clone()).by("ann"));
    let refused = commit_all(steps, &mut log).expect_err("ann wrote it");
    assert!(matches!(refused.cause(), Cause::Permission { .. }));
    let refused = commit_all([in_review().0.approve(publication).by(" ")], &mut log).expect_err("nobody acts");
    assert!(matches!(refused.cause(), Cause::BlankRequirement(_)));
    let refused = commit_all((draft().0.archive(), draft().0.archive().at(long_ago)), &mut log).expect_err("too early");
    assert!(matches!(refused.cause(), Cause::Time { .. }));
    assert_eq!((refused.position(), log.successes.len(), log.refusals.len()), (Some(1), 0, 3));
    log.is_down = true;
    let refused = commit_all(refused.into_step(), &mut log).expect_err("it is still too early");
    assert_eq!(refused.refusal_error(), Some(&Down), "a refusal that was not recorded is told");
    Ok(())
}

#[test]
fn a_sink_that_refuses_gives_all_of_it_back_for_the_same_records() -> Tested {
    let mut log = Both { is_down: true, ..Both::default() };
    let at = tollgate::chrono::Utc::now() + tollgate::chrono::TimeDelta::days(1);
    let payment = PaymentMachine::create(7).commit(NoAudit)?;
    let mut submit = in_review().0.reject().by("bob").because("no sources").with("ip", "::1").at(at);
    let mut capture = payment.capture(12).by("ann");
    let ids = vec![submit.record_id(), capture.record_id()];
    let refused = commit_all((submit, capture), &mut log).expect_err("it is down");
    assert!(matches!(refused.cause(), Cause::Sink(Down)));
    assert_eq!(refused.position(), None, "the sink refused all of them");
    assert_eq!(
        refused.to_string(),
        "`reject` of Report 7 from `Review` and `capture` of Payment 7 from `Authorized`: the sink refused: the log is down"
    );
    assert_eq!((refused.refusal_error(), log.refusals.len()), (None, 0), "a sink is not told of its own refusal");
    let steps = refused.into_step();
    assert_eq!((steps.0.machine().version(), steps.1.machine().version()), (2, 1));
    log.is_down = false;
    let (report, payment) = commit_all(steps, &mut log)?;
    assert_eq!((report.version(), payment.version()), (3, 2));
    assert_eq!(log.successes.iter().map(|record| record.id).collect::<Vec<_>>(), ids);
    let [reject, capture] = &log.successes[..] else { return Err("two records".into()) };
    assert_eq!((reject.actor.clone(), reject.reason.as_deref()), (Some(Actor::user("bob")), Some("no sources")));
    assert_eq!((reject.at, reject.context.get("ip")), (at, Some(&"::1".into())));
    assert_eq!(capture.actor, Some(Actor::user("ann")));
    Ok(())
}

#[test]
fn data_that_is_no_json_stops_all_and_takes_nothing_from_the_others() -> Tested {
    #[derive(StateMachine)]
    #[transition(fill, from = Empty, to = Full)]
    enum MapState {
        #[state(initial)]
        Empty,
        #[state(terminal, record)]
        Full(BTreeMap<Vec<u8>, u8>),
    }

    let mut log = Both::default();
    let map = MapMachine::create("m").commit(NoAudit)?;
    let steps = (draft().0.archive().by("ann").with("ip", "::1"), map.fill(BTreeMap::from([(vec![1], 1)])));
    let refused = commit_all(steps, &mut log).expect_err("a key is not a text");
    assert!(matches!(refused.cause(), Cause::Data(_)));
    assert_eq!((refused.position(), log.successes.len()), (Some(1), 0));
    let refused = refused.into_step().0.commit(Refusing::default()).expect_err("it is down");
    assert_eq!(refused.position(), None, "there is one step");
    let _ = refused.into_step().commit(&mut log)?;
    let record = &log.successes[0];
    assert_eq!((record.actor.clone(), record.context.get("ip")), (Some(Actor::user("ann")), Some(&"::1".into())));
    Ok(())
}

#[test]
fn a_long_batch_is_told_in_a_line() {
    let refused = |count: u64| {
        let steps: Vec<_> = (0..count).map(PaymentMachine::create).collect();
        let log = Both { is_down: true, ..Both::default() };
        let refused = commit_all(steps, log).expect_err("it is down");
        let error: &dyn std::error::Error = &refused;
        assert!(error.source().is_none(), "the text has the sink's words");
        format!("{refused} / {refused:?}")
    };
    assert_eq!(
        refused(1000),
        "`create` of Payment 0 and 999 more: the sink refused: the log is down \
         / CommitError { cause: Sink(Down), step: `create` of Payment 0 and 999 more }"
    );
    assert!(refused(1).starts_with("`create` of Payment 0: the sink refused"));
    assert!(refused(0).starts_with("no steps: the sink refused"));
}

#[test]
fn adaptors_fill_in_redact_and_tell_for_each() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let mut told = Vec::new();
    let scope = Scope::new().by("eve").request_id("r-1");
    let mut sink = sink::adapt(&mut log)
        .redact(["code"])
        .observed_by(|record: &Record| told.push(record.clone()))
        .with("code", 4711)
        .by("ann")
        .scoped(&scope);
    let (first, second) = (PaymentMachine::create(1), PaymentMachine::create(2).by("bob"));
    let _ = commit_all((first, second), &mut sink)?;
    drop(sink);
    let said = |records: &[Record]| -> Vec<_> {
        let said = |record: &Record| (record.actor.clone(), record.context.get("code").cloned(), record.context.len());
        records.iter().map(said).collect()
    };
    let expected = |code: serde_json::Value| {
        [(Some(Actor::user("eve")), Some(code.clone()), 2), (Some(Actor::user("bob")), Some(code), 2)]
    };
    assert_eq!(said(&log), expected("[redacted]".into()));
    assert_eq!(said(&told), expected(4711.into()));
    Ok(())
}

#[test]
fn without_an_audit_guards_are_asked_all_the_same() -> Tested {
    let (report, payment) = (draft().0, PaymentMachine::create(7).commit(NoAudit)?);
    let (report, payment) = commit_all((report.submit("bob".to_owned(), None), payment.capture(1).by("ann")), NoAudit)?;
    assert_eq!((report.version(), payment.version()), (2, 2));
    let untitled = ReportMachine::create(Report::titled("")).commit(NoAudit)?;
    let refused = commit_all([untitled.submit("bob".to_owned(), None)], NoAudit).expect_err("it has no title");
    assert!(matches!(refused.cause(), Cause::Guard { .. }));
    Ok(())
}

#[test]
fn a_batch_is_as_many_lines() -> Tested {
    let mut lines = JsonLines::new(Vec::new());
    let created: Vec<_> = (0..3).map(PaymentMachine::create).collect();
    let payments = commit_all(created, &mut lines)?;
    let captured = payments.into_iter().map(|payment| payment.capture(1).by("ann")).collect::<Vec<_>>();
    assert_eq!(commit_all(captured, &mut Box::new(&mut lines))?.len(), 3);
    let written = lines.into_inner()?;
    let log = JsonLines::read_from(&written[..]).collect::<Result<Vec<_>, _>>()?;
    assert_eq!(versions(&log), [1, 1, 1, 2, 2, 2]);
    Ok(())
}
