//! Replay of a log of several machines and subjects: passes over the records of others, and refuses what is uncertain.

use tollgate::{Id, JsonLines, Misfit, Record, RecordKind, ReplayError, StateMachine};

use crate::Tested;
use crate::report::{AnyReport, Report, ReportMachine, in_review};

#[derive(Debug, PartialEq, StateMachine)]
#[machine(name = "Order", was = "Purchase")]
#[transition(pay, from = Open, to = Paid)]
#[transition(ship, from = Paid, to = Shipped)]
enum OrderState {
    #[state(initial)]
    Open,
    Paid,
    #[state(terminal)]
    Shipped,
}

/// A machine of another program, in which states and transitions have the same names.
mod elsewhere {
    use tollgate::StateMachine;

    #[derive(Debug, PartialEq, StateMachine)]
    #[machine(name = "Invoice")]
    #[transition(pay, from = Open, to = Paid)]
    pub(super) enum OrderState {
        #[state(initial)]
        Open,
        #[state(terminal)]
        Paid,
    }
}

fn numbered(id: u64) -> Report {
    Report { id, ..Report::titled("Water") }
}

/// Two reports, two orders whose ids look the same, and a foreign invoice, of which each has the id 7, alternately.
fn mixed() -> Result<Vec<Record>, Box<dyn std::error::Error>> {
    let mut log = Vec::new();
    let order = OrderMachine::create(7).commit(&mut log)?;
    let report = ReportMachine::create(numbered(7)).commit(&mut log)?;
    let text = OrderMachine::create("7").commit(&mut log)?;
    let invoice = elsewhere::OrderMachine::create(7).commit(&mut log)?;
    let other = ReportMachine::create(numbered(8)).commit(&mut log)?;
    let order = order.pay().commit(&mut log)?;
    report.submit("bob".to_owned(), None).commit(&mut log)?;
    invoice.pay().commit(&mut log)?;
    other.archive().commit(&mut log)?;
    text.pay().commit(&mut log)?;
    order.ship().commit(&mut log)?;
    Ok(log)
}

/// Replays report 7 of the mixed log after a record of it was changed.
fn with_changed(position: usize, change: impl FnOnce(&mut Record)) -> Result<AnyReport, ReplayError> {
    let mut log = mixed().expect("no guard refuses");
    change(&mut log[position - 1]);
    AnyReport::replay(numbered(7), log)
}

#[test]
fn replay_of_a_mixed_log_restores_each_subject() -> Tested {
    let log = mixed()?;
    let report = |id| AnyReport::replay(numbered(id), &log).map(|any| (any.state().name, any.version()));
    assert_eq!((report(7)?, report(8)?), (("Review", 2), ("Archived", 2)));
    let order = |id: Id| AnyOrder::replay(id, &log).map(|any| (any.state().name, any.version()));
    assert_eq!((order(7.into())?, order("7".into())?), (("Shipped", 3), ("Paid", 2)));
    let invoice = elsewhere::AnyOrder::replay(7, &log)?;
    assert_eq!((invoice.state().name, invoice.version()), ("Paid", 2));
    Ok(())
}

#[test]
fn replay_of_a_mixed_file_restores_a_subject() -> Tested {
    let mut lines = JsonLines::new(Vec::new());
    tollgate::BatchSink::on_success_all(&mut lines, &mixed()?)?;
    let written = lines.into_inner()?;
    let read = JsonLines::read_from(&written[..]).collect::<Result<Vec<_>, _>>()?;
    assert_eq!(AnyOrder::replay("7", read)?.version(), 2);
    Ok(())
}

#[test]
fn replay_of_a_renamed_machine_reads_both_names_in_a_mixed_log() -> Tested {
    let mut log = mixed()?;
    for record in log.iter_mut().take(6).filter(|record| record.machine.as_deref() == Some("Order")) {
        record.machine = Some("Purchase".into());
        record.subject.as_mut().ok_or("it has one")?.kind = "Purchase".into();
    }
    assert_eq!((AnyOrder::replay(7, &log)?.version(), AnyOrder::replay("7", &log)?.version()), (3, 2));
    // To a machine without the former name these are records of another one.
    assert_eq!(elsewhere::AnyOrder::replay(7, &log)?.version(), 2);
    Ok(())
}

#[test]
fn replay_without_a_record_of_the_subject_names_subject_and_machine() -> Tested {
    let log = mixed()?;
    let error = AnyReport::replay(numbered(9), &log).err().ok_or("there is no report 9")?;
    assert_eq!(error.to_string(), "no record of the machine `Report` is about Report 9");
    assert_eq!((error.position, error.version), (12, None));
    assert!(
        matches!(&error.why, Misfit::NoRecord { machine: "Report", subject, like: None } if subject.id == 9.into())
    );
    let error = AnyReport::replay(numbered(7), &log[..0]).err().ok_or("the log is empty")?;
    assert_eq!(error.to_string(), "no record of the machine `Report` is about Report 7");
    let (_, mut refusal) = in_review();
    (refusal[0].kind, refusal[0].version) = (RecordKind::Refusal, None);
    let error = AnyReport::replay(numbered(7), &refusal[..1]).err().ok_or("a refusal moves nothing")?;
    assert!(matches!(error.why, Misfit::NoRecord { .. }));
    Ok(())
}

#[test]
fn replay_by_a_text_that_looks_like_the_id_names_the_other_subject() -> Tested {
    let log: Vec<_> = mixed()?.into_iter().filter(|record| record.subject != log_subject("7")).collect();
    let error = AnyOrder::replay("7", &log).err().ok_or("7 is a number here")?;
    let words = "no record of the machine `Order` is about Order \"7\"; one is about Order 7";
    assert_eq!(error.to_string(), words);
    Ok(())
}

fn log_subject(id: &str) -> Option<tollgate::SubjectRef> {
    Some(tollgate::SubjectRef { kind: "Order".into(), id: id.into() })
}

#[test]
fn replay_of_the_id_under_another_kind_is_refused() -> Tested {
    let error = with_changed(7, |record| record.subject.as_mut().expect("it has one").kind = "Paper".into());
    let error = error.err().ok_or("the kind was renamed after the creation")?;
    assert_eq!(
        error.to_string(),
        "record 7 (version 2): it is about Paper 7, not Report 7; \
         set `#[subject(kind = ..)]` if the kind was renamed, else `#[machine(name = ..)]`"
    );
    assert!(matches!(&error.why, Misfit::Subject { expected, .. } if expected.id == Id::from(7)));
    Ok(())
}

#[test]
fn replay_with_a_record_that_names_no_machine_or_subject_is_refused() -> Tested {
    let error = with_changed(7, |record| record.subject = None).err().ok_or("of a report")?;
    assert_eq!(error.to_string(), "record 7 (version 2): it has no subject; the record of a change must name it");
    let error = with_changed(7, |record| record.machine = None).err().ok_or("about 7")?;
    assert_eq!(error.to_string(), "record 7 (version 2): it has no machine; the record of a change must name it");
    // Neither could be about report 7: one is of another machine, one about another subject.
    assert_eq!(with_changed(6, |record| record.subject = None)?.version(), 2);
    assert_eq!(with_changed(9, |record| record.machine = None)?.version(), 2);
    Ok(())
}

#[test]
fn replay_of_a_mixed_log_with_a_gap_is_refused() -> Tested {
    let mut log = mixed()?;
    log.remove(5);
    let error = AnyOrder::replay(7, &log).err().ok_or("the payment is missing")?;
    assert_eq!(error.to_string(), "record 10 (version 3): its version is 3, and 2 is next");
    assert_eq!(AnyOrder::replay("7", &log)?.version(), 2);
    // Without the creation, and with another one.
    let error = AnyReport::replay(numbered(7), &log[4..]).err().ok_or("the creation is missing")?;
    assert!(matches!(error.why, Misfit::Version { expected: 1, found: Some(2) }), "{error}");
    log.insert(3, log[0].clone());
    let error = AnyOrder::replay(7, &log).err().ok_or("it was created twice")?;
    assert!(matches!((error.position, error.why), (4, Misfit::CreatedTwice)));
    Ok(())
}

#[test]
fn resume_from_a_record_of_another_subject_or_machine_is_refused() -> Tested {
    let log = mixed()?;
    for record in [&log[0], &log[2], &log[3], &log[4]] {
        let error = tollgate::machine::resume_from::<crate::report::ReportState>(numbered(7), record, None);
        let error = error.err().ok_or("it is not of report 7")?;
        assert!(matches!(error.why, tollgate::Unrestorable::OtherSubject), "{error}");
    }
    Ok(())
}
