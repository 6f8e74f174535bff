//! The types that are sinks, and that a sink decides.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tollgate::{BatchSink, Cause, JsonLines, NoAudit, Record, Sink, StateMachine, sink};

use crate::Tested;
use crate::faulty::{Both, Down, Refusing};
use crate::report::{AnyReport, Publication, Report, ReportMachine, ReportTransition, draft, in_review};
use crate::trail::{moves, said};

/// The sink in five lines.
struct Names(Vec<String>);
impl Sink for Names {
    type Error = Infallible;
    fn on_success(&mut self, record: &Record) -> Result<(), Self::Error> {
        self.0.push(record.to.as_deref().unwrap_or_default().to_owned());
        Ok(())
    }
}

#[test]
fn a_sink_is_five_lines() -> Tested {
    let (report, _) = in_review();
    let mut names = Names(Vec::new());
    let report = report.reject().by("bob").because("no sources").commit(&mut names)?;
    let _ = report.archive().commit(&mut names)?;
    assert_eq!(names.0, ["Draft", "Archived"]);
    Ok(())
}

#[test]
fn a_vector_keeps_every_record_and_no_refusal() -> Tested {
    let (report, mut log) = in_review();
    let step = report.approve(Publication { issue: 1 });
    let refused = step.by("ann").commit(&mut log).expect_err("ann wrote it");
    let _ = refused.into_step().by("bob").commit(&mut log)?;
    assert_eq!(moves(&log), ["create:  -> Draft", "submit: Draft -> Review", "approve: Review -> Published"]);
    Ok(())
}

#[test]
fn a_closure_is_a_sink_that_decides() -> Tested {
    let (report, _) = in_review();
    let mut taken = Vec::new();
    let mut once = sink::from_fn(|record: &Record| {
        if taken.is_empty() {
            taken.push(record.clone());
            return Ok(());
        }
        Err("one is enough")
    });
    let Ok(report) = report.comment().because("good").commit(&mut once) else { return Err("it has room".into()) };
    let refused = report.comment().because("very good").commit(&mut once).expect_err("it is full");
    assert!(matches!(refused.cause(), Cause::Sink("one is enough")));
    assert_eq!(refused.into_machine().version(), 3);
    assert_eq!(moves(&taken), ["comment: Review -> Review"]);
    Ok(())
}

#[test]
fn a_reference_a_box_and_a_trait_object_are_sinks() -> Tested {
    fn comment<K: Sink<Error: std::error::Error + 'static>>(sink: K) -> Tested {
        let (report, _) = in_review();
        let _ = report.comment().because("good").by("bob").commit(sink)?;
        Ok(())
    }
    let mut log = Both::default();
    comment(&mut log)?;
    comment(&mut &mut log)?;
    let object: &mut dyn Sink<Error = Down> = &mut log;
    comment(&mut *object)?;
    let boxed: Box<dyn Sink<Error = Down> + '_> = Box::new(object);
    comment(boxed)?;
    comment(Box::new(&mut log))?;
    assert_eq!(log.successes.len(), 5);
    let first = said(&log.successes[0]);
    assert!(log.successes.iter().all(|record| said(record) == first));
    Ok(())
}

#[test]
fn a_trait_object_refuses_tells_and_fills_as_what_it_holds() -> Tested {
    let mut log = Both::default();
    {
        let mut filling = sink::adapt(&mut log).by("ann").with("ip", "::1");
        let object: &mut dyn Sink<Error = Down> = &mut filling;
        let any = AnyReport::from(in_review().0);
        let step = any.fire(ReportTransition::Approve(Publication { issue: 1 }))?;
        let refused = step.commit(object).expect_err("ann wrote it");
        assert!(matches!(refused.cause(), Cause::Permission { .. }));
    }
    let [refusal] = &log.refusals[..] else { return Err("it was told".into()) };
    assert_eq!(refusal.actor.as_ref().map(ToString::to_string).as_deref(), Some("ann"));
    assert_eq!(refusal.context.get("ip"), Some(&"::1".into()));
    let mut refusing: Box<dyn Sink<Error = Down>> = Box::new(Refusing::default());
    let (report, _) = draft();
    let refused = report.archive().by("ann").commit(&mut refusing).expect_err("it is down");
    assert!(format!("{:?}", refused.cause()).contains("Down"));
    let mut log = Vec::new();
    let _ = refused.into_step().commit(&mut log)?;
    assert_eq!(log[0].actor.as_ref().map(ToString::to_string).as_deref(), Some("ann"));
    Ok(())
}

/// A shared log.
#[derive(Default)]
struct Shared(Mutex<Vec<Record>>);

impl Sink for &Shared {
    type Error = Infallible;

    fn on_success(&mut self, record: &Record) -> Result<(), Infallible> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
        Ok(())
    }
}

#[test]
fn a_log_that_threads_share_keeps_each_subjects_trail_whole() -> Tested {
    let shared = Shared::default();
    std::thread::scope(|scope| {
        for id in 0..8 {
            let shared = &shared;
            scope.spawn(move || {
                let report = Report { id, ..Report::titled("Water") };
                let report = ReportMachine::create(report).commit(shared).expect("it cannot refuse");
                let step = report.submit("bob".to_owned(), None);
                let mut report = step.commit(shared).expect("it has a title");
                for _ in 0..50 {
                    report = report.comment().because("x").commit(shared).expect("it cannot refuse");
                }
            });
        }
    });
    let log = shared.0.into_inner()?;
    let ids: BTreeSet<_> = log.iter().map(|record| record.id).collect();
    assert_eq!((log.len(), ids.len()), (8 * 52, 8 * 52));
    for id in 0..8 {
        let report = Report { id, ..Report::titled("Water") };
        let of_this = |record: &&Record| record.subject.as_ref().is_some_and(|subject| subject.id == id.into());
        let trail: Vec<_> = log.iter().filter(of_this).cloned().collect();
        assert_eq!(AnyReport::replay(report, trail)?.version(), 52);
    }
    Ok(())
}

/// Data that counts how often it is read.
#[derive(Default)]
struct Counted(Rc<RefCell<u32>>);

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        *self.0.borrow_mut() += 1;
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Self::default())
    }
}

#[derive(StateMachine)]
#[machine(name = "Counter")]
#[transition(again, from = Counting, to = Counting, requires(actor), guard = is_early)]
#[transition(end, from = Counting, to = Ended)]
enum CounterState {
    #[state(initial, record)]
    Counting(Counted),
    #[state(terminal)]
    Ended,
}

fn is_early(machine: &CounterMachine<counter_state::Counting>) -> bool {
    machine.version() < 3
}

#[test]
fn no_audit_commit_checks_what_other_sinks_check() -> Tested {
    let read = Rc::new(RefCell::new(0));
    let counted = || Counted(Rc::clone(&read));
    let counter = CounterMachine::create("c", counted()).commit(NoAudit)?;
    let counter = counter.again(counted()).by("ann").commit(sink::adapt(NoAudit).by("bob"))?;
    let blank = counter.again(counted()).by(" ").commit(NoAudit).expect_err("nobody acts");
    assert!(matches!(blank.cause(), Cause::BlankRequirement(_)));
    let counter = blank.into_step().by("ann").commit(NoAudit)?;
    assert_eq!(counter.version(), 3);
    let refused = counter.again(counted()).by("ann").commit(NoAudit).expect_err("it is late");
    assert!(matches!(refused.cause(), Cause::Guard { name: "is_early", .. }));
    assert_eq!(*read.borrow(), 3, "the data of each step that happened was examined, once");
    Ok(())
}

#[test]
fn an_observer_of_no_audit_is_told_all_the_same() -> Tested {
    let mut told = Vec::new();
    let (report, _) = in_review();
    let _ = report
        .comment()
        .because("x")
        .commit(sink::adapt(NoAudit).observed_by(|record: &Record| told.push(record.clone())))?;
    assert_eq!(moves(&told), ["comment: Review -> Review"]);
    Ok(())
}

/// A sink with a limit on its records; it takes all of a batch or none.
struct Bounded {
    log: Vec<Record>,
    room: usize,
}

impl Sink for Bounded {
    type Error = Down;

    fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        self.on_success_all(std::slice::from_ref(record))
    }
}

impl BatchSink for Bounded {
    fn on_success_all(&mut self, records: &[Record]) -> Result<(), Down> {
        if self.log.len() + records.len() > self.room {
            return Err(Down);
        }
        self.log.extend_from_slice(records);
        Ok(())
    }
}

#[test]
fn a_batch_is_taken_as_one() -> Tested {
    let (_, records) = in_review();
    let mut log = Vec::new();
    log.on_success_all(&records)?;
    assert_eq!(log, records);

    let mut bounded = Bounded { log: Vec::new(), room: 3 };
    <&mut Bounded as BatchSink>::on_success_all(&mut &mut bounded, &records)?;
    assert_eq!(bounded.on_success_all(&records), Err(Down));
    assert_eq!(bounded.log, records, "a batch that does not fit is not taken in part");
    let mut boxed: Box<dyn BatchSink<Error = Down>> = Box::new(bounded);
    boxed.on_success_all(&records[..1])?;
    assert_eq!(boxed.on_success(&records[1]), Err(Down));

    NoAudit.on_success_all(&records)?;
    let mut lines = JsonLines::new(Vec::new());
    lines.on_success_all(&records)?;
    let written = lines.into_inner()?;
    assert_eq!(JsonLines::read_from(&written[..]).collect::<Result<Vec<_>, _>>()?, records);
    Ok(())
}

#[test]
fn a_batch_is_filled_in_and_observed_as_one() -> Tested {
    let (report, mut records) = draft();
    let _ = report.archive().commit(&mut records)?;
    let mut told = Vec::new();
    let mut bounded = Bounded { log: Vec::new(), room: 3 };
    let observed = sink::adapt(&mut bounded).observed_by(|record: &Record| told.push(record.clone()));
    let mut filling = observed.by("bob").with("ip", "::1");
    filling.on_success_all(&records)?;
    assert_eq!(filling.on_success_all(&records), Err(Down));
    drop(filling);
    assert_eq!(told, bounded.log, "an observer is told of what was taken, and of nothing else");
    let actors: Vec<_> = told.iter().map(|record| record.actor.as_ref().map(ToString::to_string)).collect();
    assert_eq!(actors, [Some("ann".to_owned()), Some("bob".to_owned())], "only what is open is filled in");
    assert!(told.iter().all(|record| record.context.get("ip").is_some()));
    Ok(())
}
