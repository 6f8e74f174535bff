//! Adaptors of sinks: those that fill in a step, and observers, which are notified and cannot refuse.

use tollgate::observer::{Observer, ObserverError};
use tollgate::{Actor, Cause, Record, sink};

use crate::Tested;
use crate::faulty::{Both, Down, Refusing};
use crate::report::{AnyReport, Publication, Report, ReportMachine, ReportTransition, draft, in_review};
use crate::trail::moves;

#[test]
fn by_and_with_fill_in_only_what_is_open() -> Tested {
    let mut log = Vec::new();
    let mut request = sink::adapt(&mut log).by("ann").with("ip", "::1").with("request", 7);
    let report = ReportMachine::create(Report::titled("Water")).commit(&mut request)?;
    let report = report.submit("bob".to_owned(), None).by("eve").with("request", 8).commit(&mut request)?;
    let _ = report.reject().by(Actor::system("night")).because("late").commit(&mut request)?;
    let said: Vec<_> = log
        .iter()
        .map(|record| {
            let actor = record.actor.as_ref().map(ToString::to_string).unwrap_or_default();
            (actor, record.context.get("ip").is_some(), record.context.get("request").and_then(|id| id.as_i64()))
        })
        .collect();
    let expected = [("ann", true, Some(7)), ("eve", true, Some(8)), ("system night", true, Some(7))]
        .map(|(actor, ip, request)| (actor.to_owned(), ip, request));
    assert_eq!(said, expected);
    Ok(())
}

#[test]
fn the_adaptor_that_is_called_first_fills_in_first() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let (report, _) = draft();
    let _ = report
        .archive()
        .commit(sink::adapt(&mut log).by("inner").with("key", "inner").by("outer").with("key", "outer"))?;
    assert_eq!(log[0].actor, Some(Actor::user("outer")));
    assert_eq!(log[0].context.get("key"), Some(&"outer".into()));
    Ok(())
}

#[test]
fn an_adaptor_gives_its_sink_back() -> Tested {
    let (report, log) = draft();
    let mut filling = sink::adapt(log).by("bob").with("ip", "::1");
    let _ = report.archive().commit(&mut filling)?;
    let log = filling.into_inner().into_inner().into_inner();
    assert_eq!(moves(&log), ["create:  -> Draft", "archive: Draft -> Archived"]);
    Ok(())
}

#[test]
fn a_required_actor_of_a_fired_step_may_come_from_the_sink() -> Tested {
    let (report, mut log) = in_review();
    let step = AnyReport::from(report).fire(ReportTransition::Approve(Publication { issue: 1 }))?;
    let refused = step.commit(&mut log).expect_err("nobody acts");
    assert_eq!(refused.cause().to_string(), "it requires an actor, and none was given");
    let refused = refused.into_step().commit(sink::adapt(&mut log).by("ann")).expect_err("ann wrote it");
    assert!(matches!(refused.cause(), Cause::Permission { .. }));
    Ok(())
}

#[test]
fn what_a_sink_filled_in_stays_with_the_step() -> Tested {
    let (report, mut log) = draft();
    let refused =
        report.archive().commit(sink::adapt(Refusing::default()).by("ann").with("ip", "::1")).expect_err("it is down");
    let _ = refused.into_step().commit(sink::adapt(&mut log).by("eve"))?;
    assert_eq!(log[1].actor, Some(Actor::user("ann")), "the second try says what the first said");
    assert_eq!(log[1].context.get("ip"), Some(&"::1".into()));
    Ok(())
}

#[test]
fn a_refusal_is_filled_in_too() -> Tested {
    let mut log = Both::default();
    let report = ReportMachine::create(Report::titled("")).commit(&mut log)?;
    let step = report.submit("bob".to_owned(), None);
    let _ = step.commit(sink::adapt(&mut log).by("ann").with("ip", "::1")).expect_err("it has no title");
    let [refusal] = &log.refusals[..] else { return Err("one refusal".into()) };
    assert_eq!(refusal.actor, Some(Actor::user("ann")));
    assert_eq!(refusal.context.get("ip"), Some(&"::1".into()));
    Ok(())
}

#[test]
fn an_observer_is_told_after_acceptance_and_only_then() -> Tested {
    let mut told = Vec::new();
    let mut log = Both::default();
    let mut observed = sink::adapt(&mut log).observed_by(|record: &Record| told.push(record.clone()));
    let report = ReportMachine::create(Report::titled("Water")).commit(&mut observed)?;
    let report = report.submit("bob".to_owned(), None).commit(&mut observed)?;
    let refused = report.approve(Publication { issue: 1 }).by("ann").commit(&mut observed).expect_err("she wrote it");
    assert!(matches!(refused.cause(), Cause::Permission { .. }));
    let _ = refused.into_step().by("bob").commit(&mut observed)?;
    drop(observed);
    assert_eq!(told, log.successes);
    assert_eq!(log.refusals.len(), 1, "the sink is told of a refusal, an observer is not");

    let mut told = 0;
    let (report, _) = draft();
    let refused = report.archive().commit(sink::adapt(Refusing::default()).observed_by(|_: &Record| told += 1));
    assert!(refused.is_err());
    assert_eq!(told, 0);
    Ok(())
}

#[test]
fn an_observer_sees_what_was_filled_in_on_either_side() -> Tested {
    for is_inside in [true, false] {
        let mut told = Vec::new();
        let mut log: Vec<Record> = Vec::new();
        let (report, _) = draft();
        let observer = |record: &Record| told.push(record.clone());
        if is_inside {
            let _ = report.archive().commit(sink::adapt(&mut log).observed_by(observer).by("ann").with("ip", "::1"))?;
        } else {
            let _ = report.archive().commit(sink::adapt(&mut log).by("ann").with("ip", "::1").observed_by(observer))?;
        }
        assert_eq!(told, log);
        assert_eq!(told[0].actor, Some(Actor::user("ann")));
    }
    Ok(())
}

/// An observer that panics at every second record.
#[derive(Default)]
struct Shaky {
    told: u64,
}

impl Observer for Shaky {
    fn observe(&mut self, _: &Record) -> Result<(), ObserverError> {
        self.told += 1;
        assert!(self.told % 2 == 1, "the observer panics");
        Ok(())
    }
}

#[test]
fn an_observer_that_panics_stops_nothing_and_is_counted() -> Tested {
    let mut before = 0;
    let mut after = 0;
    let mut shaky = Shaky::default();
    let mut log: Vec<Record> = Vec::new();
    let mut observed = sink::adapt(&mut log)
        .observed_by(|_: &Record| before += 1)
        .observed_by(shaky.by_ref())
        .observed_by(|_: &Record| after += 1);
    let mut report = in_review().0;
    for _ in 0..5 {
        report = report.comment().because("x").commit(&mut observed)?;
    }
    assert_eq!(report.version(), 7);
    let counted: Vec<_> = observed.failures().map(|of| (of.observer.as_str(), of.errors, of.panics)).collect();
    let place = "closure in behaviour::adaptors::an_observer_that_panics_stops_nothing_and_is_counted";
    assert_eq!(counted, [(place, 0, 0), ("Shaky", 0, 2), (&format!("{place} #2"), 0, 0)]);
    drop(observed);
    assert_eq!((shaky.told, before, after, log.len()), (5, 5, 5, 5));
    Ok(())
}

#[test]
fn observers_are_told_in_the_order_of_acceptance() -> Tested {
    let mut told = Vec::new();
    let mut log: Vec<Record> = Vec::new();
    let mut observed = sink::adapt(&mut log).observed_by(|record: &Record| told.push(record.id));
    let mut report = in_review().0;
    for attempt in 0..20 {
        report = report.comment().because(format!("{attempt}")).commit(&mut observed)?;
    }
    drop(observed);
    assert_eq!(told, log.iter().map(|record| record.id).collect::<Vec<_>>());
    assert!(told.windows(2).all(|pair| pair[0] < pair[1]));
    Ok(())
}

#[test]
fn an_observed_sink_that_fails_is_still_the_one_that_decides() -> Tested {
    let mut log = Both { is_down: true, ..Both::default() };
    let mut told = 0;
    let (report, _) = draft();
    let step = report.archive();
    let refused = step.commit(sink::adapt(&mut log).observed_by(|_: &Record| told += 1)).expect_err("it is down");
    assert!(matches!(refused.cause(), Cause::Sink(Down)));
    log.is_down = false;
    let _ = refused.into_step().commit(&mut log)?;
    assert_eq!((told, log.successes.len()), (0, 1));
    Ok(())
}
