//! Replay: a trail that fits returns the machine; one that does not is refused by position and reason.

use tollgate::chart::Requirement;
use tollgate::chrono::{TimeDelta, Utc};
use tollgate::serde_json::{Value, json};
use tollgate::{Actor, JsonLines, Misfit, Record, RecordKind, ReplayError, StateMachine};

use crate::Tested;
use crate::faulty::Both;
use crate::report::{AnyReport, Publication, Report, ReportMachine, ReportState, in_review};

/// create, submit, comment, reject, archive.
fn archived() -> Result<(AnyReport, Vec<Record>), Box<dyn std::error::Error>> {
    let (report, mut log) = in_review();
    let report = report.comment().because("good").commit(&mut log)?;
    let report = report.reject().by("bob").because("late").commit(&mut log)?;
    let report = report.archive().by("ann").commit(&mut log)?;
    Ok((report.into(), log))
}

fn replayed(log: &[Record]) -> Result<AnyReport, ReplayError> {
    AnyReport::replay(Report::titled("Water"), log)
}

/// Replays the trail after one record of it was changed.
fn with_changed(position: usize, change: impl FnOnce(&mut Record)) -> Result<ReplayError, Box<dyn std::error::Error>> {
    let (_, mut log) = archived()?;
    change(&mut log[position - 1]);
    let error = replayed(&log).err().ok_or("it was replayed all the same")?;
    Ok(error)
}

#[test]
fn replay_gives_the_machine_that_lived() -> Tested {
    let (live, log) = archived()?;
    let (subject, state, version) = live.into_parts();
    assert_eq!(replayed(&log)?.into_parts(), (subject, state, version));
    // At every length, the replayed state is that of the machine at that time.
    let states: Vec<_> = (1..=log.len()).map(|length| replayed(&log[..length]).map(|any| any.state().name)).collect();
    let states: Vec<_> = states.into_iter().collect::<Result<_, _>>()?;
    assert_eq!(states, ["Draft", "Review", "Review", "Draft", "Archived"]);
    Ok(())
}

#[test]
fn records_may_be_borrowed_owned_or_read_from_a_file() -> Tested {
    let (_, log) = archived()?;
    let mut lines = JsonLines::new(Vec::new());
    tollgate::BatchSink::on_success_all(&mut lines, &log)?;
    let written = lines.into_inner()?;
    let read = JsonLines::read_from(&written[..]).collect::<Result<Vec<_>, _>>()?;
    assert_eq!(AnyReport::replay(Report::titled("Water"), read)?.version(), 5);
    assert_eq!(
        AnyReport::replay(Report::titled("Water"), log.iter().filter(|record| record.is_change()))?.version(),
        5
    );
    Ok(())
}

#[test]
fn data_is_restored_and_a_stay_keeps_it() -> Tested {
    let (report, mut log) = in_review();
    let report = report.comment().because("good").commit(&mut log)?;
    let review = ReportState::Review { reviewer: "bob".to_owned(), deadline: None };
    assert_eq!(replayed(&log)?.into_parts().1, review);
    // A stay of an older program, which did not record the data yet, changes nothing about it.
    let stay = log[2].clone();
    log[2].data = None;
    assert_eq!(replayed(&log)?.into_parts().1, review);
    // A move of an older program, whose data the newer stay is the first to record.
    (log[1].data, log[2]) = (None, stay);
    assert_eq!(replayed(&log)?.into_parts().1, review);
    let _ = report.approve(Publication { issue: 4 }).by("bob").commit(&mut log)?;
    assert_eq!(replayed(&log)?.into_parts().1, ReportState::Published(Publication { issue: 4 }));
    Ok(())
}

#[test]
fn refusals_and_events_are_passed_over() -> Tested {
    let mut log = Both::default();
    let report = ReportMachine::create(Report::titled("Water")).commit(&mut log)?;
    let report = report.submit("bob".to_owned(), None).commit(&mut log)?;
    let refused = report.reject().by("bob").because(" ").commit(&mut log).expect_err("the reason is blank");
    let [refusal] = &log.refusals[..] else { return Err("one refusal".into()) };
    let mut event = refusal.clone();
    (event.kind, event.event, event.machine) = (RecordKind::Event, Some("seen".into()), None);
    let mut trail = log.successes.clone();
    trail.splice(1..1, [refusal.clone(), event]);
    let any = replayed(&trail)?;
    assert_eq!((any.version(), any.state().name), (2, "Review"));
    // They count as positions: the error names the line.
    trail[3].version = Some(9);
    assert_eq!(replayed(&trail).map(|any| any.version()).map_err(|error| error.position), Err(4));
    drop(refused);
    Ok(())
}

#[test]
fn a_replayed_machine_goes_on_where_the_trail_ended() -> Tested {
    let (_, mut log) = in_review();
    let AnyReport::Review(report) = replayed(&log)? else { return Err("it is in review".into()) };
    let last = log[1].at;
    let refused = report.comment().because("x").at(last - TimeDelta::nanoseconds(1)).commit(&mut log);
    let refused = refused.expect_err("the trail knows when it ended");
    let _ = refused.into_step().at(last).commit(&mut log)?;
    assert_eq!(replayed(&log)?.version(), 3);
    Ok(())
}

#[test]
fn replay_of_a_trail_without_a_creation_is_refused() -> Tested {
    for change in [
        (|record| record.kind = RecordKind::Transition) as fn(&mut Record),
        |record| record.transition = Some("submit".into()),
        |record| record.transition = None,
        |record| record.from = Some("Draft".into()),
    ] {
        let error = with_changed(1, change)?;
        assert!(matches!((&error.why, error.position, error.version), (Misfit::NeverCreated, 1, Some(1))), "{error}");
    }
    Ok(())
}

#[test]
fn a_second_creation() -> Tested {
    let (_, mut log) = archived()?;
    log.insert(1, log[0].clone());
    let error = replayed(&log).err().ok_or("it was created twice")?;
    assert_eq!(error.to_string(), "record 2 (version 1): the subject is already created by an earlier record");
    assert!(matches!(error.why, Misfit::CreatedTwice));
    log[1].version = Some(2);
    assert!(matches!(replayed(&log).err().map(|error| error.why), Some(Misfit::CreatedTwice)));
    Ok(())
}

#[test]
fn a_version_that_is_not_the_next() -> Tested {
    for (position, version, words) in [
        (1, Some(2), "record 1 (version 2): its version is 2, and 1 is next"),
        (3, Some(4), "record 3 (version 4): its version is 4, and 3 is next"),
        (3, Some(2), "record 3 (version 2): its version is 2, and 3 is next"),
        (
            3,
            Some(u64::MAX),
            "record 3 (version 18446744073709551615): its version is 18446744073709551615, and 3 is next",
        ),
        (3, None, "record 3: its version is absent, and 3 is next"),
    ] {
        let error = with_changed(position, |record| record.version = version)?;
        assert_eq!(error.to_string(), words);
    }
    let (_, mut log) = archived()?;
    log.remove(2);
    let error = replayed(&log).err().ok_or("there is a gap")?;
    assert!(matches!((error.position, error.why), (3, Misfit::Version { expected: 3, found: Some(4) })));
    Ok(())
}

#[test]
fn a_time_before_the_last() -> Tested {
    let (_, log) = archived()?;
    let (last, found) = (log[2].at, log[2].at - TimeDelta::nanoseconds(1));
    let error = with_changed(4, |record| record.at = found - TimeDelta::days(1))?;
    assert!(matches!(&error.why, Misfit::Time { .. }));
    let mut log = log;
    log[3].at = found;
    let error = replayed(&log).err().ok_or("the time goes back")?;
    assert!(matches!(error.why, Misfit::Time { last: l, found: f } if (l, f) == (last, found)));
    log[3].at = last;
    log[4].at = last;
    assert!(replayed(&log).is_ok(), "the same time is not before");
    Ok(())
}

#[test]
fn a_record_that_leaves_another_state() -> Tested {
    for (from, words) in [
        (Some("Draft"), "it leaves `Draft`, and the subject was in `Review`"),
        (Some("Nowhere"), "it leaves `Nowhere`, and the subject was in `Review`"),
        (None, "it leaves no state, and the subject was in `Review`"),
    ] {
        let error = with_changed(4, |record| record.from = from.map(Into::into))?;
        assert_eq!(error.to_string(), format!("record 4 (version 4): {words}"));
    }
    Ok(())
}

#[test]
fn a_record_along_no_edge() -> Tested {
    for (transition, to, words) in [
        (Some("archive"), Some("Archived"), "Report has no edge `archive` from `Review` to `Archived`"),
        (Some("reject"), Some("Review"), "Report has no edge `reject` from `Review` to `Review`"),
        (Some("fly"), Some("Draft"), "Report has no edge `fly` from `Review` to `Draft`"),
        (Some("reject"), Some("Moon"), "Report has no edge `reject` from `Review` to `Moon`"),
        (None, None, "Report has no edge `` from `Review` to ``"),
    ] {
        let error = with_changed(4, |record| {
            (record.transition, record.to) = (transition.map(Into::into), to.map(Into::into));
        })?;
        assert_eq!(error.to_string(), format!("record 4 (version 4): {words}"));
    }
    Ok(())
}

#[test]
fn a_creation_in_a_state_that_is_not_initial() -> Tested {
    for state in ["Review", "Moon", ""] {
        let error = with_changed(1, |record| record.to = Some(state.into()))?;
        let words = format!("record 1 (version 1): a subject is not created in `{state}`; it is created in Draft");
        assert_eq!(error.to_string(), words);
    }
    Ok(())
}

#[test]
fn a_record_that_lacks_what_its_transition_requires() -> Tested {
    for actor in [None, Some(Actor::user(" "))] {
        let error = with_changed(4, |record| record.actor = actor)?;
        assert!(matches!(error.why, Misfit::Requirement { transition: "reject", requirement: Requirement::Actor }));
    }
    for reason in [None, Some(String::new()), Some("\t".to_owned())] {
        let error = with_changed(3, |record| record.reason = reason)?;
        assert_eq!(error.to_string(), "record 3 (version 3): `comment` requires a reason, and the record has none");
    }
    Ok(())
}

#[test]
fn a_state_that_cannot_be_restored_is_named_by_the_record_that_reached_it() -> Tested {
    let (report, mut log) = in_review();
    let _ = report.comment().because("x").commit(&mut log)?;
    log[2].data = None;
    for (data, words) in [
        (None, "the state has data, but its data was not stored"),
        (Some(Value::Null), "its data does not fit: it carries an object with a value for each field"),
        (Some(json!({"deadline": 1})), "its data does not fit: missing field `reviewer`"),
    ] {
        log[1].data = data;
        let error = replayed(&log).err().ok_or("the data is gone")?;
        let words = format!("record 2 (version 2): `Review` is not a state of Report that can be restored: {words}");
        assert_eq!(error.to_string(), words);
        assert!(matches!(error.why, Misfit::State(_)));
    }
    // The data of earlier states is not needed.
    let (_, mut log) = archived()?;
    log[1].data = None;
    log[2].data = None;
    assert!(replayed(&log).is_ok());
    Ok(())
}

#[derive(Debug, PartialEq, StateMachine)]
#[machine(name = "Order", was = "Purchase")]
#[transition(pay, from = Open, to = Paid, was = "settle")]
#[transition(pay_more, from = Paid, to = Paid)]
#[transition(close, from = Paid, to = Closed)]
enum OrderState {
    #[state(initial, was = "New")]
    Open,
    #[state(record)]
    Paid { cents: u64 },
    #[state(terminal)]
    Closed,
}

fn paid_twice() -> Result<Vec<Record>, Box<dyn std::error::Error>> {
    let mut log: Vec<Record> = Vec::new();
    let order = OrderMachine::create("o").commit(&mut log)?;
    let order = order.pay(5).commit(&mut log)?;
    let _ = order.pay_more(8).commit(&mut log)?;
    Ok(log)
}

#[test]
fn former_names_of_machine_states_and_transitions_are_read() -> Tested {
    let mut log = paid_twice()?;
    for record in &mut log {
        record.machine = Some("Purchase".into());
        // A bare id is recorded under the name of its machine, which has changed since.
        record.subject.as_mut().ok_or("it has one")?.kind = "Purchase".into();
    }
    log[0].to = Some("New".into());
    (log[1].from, log[1].transition) = (Some("New".into()), Some("settle".into()));
    let (_, state, version) = AnyOrder::replay("o", &log)?.into_parts();
    assert_eq!((state, version), (OrderState::Paid { cents: 8 }, 3));
    log[2].subject.as_mut().ok_or("it has one")?.kind = "Parcel".into();
    assert!(AnyOrder::replay("o", &log).is_err(), "a bare id has no kind but its machine's");
    Ok(())
}

#[test]
fn a_move_to_the_same_state_without_its_data_is_not_given_the_data_before_it() -> Tested {
    let mut log = paid_twice()?;
    assert_eq!(AnyOrder::replay("o", &log)?.into_parts().1, OrderState::Paid { cents: 8 });
    log[2].data = None;
    let error = AnyOrder::replay("o", &log).map(|any| any.into_parts().1).expect_err("5 is no longer true");
    assert_eq!((error.position, error.version), (3, Some(3)));
    assert!(matches!(error.why, Misfit::State(_)));
    Ok(())
}

#[test]
fn a_trail_from_the_future_is_read() -> Tested {
    let (_, mut log) = in_review();
    log[1].at = Utc::now() + TimeDelta::days(365);
    assert_eq!(replayed(&log)?.version(), 2);
    Ok(())
}
