//! The scope of a request: the values that all commits through it share.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tollgate::sink::{self, REDACTED, Scope};
use tollgate::{Actor, BatchSink, Cause, NoAudit, Record, Sink, uuid};

use crate::Tested;
use crate::faulty::{Both, Down, Refusing};
use crate::report::{AnyReport, Publication, Report, ReportMachine, ReportTransition, draft, in_review};

fn request() -> Scope {
    Scope::new().by("ann").ip(Ipv4Addr::new(192, 0, 2, 1)).request_id("r-1").with("agent", "curl")
}

fn context(record: &Record) -> Value {
    serde_json::to_value(&record.context).expect("a context is JSON")
}

#[test]
fn everything_committed_through_a_scope_says_who_from_where_and_in_which_request() -> Tested {
    let request = request();
    let mut first: Vec<Record> = Vec::new();
    let mut second = Both::default();
    let report = ReportMachine::create(Report::titled("Water")).commit(sink::adapt(&mut first).scoped(&request))?;
    let report = report.submit("bob".to_owned(), None).commit(sink::adapt(&mut second).scoped(&request))?;
    let mut sink = sink::adapt(&mut first).scoped(&request);
    let _ = report.comment().because("good").commit(&mut sink)?;
    let records = [&first[0], &second.successes[0], &first[1]];
    let expected = json!({"agent": "curl", "ip": "192.0.2.1", "request_id": "r-1"});
    assert!(records.iter().all(|record| context(record) == expected));
    assert!(records.iter().all(|record| record.actor == Some(Actor::user("ann"))));
    Ok(())
}

#[test]
fn what_a_step_says_wins_and_then_the_outermost_adaptor() -> Tested {
    let request = request();
    let mut log: Vec<Record> = Vec::new();
    let (report, _) = draft();
    let step = report.archive().by("eve").with("agent", "step").with("zone", 4);
    let _ = step.commit(sink::adapt(&mut log).scoped(&request).by("bob").with("agent", "outer").with("ip", "outer"))?;
    assert_eq!(log[0].actor, Some(Actor::user("eve")));
    assert_eq!(context(&log[0]), json!({"agent": "step", "ip": "outer", "request_id": "r-1", "zone": 4}));

    let (report, _) = draft();
    let inner = sink::adapt(&mut log).by("inner").with("agent", "inner").with("zone", "inner");
    let _ = report.archive().commit(sink::adapt(inner).scoped(&request))?;
    assert_eq!(log[1].actor, Some(Actor::user("ann")));
    assert_eq!(context(&log[1]), json!({"agent": "curl", "ip": "192.0.2.1", "request_id": "r-1", "zone": "inner"}));

    let (report, _) = draft();
    let outer = Scope::new().by("outer").request_id("outer");
    let _ = report.archive().commit(sink::adapt(&mut log).scoped(&request).scoped(&outer))?;
    assert_eq!(log[2].actor, Some(Actor::user("outer")));
    assert_eq!(context(&log[2]), json!({"agent": "curl", "ip": "192.0.2.1", "request_id": "outer"}));
    Ok(())
}

#[test]
fn the_actor_of_a_scope_counts_for_requirements_and_permissions() -> Tested {
    let (report, mut log) = in_review();
    let approve = ReportTransition::Approve(Publication { issue: 1 });
    let step = AnyReport::from(report).fire(approve)?;
    let refused = step.commit(sink::adapt(&mut log).scoped(&Scope::new())).expect_err("nobody acts");
    assert!(matches!(refused.cause(), Cause::Requirement(_)));
    let refused =
        refused.into_step().commit(sink::adapt(&mut log).scoped(&Scope::new().by(" "))).expect_err("nobody acts");
    assert!(matches!(refused.cause(), Cause::BlankRequirement(_)));

    let step = refused.into_machine().fire(ReportTransition::Approve(Publication { issue: 1 }))?;
    let refused = step.commit(sink::adapt(&mut log).scoped(&request())).expect_err("ann wrote it");
    assert!(matches!(refused.cause(), Cause::Permission { .. }));
    let step = refused.into_machine().fire(ReportTransition::Approve(Publication { issue: 1 }))?;
    assert_eq!(step.commit(sink::adapt(NoAudit).scoped(&request().by("bob")))?.version(), 3);
    Ok(())
}

#[test]
fn a_refusal_is_filled_in_and_a_retry_in_another_request_says_what_the_first_said() -> Tested {
    let mut log = Both::default();
    let report = ReportMachine::create(Report::titled("")).commit(&mut log)?;
    let _ = report
        .submit("bob".to_owned(), None)
        .commit(sink::adapt(&mut log).scoped(&request()))
        .expect_err("it has no title");
    assert_eq!(log.refusals[0].actor, Some(Actor::user("ann")));
    assert_eq!(log.refusals[0].context.get(Scope::REQUEST_ID), Some(&"r-1".into()));

    let (report, _) = draft();
    let mut refusing = Refusing::default();
    let refused = report.archive().commit(sink::adapt(&mut refusing).scoped(&request())).expect_err("it is down");
    let _ = refused
        .into_step()
        .commit(sink::adapt(&mut log).scoped(&Scope::new().by("eve").request_id("r-2").with("try", 2)))?;
    assert_eq!(log.successes[1].id, refusing.offered[0].id);
    assert_eq!(log.successes[1].actor, Some(Actor::user("ann")));
    let said = json!({"agent": "curl", "ip": "192.0.2.1", "request_id": "r-1", "try": 2});
    assert_eq!(context(&log.successes[1]), said);
    Ok(())
}

#[test]
fn a_request_that_nobody_names_gets_an_id_that_its_commits_share() -> Tested {
    let request = Scope::new();
    let mut log: Vec<Record> = Vec::new();
    let report = ReportMachine::create(Report::titled("Water")).commit(sink::adapt(&mut log).scoped(&request))?;
    let _ = report.archive().commit(sink::adapt(&mut log).scoped(&request.clone()))?;
    let id = request.context().get(Scope::REQUEST_ID).and_then(Value::as_str).ok_or("it has an id")?;
    assert_eq!(uuid::Uuid::parse_str(id)?.get_version_num(), 7);
    assert!(log.iter().all(|record| context(record) == json!({ "request_id": id }) && record.actor.is_none()));
    assert_ne!(Scope::default().context(), request.context());
    let blank = request.clone().request_id(" ").request_id("");
    assert_eq!(blank.context(), request.context(), "a blank id names nothing");
    Ok(())
}

#[test]
fn a_request_id_keeps_its_type_and_an_ip_is_written_as_what_it_is() {
    let id = |scope: Scope| scope.context().get(Scope::REQUEST_ID).cloned();
    assert_eq!(id(Scope::new().request_id(7)), Some(7.into()));
    assert_eq!(id(Scope::new().request_id(u64::MAX)), Some(u64::MAX.into()));
    assert_eq!(id(Scope::new().request_id(uuid::Uuid::nil())), Some(uuid::Uuid::nil().to_string().into()));
    let ip = |address: IpAddr| Scope::new().ip(address).context().get(Scope::IP).cloned();
    assert_eq!(ip(Ipv6Addr::LOCALHOST.into()), Some("::1".into()));
    assert_eq!(ip(Ipv4Addr::new(192, 0, 2, 1).to_ipv6_mapped().into()), Some("192.0.2.1".into()));
}

#[test]
fn a_changed_clone_is_a_scope_of_its_own() {
    let request = request();
    let logged_in = request.clone().by("bob").with("agent", "other");
    assert_eq!(request.actor(), Some(&Actor::user("ann")));
    assert_eq!(request.context().get("agent"), Some(&"curl".into()));
    assert_eq!(logged_in.actor(), Some(&Actor::user("bob")));
    assert_eq!(logged_in.context().get(Scope::REQUEST_ID), Some(&"r-1".into()));
}

#[test]
fn a_batch_is_filled_in_and_redacted_within_a_scope() -> Tested {
    let (_, records) = in_review();
    let mut log: Vec<Record> = Vec::new();
    let request = request().with("token", "hunter2");
    sink::adapt(&mut log).redact(["token"]).scoped(&request).on_success_all(&records)?;
    sink::adapt(&mut log).scoped(&request).redact(["token"]).on_success_all(&records)?;
    assert_eq!(log.len(), 4);
    assert!(
        log.iter().all(|record| record.context.get("token") == Some(&REDACTED.into()) && record.context.len() == 4)
    );
    assert!(!serde_json::to_string(&log)?.contains("hunter2"));
    Ok(())
}

#[test]
fn a_scoped_sink_gives_the_sink_back() -> Tested {
    let (report, log) = draft();
    let mut scoped = sink::adapt(log).scoped(&request());
    let _ = report.archive().commit(&mut scoped)?;
    assert_eq!(scoped.into_inner().into_inner().len(), 2);
    Ok(())
}

/// A log that threads and tasks share.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<Record>>>);

impl Shared {
    fn push(&self, record: &Record) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
    }
}

impl Sink for &Shared {
    type Error = Down;

    fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        self.push(record);
        Ok(())
    }
}

impl tollgate::AsyncSink for Shared {
    type Error = Down;

    async fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        tokio::task::yield_now().await;
        self.push(record);
        tokio::task::yield_now().await;
        Ok(())
    }

    async fn on_refusal(&mut self, record: &Record) -> Result<(), Down> {
        self.push(record);
        Ok(())
    }
}

#[test]
fn threads_share_a_scope_and_never_mix_two() -> Tested {
    let shared = Shared::default();
    let requests: Vec<Scope> = (0..4u64).map(|id| Scope::new().by(id).request_id(id)).collect();
    std::thread::scope(|threads| {
        for id in 0..16u64 {
            let (shared, request) = (&shared, &requests[usize::try_from(id % 4).expect("it is small")]);
            threads.spawn(move || {
                let report = Report { id, ..Report::titled("Water") };
                let report = ReportMachine::create(report)
                    .commit(sink::adapt(shared).scoped(request))
                    .expect("it cannot refuse");
                report
                    .archive()
                    .commit(sink::adapt(shared).scoped(&request.clone().with("again", true)))
                    .expect("nor this");
            });
        }
    });
    let log = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
    let subjects: BTreeSet<_> = log.iter().filter_map(|record| record.subject.as_ref()?.id.as_u64()).collect();
    assert_eq!((log.len(), subjects.len()), (32, 16));
    for record in log.iter() {
        let request = record.subject.as_ref().and_then(|subject| subject.id.as_u64()).ok_or("it has a subject")? % 4;
        assert_eq!(record.actor, Some(Actor::user(request)));
        assert_eq!(record.context.get(Scope::REQUEST_ID), Some(&request.into()));
        assert_eq!(record.context.get("again").is_some(), record.version == Some(2));
    }
    Ok(())
}

/// A separate module, because elsewhere a sink of both kinds is used as a synchronous one.
mod waiting {
    use std::sync::PoisonError;

    use tollgate::Actor;
    use tollgate::sink::{self, Scope};

    use super::{Publication, Shared, Tested, draft, in_review, request};

    #[tokio::test]
    async fn tasks_share_a_scope_as_a_web_framework_hands_it_on() -> Tested {
        fn can_be_an_extension<T: Clone + Send + Sync + 'static>(value: T) -> T {
            value
        }
        let (shared, request) = (Shared::default(), can_be_an_extension(request()));
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (shared, request) = (shared.clone(), request.clone());
                tokio::spawn(async move {
                    let report = draft().0.archive().commit_async(sink::adapt(shared.clone()).scoped(&request)).await;
                    let refused = in_review().0.approve(Publication { issue: 1 }).by("ann").with("try", 1);
                    let refused = refused.commit_async(sink::adapt(shared).scoped(&request)).await;
                    (report.is_ok(), refused.is_err())
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await?, (true, true));
        }
        let log = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(log.len(), 16);
        for record in log.iter() {
            assert_eq!(record.actor, Some(Actor::user("ann")));
            assert_eq!(record.context.get(Scope::IP), Some(&"192.0.2.1".into()));
            assert_eq!(record.context.get("try").is_some(), record.refused_by.is_some());
        }
        Ok(())
    }
}
