//! A commit writes the record and moves the row, or does neither.

use std::sync::Mutex;

use sha2::{Digest as _, Sha256};
use tollgate::uuid::Uuid;
use tollgate::{BatchSink, Cause, Event, Id, Record, Sink, StateMachine, commit_all, serde_json};
use tollgate_store::{Error, Sqlite, Store};

use crate::Tested;
use crate::machines::{
    AnyLamp, AnyReport, Database, LampCreation, LampMachine, LampState, Report, ReportCreation, ReportMachine,
    ReportState, ReportTransition, assert_whole,
};

#[test]
fn row_and_history_are_written_together() -> Tested {
    let database = Database::new();
    let report = ReportMachine::create(database.report(7)).by("ann").commit(&database.store)?;
    assert_eq!(database.row(7), (Some("Draft".into()), Some(1)));
    let report = report.submit("bob".into()).commit(&database.store)?;
    assert_eq!(database.row(7), (Some("Review".into()), Some(2)));
    let AnyReport::Review(report) = database.store.resume::<ReportState>(report.into_parts().0)? else {
        panic!("it is in review");
    };
    assert_eq!(report.data().reviewer, "bob");
    report.approve().by("bob").commit(&database.store)?;
    assert_eq!(database.row(7), (Some("Published".into()), Some(3)));
    assert_eq!(database.count("SELECT count(*) FROM tollgate_history WHERE subject = '7'"), 3);
    Ok(())
}

#[tokio::test]
async fn machine_without_table_is_resumed_from_its_history() -> Tested {
    let store = Store::open("sqlite::memory:").await?;
    let lamp = LampMachine::create(Id::from("desk")).commit_async(&store).await?;
    lamp.turn().commit_async(&store).await?;
    let AnyLamp::On(lamp) = store.resume::<LampState>(Id::from("desk")).await? else { panic!("it is on") };
    assert_eq!(lamp.version(), 2);
    Ok(())
}

#[test]
fn creation_as_data_writes_the_row_and_its_history() -> Tested {
    let database = Database::new();
    let creation: ReportCreation = serde_json::from_str(r#""Draft""#)?;
    let report = AnyReport::create(database.report(7), creation).by("ann").commit(&database.store)?;
    assert_eq!(database.row(7), (Some("Draft".into()), Some(1)));
    let submit = ReportTransition::Submit { reviewer: "bob".into() };
    report.fire(submit)?.commit(&database.store)?;
    assert_eq!(database.row(7), (Some("Review".into()), Some(2)));
    let again = AnyReport::create(Report { id: 7 }, ReportCreation::Draft).commit(&database.store);
    assert!(matches!(again.expect_err("it is there").cause(), Cause::Sink(Error::Conflict(_))));
    assert_eq!(database.row(7), (Some("Review".into()), Some(2)));

    let both =
        (AnyReport::create(database.report(8), ReportCreation::Draft), AnyLamp::create("desk", LampCreation::Off));
    let (report, lamp) = commit_all(both, &database.store)?;
    assert_eq!((report.version(), lamp.version()), (1, 1));
    assert_eq!(database.store.resume::<LampState>(Id::from("desk"))?.state().name, "Off");
    Ok(())
}

#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Report)]
#[transition(pay, from = Draft | Imported, to = Paid)]
enum OrderState {
    #[state(initial)]
    Draft,
    #[state(initial, record)]
    Imported { source: String },
    #[state(terminal)]
    Paid,
}

#[test]
fn creation_in_one_of_several_initial_states_is_resumed_with_its_data() -> Tested {
    let database = Database::new();
    let creation: OrderCreation = serde_json::from_str(r#"{"Imported": {"source": "csv"}}"#)?;
    AnyOrder::create(database.report(7), creation).commit(&database.store)?;
    assert_eq!(database.row(7), (Some("Imported".into()), Some(1)));
    let order = database.store.resume::<OrderState>(Report { id: 7 })?;
    assert_eq!(order.into_parts().1, OrderState::Imported { source: "csv".into() });
    let order = OrderMachine::create_draft(database.report(8)).commit(&database.store)?;
    assert_eq!(order.pay().commit(&database.store)?.version(), 2);
    assert_eq!(database.row(8), (Some("Paid".into()), Some(2)));
    Ok(())
}

#[test]
fn write_ahead_log_is_checkpointed_before_four_thousand_pages() -> Tested {
    let database = Database::new();
    // Another connection has its own checkpoint setting, so it inserts its rows first.
    let reports: Vec<Report> = (0..900).map(|id| database.report(id)).collect();
    let mut most = 0;
    for report in reports {
        ReportMachine::create(report).by("ann").commit(&database.store)?;
        let mut log = database.path().into_os_string();
        log.push("-wal");
        most = most.max(std::fs::metadata(log)?.len());
    }
    // Without a checkpoint the log would be half again as long as this limit; the pages of one commit may be added.
    let page = 4096 + 24;
    assert!((3000 * page..4040 * page).contains(&most), "{most}");
    Ok(())
}

#[test]
fn second_writer_gets_conflict_with_expected_and_found_state() -> Tested {
    let database = Database::new();
    ReportMachine::create(database.report(7)).commit(&database.store)?;
    let resume = || database.store.resume::<ReportState>(Report { id: 7 });
    let (AnyReport::Draft(one), AnyReport::Draft(other)) = (resume()?, resume()?) else { panic!("it is a draft") };
    one.submit("bob".into()).commit(&database.store)?;
    let refused = other.comment().commit(&database.store).expect_err("somebody was first");
    let Cause::Sink(Error::Conflict(conflict)) = refused.cause() else { panic!("{refused}") };
    assert_eq!((conflict.expected.version, conflict.expected.state.as_deref()), (1, Some("Draft")));
    assert_eq!((conflict.found.version, conflict.found.state.as_deref()), (2, Some("Review")));
    assert!(conflict.since.is_some());
    assert_eq!(database.row(7), (Some("Review".into()), Some(2)));
    assert_whole(&database.path());
    Ok(())
}

#[test]
fn second_creation_returns_conflict() -> Tested {
    let database = Database::new();
    LampMachine::create(Id::from("desk")).commit(&database.store)?;
    let refused = LampMachine::create(Id::from("desk")).commit(&database.store).expect_err("it was created before");
    let Cause::Sink(Error::Conflict(conflict)) = refused.cause() else { panic!("{refused}") };
    assert_eq!((conflict.expected.version, conflict.found.version), (0, 1));
    Ok(())
}

#[test]
fn same_record_is_written_once_and_its_retry_succeeds() -> Tested {
    let database = Database::new();
    let kept = Kept::default();
    let report = ReportMachine::create(database.report(7)).commit(kept.before(&database.store))?;
    report.submit("bob".into()).commit(kept.before(&database.store))?;
    // Writes the records again one by one after later ones, and then all of them together with a new one.
    let records = kept.0.into_inner().expect("nobody panicked");
    for record in &records {
        (&database.store).on_success(record)?;
    }
    (&database.store).on_success_all(&records)?;
    assert_eq!(database.count("SELECT count(*) FROM tollgate_record"), 2);
    let mut changed = records[1].clone();
    changed.reason = Some("another".into());
    let refused = (&database.store).on_success(&changed).expect_err("it says something else");
    assert!(matches!(refused, Error::OtherRecord { id } if id == changed.id), "{refused}");
    Ok(())
}

#[test]
fn batch_with_one_stale_step_is_not_written() -> Tested {
    let database = Database::new();
    let store = &database.store;
    let (one, two) = (database.report(1), database.report(2));
    let (one, two) = commit_all((ReportMachine::create(one), ReportMachine::create(two)), store)?;
    let AnyReport::Draft(other) = store.resume::<ReportState>(Report { id: 2 })? else { panic!("it is a draft") };
    other.comment().commit(store)?;
    let refused = commit_all((one.submit("bob".into()), two.submit("bob".into())), store).expect_err("two has moved");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Conflict(_))), "{refused}");
    assert_eq!(database.row(1), (Some("Draft".into()), Some(1)));
    let (one, _) = refused.into_step();
    assert_eq!(commit_all((one, LampMachine::create(Id::from(1))), store)?.0.version(), 2);
    assert_whole(&database.path());
    Ok(())
}

#[test]
fn refusals_and_events_are_recorded() -> Tested {
    let database = Database::new();
    let report = ReportMachine::create(database.report(7)).commit(&database.store)?;
    let report = report.submit("bob".into()).commit(&database.store)?;
    let refused = report.approve().by("eve").commit(&database.store).expect_err("eve may not");
    assert!(refused.refusal_error().is_none(), "{:?}", refused.refusal_error());
    tollgate::events::Login {}.occurred().by("ann").commit(&database.store)?;
    let shown = "SELECT count(*) FROM tollgate_history WHERE kind = 'refusal' AND transition = 'approve' \
                 AND refused_by IS NOT NULL AND machine = 'Report' AND version IS NULL";
    assert_eq!(database.count(shown), 1);
    assert_eq!(database.count("SELECT count(*) FROM tollgate_history WHERE kind = 'event' AND actor = 'ann'"), 1);
    assert_eq!(database.row(7), (Some("Review".into()), Some(2)));
    Ok(())
}

#[test]
fn record_of_a_manually_resumed_machine_is_chained() -> Tested {
    let database = Database::new();
    let report = ReportMachine::create(database.report(7)).commit(&database.store)?;
    report.comment().commit(&database.store)?;
    let AnyReport::Draft(report) = AnyReport::resume(Report { id: 7 }, ReportState::Draft, 2) else {
        panic!("a draft")
    };
    report.comment().commit(&database.store)?;
    let chained = "SELECT count(*) FROM tollgate_record r JOIN tollgate_record p ON p.version = r.version - 1 \
                   WHERE r.prev = p.digest";
    assert_eq!(database.count(chained), 2);
    let digest: Vec<u8> =
        database.user().query_row("SELECT digest FROM tollgate_record WHERE version = 3", [], |row| row.get(0))?;
    let id: [u8; 16] =
        database.user().query_row("SELECT id FROM tollgate_record WHERE version = 3", [], |r| r.get(0))?;
    let record = database.store.outcome(Uuid::from_bytes(id))?.ok_or("it was written")?;
    assert_eq!(Sha256::digest(record.canonical())[..], digest, "the record is read back as it was digested");
    Ok(())
}

/// A sink that keeps the records that pass through it.
#[derive(Default)]
struct Kept(Mutex<Vec<Record>>);

impl Kept {
    fn before<'s>(&'s self, store: &'s Sqlite) -> impl Sink<Error = Error> + 's {
        Before(self, store)
    }
}

struct Before<'s>(&'s Kept, &'s Sqlite);

impl Sink for Before<'_> {
    type Error = Error;

    fn on_success(&mut self, record: &Record) -> Result<(), Error> {
        self.0.0.lock().expect("nobody panicked").push(record.clone());
        self.1.register::<ReportState>()?;
        Sink::on_success(&mut self.1, record)
    }
}
