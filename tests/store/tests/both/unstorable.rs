//! A value that a database cannot store is refused before the statement, and the error names the field. Every reader reads
//! an accepted value back unchanged.

use serde_json::{Value, json};
use tollgate::chrono::{Datelike as _, Timelike as _};
use tollgate::{Actor, AsyncSink as _, Event as _, Id, NamesSubject as _, Record, RecordKind, StateMachine};
use tollgate_store::{Error, Store};
use tollgate_store_tests::{
    AnyDoor, AnyTicket, Database, DoorMachine, DoorState, DoorTransition, Kind, Parcel, ParcelMachine, Report,
    ReportMachine, ReportState, Tested, Ticket, TicketMachine, TicketState, TicketTransition, in_transaction, on_both,
};

use crate::{count, open, refused, sink_error};

on_both! {
    text_with_nul_is_refused_by_field_on_postgres_and_read_back_on_sqlite,
    json_with_nul_is_refused_by_field_on_postgres_and_read_back_on_sqlite,
    query_for_a_name_with_nul_returns_only_stored_records,
    name_past_the_index_limit_is_refused_on_postgres_and_read_back_on_sqlite,
    refusal_of_a_value_does_not_end_a_transaction_of_the_caller,
    reserved_field_is_refused_by_its_name,
    value_that_no_reader_could_read_is_refused_by_its_name,
    record_of_another_machine_or_chart_is_refused,
    json_columns_are_in_canonical_form,
    times_at_both_ends_are_read_back_and_summed,
    version_past_the_largest_of_the_database_is_refused_by_name,
    refused_time_is_read_back_as_a_parameter_of_the_refusal,
}

/// Returns the reason for which the store refused a step.
fn said<S>(refused: &tollgate::CommitError<S, Error>) -> Tested<String> {
    match sink_error(refused)? {
        Error::Unstorable { why, .. } => Ok(why.clone()),
        other => Err(format!("it was to be unstorable: {other}").into()),
    }
}

/// Asserts that every reader returns this record.
async fn read_back(store: &Store, record: &Record) -> Tested {
    let found = store.outcome(record.id).await?.ok_or("it is written")?;
    assert_eq!(found, *record);
    let all = store.records().all().await?;
    assert_eq!(all.unreadable, []);
    assert!(all.records.contains(record));
    let mut stream = store.records().newest_first().strict().stream();
    while let Some(found) = stream.next().await {
        if found?.id == record.id {
            return Ok(());
        }
    }
    Err("the stream did not give it".into())
}

async fn text_with_nul_is_refused_by_field_on_postgres_and_read_back_on_sqlite(database: &Database) -> Tested {
    let store = database.store().await?;
    let shut = DoorMachine::create(Id::from(1)).commit_async(&store).await?.open().commit_async(&store).await?;
    let (mut door, mut is_ajar) = (AnyDoor::from(shut), true);
    let before = count(database).await?;
    for (field, actor, reason) in [
        ("actor", Actor::user("a\0b"), "r"),
        ("actor's name", Actor::user("a").named("a\0b"), "r"),
        ("on_behalf_of", Actor::user("a").on_behalf_of(Actor::user("\0")), "r"),
        ("on_behalf_of", Actor::user("a").on_behalf_of(Actor::user("b").named("\\\0")), "r"),
        ("reason", Actor::user("a"), "r\0"),
    ] {
        let transition = if is_ajar { DoorTransition::Shut } else { DoorTransition::Open };
        let mut step = door.fire(transition)?.by(actor).because(reason);
        let id = step.record_id();
        match (database.kind(), step.commit_async(&store).await) {
            (Kind::Sqlite, outcome) => {
                door = outcome?;
                is_ajar = !is_ajar;
                let record = store.outcome(id).await?.ok_or("it is written")?;
                assert_eq!(record.reason.as_deref(), Some(reason));
                read_back(&store, &record).await?;
            }
            (Kind::Postgres, outcome) => {
                let refused = refused(outcome)?;
                assert_eq!(
                    said(&refused)?,
                    format!("its {field} contains the character NUL, which Postgres cannot store")
                );
                door = refused.into_machine();
            }
        }
    }
    let created = TicketMachine::create(Ticket::new("a\0b")).commit_async(&store).await;
    let again = TicketMachine::create(Ticket::new("a\0c")).commit_async(&store).await;
    match database.kind() {
        Kind::Sqlite => {
            created?.take().commit_async(&store).await?;
            assert_eq!(store.resume::<TicketState>(Ticket::new("a\0b")).await?.version(), 2);
            assert_eq!(again?.version(), 1);
        }
        Kind::Postgres => {
            assert!(said(&refused(created)?)?.contains("its subject contains the character NUL"));
            assert!(said(&refused(again)?)?.contains("its subject contains the character NUL"));
            assert_eq!(count(database).await?, before);
        }
    }
    Ok(())
}

/// A machine that records the data of a state.
#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(note, from = Blank, to = Noted)]
enum PadState {
    #[state(initial)]
    Blank,
    #[state(record, terminal)]
    Noted { text: String },
}

async fn json_with_nul_is_refused_by_field_on_postgres_and_read_back_on_sqlite(database: &Database) -> Tested {
    let store = database.store().await?;
    // An escaped backslash before `u0000` is not the escape of NUL.
    let pad = PadMachine::create(Id::from(1)).with("k", "\\u0000").commit_async(&store).await?;
    let mut ids = Vec::new();
    let mut outcomes = Vec::new();
    for (id, key, value) in [(2, "k", json!("a\0b")), (3, "k\0", json!(1)), (4, "k", json!([{ "\\\0": 1 }]))] {
        let mut step = PadMachine::create(Id::from(id)).with(key, value);
        ids.push(step.record_id());
        outcomes.push(("context", step.commit_async(&store).await.map(drop).map_err(|refused| said(&refused))));
    }
    let mut step = pad.note("a\0".into());
    ids.push(step.record_id());
    outcomes.push(("data", step.commit_async(&store).await.map(drop).map_err(|refused| said(&refused))));
    let login = tollgate_store_tests::Exported { reports: 1, format: "\0".into() };
    let mut step = login.occurred().by("ann");
    ids.push(step.record_id());
    outcomes.push(("properties", step.commit_async(&store).await.map(drop).map_err(|refused| said(&refused))));
    for (id, (field, outcome)) in ids.into_iter().zip(outcomes) {
        match database.kind() {
            Kind::Sqlite => {
                outcome.map_err(|_| format!("{field} was refused"))?;
                let record = store.outcome(id).await?.ok_or("it is written")?;
                read_back(&store, &record).await?;
            }
            Kind::Postgres => {
                let said = refused(outcome)??;
                assert_eq!(said, format!("its {field} contains the character NUL, which Postgres cannot store"));
            }
        }
    }
    let first = store.history::<PadState>(1).all().await?.records;
    assert_eq!(first[0].context.get("k"), Some(&json!("\\u0000")));
    Ok(())
}

async fn query_for_a_name_with_nul_returns_only_stored_records(database: &Database) -> Tested {
    let store = database.store().await?;
    open(&store, "a").await?;
    let created = TicketMachine::create(Ticket::new("a\0b")).by("\0").commit_async(&store).await;
    let expected = usize::from(created.is_ok());
    assert_eq!(created.is_ok(), database.kind() == Kind::Sqlite);
    assert_eq!(store.history::<TicketState>("a\0b").all().await?.records.len(), expected);
    assert_eq!(store.records().by("\0").all().await?.records.len(), expected);
    assert_eq!(store.records().by("\0").count().await?, expected as u64);
    assert_eq!(store.stays::<TicketState>("a\0b").await?.len(), expected);
    let resumed = store.resume::<TicketState>(Ticket::new("a\0b")).await;
    assert_eq!(resumed.is_ok(), expected == 1);
    assert!(matches!(resumed, Ok(_) | Err(Error::NeverCreated { .. })), "{resumed:?}");
    Ok(())
}

/// Returns a text of this many bytes that does not compress.
fn random_text(length: usize) -> String {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let letters = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'a' + u8::try_from(state % 26).unwrap_or_default())
    });
    letters.take(length).collect()
}

async fn name_past_the_index_limit_is_refused_on_postgres_and_read_back_on_sqlite(database: &Database) -> Tested {
    let store = database.store().await?;
    for length in [2048, 2049, 12_288] {
        for text in [random_text(length), "a".repeat(length)] {
            let by_subject = TicketMachine::create(Ticket::new(&text)).commit_async(&store).await;
            let door = DoorMachine::create(Id::from(i64::from(text.starts_with("aa")) + i64::try_from(length)? * 2));
            let by_actor = door.by(text.as_str()).commit_async(&store).await;
            if database.kind() == Kind::Sqlite || length == 2048 {
                by_subject?.take().commit_async(&store).await?;
                let resumed = store.resume::<TicketState>(Ticket::new(&text)).await?;
                assert_eq!((resumed.version(), resumed.subject_ref().id), (2, Id::from(text.as_str())));
                by_actor?;
                assert_eq!(store.records().by(text.as_str()).all().await?.records.len(), 1);
            } else {
                let why = |field: &str| format!("its {field} has {length} bytes; Postgres can index at most 2048");
                assert_eq!(said(&refused(by_subject)?)?, why("subject"));
                assert_eq!(said(&refused(by_actor)?)?, why("actor"));
                assert!(store.resume::<TicketState>(Ticket::new(&text)).await.is_err());
                assert_eq!(store.records().by(text.as_str()).count().await?, 0);
            }
        }
    }
    Ok(())
}

async fn refusal_of_a_value_does_not_end_a_transaction_of_the_caller(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report: Report = database.report(1).await?;
    let draft = ReportMachine::create(report).commit_async(&store).await?;
    let mut deep = json!(1);
    for _ in 0..65 {
        deep = json!([deep]);
    }
    let mut record = store.records().all().await?.records.remove(0);
    record.data = Some(deep);
    in_transaction!(database, commit, |transaction| {
        let refused = refused(store.within(&mut transaction).on_success(&record).await)?;
        assert!(matches!(refused, Error::Unstorable { .. }), "{refused}");
        draft.submit("bob".into()).commit_async(store.within(&mut transaction)).await?
    });
    assert_eq!(store.resume::<ReportState>(Report::new(1, "")).await?.version(), 2);
    Ok(())
}

/// Returns the creation of a door, not yet written, for a test to change.
async fn creation(store: &Store, id: i64) -> Tested<Record> {
    let mut records: Vec<Record> = Vec::new();
    DoorMachine::create(Id::from(id)).commit(&mut records)?;
    store.register::<DoorState>().await?;
    records.pop().ok_or_else(|| "it was recorded".into())
}

/// Returns the reason for which this record is refused.
async fn why(store: &Store, record: &Record) -> Tested<String> {
    match refused(store.clone().on_success(record).await)? {
        Error::Unstorable { why, .. } => Ok(why),
        other => Err(other.into()),
    }
}

async fn reserved_field_is_refused_by_its_name(database: &Database) -> Tested {
    let store = database.store().await?;
    let sound = creation(&store, 1).await?;
    let mut line: Value = serde_json::from_slice(&sound.canonical())?;
    line["parameters"] = json!({ "amount": 1 });
    let parameters: Record = serde_json::from_value(line)?;
    let mut personal = sound.clone();
    personal.personal = vec![tollgate::Digest::new([7; 32])];
    let mut position = sound.clone();
    position.position = Some(1);
    let mut adoption = sound.clone();
    adoption.kind = RecordKind::Adoption;
    for (record, field) in [
        (&parameters, "`parameters`"),
        (&personal, "`personal`"),
        (&position, "`position`"),
        (&adoption, "`kind`, `adoption`"),
    ] {
        let why = why(&store, record).await?;
        assert!(why.starts_with(&format!("its {field}")) && why.contains("cannot be stored"), "{why}");
    }
    store.clone().on_success(&sound).await?;
    read_back(&store, &sound).await
}

async fn value_that_no_reader_could_read_is_refused_by_its_name(database: &Database) -> Tested {
    let store = database.store().await?;
    let sound = creation(&store, 1).await?;
    let mut deep = json!(1);
    for _ in 0..64 {
        deep = json!([deep]);
    }
    let mut record = sound.clone();
    record.data = Some(json!({ "list": deep }));
    let reason = why(&store, &record).await?;
    assert!(reason.starts_with("`data.list[0]"), "{reason}");
    assert!(reason.ends_with("it is nested more than 64 levels deep; record a part of it, or its text"), "{reason}");
    for (at, words) in [
        (
            sound
                .at
                .with_nanosecond(0)
                .and_then(|at| at.with_second(59))
                .and_then(|at| at.with_nanosecond(1_500_000_000)),
            "leap second",
        ),
        (sound.at.with_year(10_000), "outside the years 0 to 9999"),
        (sound.at.with_year(-1), "outside the years 0 to 9999"),
    ] {
        let mut record = sound.clone();
        record.at = at.ok_or("chrono holds it")?;
        let reason = why(&store, &record).await?;
        assert!(reason.starts_with("`at` cannot be recorded") && reason.contains(words), "{reason}");
    }
    let mut record = sound.clone();
    let mut actor = Actor::user(1);
    for id in 0..65 {
        actor = Actor::user(id).on_behalf_of(actor);
    }
    record.actor = Some(actor.clone());
    assert!(why(&store, &record).await?.contains("`actor.on_behalf_of`"));
    // With one level less, it is read back, as 64 levels of data are.
    record.actor = actor.on_behalf_of.map(|principal| *principal);
    record.data = Some(deep);
    store.clone().on_success(&record).await?;
    read_back(&store, &record).await
}

async fn record_of_another_machine_or_chart_is_refused(database: &Database) -> Tested {
    let store = database.store().await?;
    let sound = creation(&store, 1).await?;
    let mut renamed = sound.clone();
    renamed.machine = Some("Gate".into());
    assert_eq!(why(&store, &renamed).await?, "its `machine` or its `chart` is not that of the registered machine");
    let mut refusal = sound.clone();
    (refusal.kind, refusal.version, refusal.to) = (RecordKind::Refusal, None, Some("Locked".into()));
    (refusal.refused_by, refusal.refusal) = (Some("guard".into()), Some("no".into()));
    assert_eq!(why(&store, &refusal).await?, "its machine's chart has no such edge");
    let mut event = sound.clone();
    (event.kind, event.version, event.machine, event.event) = (RecordKind::Event, None, None, Some("knock".into()));
    assert_eq!(why(&store, &event).await?, "it has a `chart` and no `machine`");
    assert_eq!(count(database).await?, 0);
    Ok(())
}

async fn json_columns_are_in_canonical_form(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report: Report = database.report(1).await?;
    let ann = Actor::user("ann").on_behalf_of(Actor::service(7).named("Seven"));
    let context = json!({ "z": [1.0, 1e16, 1e-7, 0.1, u64::MAX], "a": { "ü": "\u{1}é\n", "b": null } });
    let report = ReportMachine::create(report).by(ann).with("k", context.clone()).commit_async(&store).await?;
    report.submit("bob \"b\"".into()).commit_async(&store).await?;
    let rows = database
        .rows("SELECT CAST(context AS text) AS context, CAST(on_behalf_of AS text) AS principal, CAST(data AS text) AS data
               FROM tollgate_record ORDER BY version")
        .await?;
    let expected = "{\"k\":{\"a\":{\"b\":null,\"ü\":\"\\u0001é\\n\"},\
                    \"z\":[1.0,1e+16,1e-7,0.1,18446744073709551615]}}";
    assert_eq!(rows[0]["context"], expected);
    assert_eq!(rows[0]["principal"], r#"{"kind":"service","id":7,"display":"Seven"}"#);
    assert_eq!(rows[1]["data"], r#"{"reviewer":"bob \"b\""}"#);
    for record in store.records().strict().all().await?.records {
        read_back(&store, &record).await?;
    }
    Ok(())
}

async fn times_at_both_ends_are_read_back_and_summed(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let parcel: Parcel = database.parcel(1).await?;
    let (first, last) = ("0000-01-01T00:00:00.000000001Z".parse()?, "9999-12-31T23:59:59.999999999Z".parse()?);
    let parcel = ParcelMachine::create(parcel).at(first).commit_async(&store).await?;
    parcel.send().at(last).commit_async(&store).await?;
    let records = store.records().strict().all().await?.records;
    let mut times: Vec<_> = records.iter().map(|record| record.at).collect();
    times.sort();
    assert_eq!(times, [first, last]);
    let times = store.time_in_states::<tollgate_store_tests::ParcelStatus>().all().await?;
    assert_eq!((times[0].ended, times[1].open), (1, 1));
    assert_eq!(times[0].total.as_secs(), u64::try_from((last - first).num_seconds())?);
    assert!(times[0].longest.as_secs() >= 9_000_000_000);
    let counts = store.counts::<tollgate_store_tests::ParcelStatus>().all().await?;
    assert_eq!(counts.iter().map(|count| count.count).sum::<u64>(), 2);
    Ok(())
}

async fn version_past_the_largest_of_the_database_is_refused_by_name(database: &Database) -> Tested {
    let store = database.store().await?;
    open(&store, "a").await?;
    let before = count(database).await?;
    let most = u64::try_from(i64::MAX)?;
    for last in [most, most + 1, u64::MAX - 1] {
        let ticket = AnyTicket::resume(Ticket::new("a"), TicketState::Open, last);
        let refused = refused(ticket.fire(TicketTransition::Take)?.commit_async(&store).await)?;
        match (database.kind(), sink_error(&refused)?) {
            // Postgres looks for the record before it first.
            (Kind::Postgres, Error::Conflict(conflict)) => assert_eq!(conflict.expected.version, last),
            (_, Error::Unstorable { why, .. }) => {
                let version = last + 1;
                assert_eq!(
                    *why,
                    format!("its version, {version}, is above {most}, the largest that the database holds")
                );
            }
            (_, other) => return Err(other.to_string().into()),
        }
        assert_eq!(refused.into_machine().version(), last);
    }
    assert_eq!(count(database).await?, before);
    // The largest version can be stored, but it does not follow the existing record.
    let ticket = AnyTicket::resume(Ticket::new("a"), TicketState::Open, most - 1);
    let refusal = refused(ticket.fire(TicketTransition::Take)?.commit_async(&store).await)?;
    assert!(matches!(sink_error(&refusal)?, Error::Conflict(_)), "{refusal}");
    // No version follows the last `u64`. The runtime refuses this step, and the store records the refusal.
    let ticket = AnyTicket::resume(Ticket::new("a"), TicketState::Open, u64::MAX);
    let refusal = refused(ticket.fire(TicketTransition::Take)?.commit_async(&store).await)?;
    assert_eq!(refusal.code(), "version_exhausted");
    let records = store.records().strict().all().await?.records;
    let [recorded] = &records.iter().filter(|record| record.kind == RecordKind::Refusal).collect::<Vec<_>>()[..] else {
        return Err("one refusal is recorded".into());
    };
    assert_eq!(recorded.refused_by.as_deref(), Some("version"));
    read_back(&store, recorded).await
}

async fn refused_time_is_read_back_as_a_parameter_of_the_refusal(database: &Database) -> Tested {
    let store = database.store().await?;
    let ticket = open(&store, "a").await?;
    let backwards = refused(ticket.take().at("1999-12-31T23:59:59Z".parse()?).commit_async(&store).await)?;
    let far = tollgate::chrono::DateTime::from_timestamp(253_402_300_800, 0).ok_or("the year 10000")?;
    let unheld = refused(backwards.into_step().at(far).commit_async(&store.batching()).await)?;
    assert_eq!(unheld.code(), "not_recordable");
    let records = store.records().strict().all().await?.records;
    let refusals: Vec<&Record> = records.iter().filter(|record| record.kind == RecordKind::Refusal).collect();
    let mut times: Vec<_> = refusals.iter().filter_map(|record| record.parameters.get("at")?.as_str()).collect();
    times.sort_unstable();
    assert_eq!(times, ["+10000-01-01T00:00:00.000000000Z", "1999-12-31T23:59:59.000000000Z"]);
    for refusal in refusals {
        read_back(&store, refusal).await?;
    }
    let text = match database.kind() {
        Kind::Sqlite => "parameters",
        Kind::Postgres => "parameters::text",
    };
    let columns = format!("SELECT {text} AS parameters FROM tollgate_history WHERE refused_by = 'time'");
    let rows = database.rows(&columns).await?;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["parameters"], r#"{"at":"1999-12-31T23:59:59.000000000Z"}"#);
    Ok(())
}
