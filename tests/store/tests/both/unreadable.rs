//! A row that this build cannot read does not end a listing and does not affect other subjects: its id is reported.
//!
//! SQL inserts the rows, with the checks of the database turned off if they would refuse a row.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use tollgate::Event as _;
use tollgate::uuid::Uuid;
use tollgate::{Id, Record, RecordKind};
use tollgate_store::{Cursor, Error, Page, Records, Store, Unreadable};
use tollgate_store_tests::{
    Database, DoorMachine, DoorState, Exported, Kind, Tested, Ticket, TicketMachine, TicketState, on_both,
};

use crate::{open, refused};

// The check of the whole history would fail on these rows too.
on_both! {
    by tollgate_store_tests::run_without_the_check;
    page_with_unreadable_records_reports_them_and_continues,
    page_of_unreadable_records_alone_has_a_cursor,
    stream_with_unreadable_records_yields_errors_and_continues,
    strict_query_stops_at_the_first_unreadable_record,
    subject_with_an_unreadable_last_record_is_named_and_others_are_not_affected,
    unreadable_event_or_refusal_is_reported_without_a_version,
    adoption_is_read,
    negative_version_is_reported_and_stepped_over,
    time_outside_the_years_0_to_9999_is_refused_by_the_database,
}

/// SQL values that replace columns of a readable row; first for SQLite, then for Postgres.
struct Odd {
    columns: &'static [(&'static str, &'static str)],
    postgres: Option<&'static [(&'static str, &'static str)]>,
    /// A part of the reason, on SQLite and on Postgres.
    why: [&'static str; 2],
}

const fn both(columns: &'static [(&'static str, &'static str)], why: &'static str) -> Odd {
    Odd { columns, postgres: None, why: [why, why] }
}

const fn odd(
    sqlite: &'static [(&'static str, &'static str)],
    postgres: &'static [(&'static str, &'static str)],
    why: &'static str,
) -> Odd {
    Odd { columns: sqlite, postgres: Some(postgres), why: [why, why] }
}

/// Second records of a subject, each unreadable for one reason.
const ODD: &[Odd] = &[
    odd(&[("at", "'2026-06-30T23:59:60.000000000Z'")], &[("at", "'infinity'")], "`at` is not a time"),
    odd(&[("at", "'2027-02-29T00:00:00.000000000Z'")], &[("at", "'-infinity'")], "`at` is not a time"),
    odd(&[("at", "'2026-06-30T25:00:00.000000000Z'")], &[("at", "'20000-01-01 00:00:00+00'")], "`at` is not a time"),
    odd(&[("at", "'+2026-06-30 10:00:00 and more'")], &[("at", "'0044-03-15 00:00:00+00 BC'")], "`at` is not a time"),
    odd(&[("at", "''")], &[("at_nanos", "1000")], "`at` is not a time"),
    odd(&[("at", "'tomorrow'")], &[("at_nanos", "-1")], "`at` is not a time"),
    both(&[("kind", "'miracle'")], "`kind` is not one that this build knows: `miracle`"),
    both(&[("actor_kind", "'god'")], "`actor_kind` is not one that this build knows: `god`"),
    both(&[("actor_kind", "NULL")], "`actor_kind` is null, and `actor` is not"),
    both(&[("actor", "NULL")], "`actor` is null, and `actor_kind` is not"),
    both(&[("actor", "NULL"), ("actor_kind", "NULL"), ("actor_name", "'Ann'")], "`actor` is null"),
    both(&[("actor", "'\"ann'")], "`actor` is not in the form"),
    both(&[("actor", "'\"ann\"'")], "`actor` is not in the form"),
    both(&[("subject_kind", "NULL")], "`subject_kind` is null, and `subject` is not"),
    both(&[("edge", "4711")], "`edge` is 4711, which tollgate_edge does not have"),
    both(&[("context", "'[1]'")], "`context` is not JSON that can be read"),
    both(&[("context", "DEEP")], "`context` is not JSON that can be read"),
    both(&[("data", "DEEP")], "`data` is not JSON that can be read"),
    // With serde_json's `arbitrary_precision` it is JSON, but not canonical.
    both(&[("data", "'1e999'")], "`data` is not"),
    both(&[("context", "'{\"b\":1,\"a\":2}'")], "`context` is not in canonical form"),
    both(&[("context", "'{\"a\": 1}'")], "`context` is not in canonical form"),
    both(&[("context", "'{\"a\":1,\"a\":1}'")], "`context` is not JSON that can be read"),
    both(&[("data", "'1.50'")], "`data` is not in canonical form"),
    both(&[("data", "'100000000000000000000'")], "`data` is not in canonical form"),
    both(&[("data", "'{\"a\":1,\"a\":1}'")], "`data` is not in canonical form"),
    both(&[("data", "TOO DEEP")], "cannot be recorded: it is nested more than 64 levels deep"),
    both(&[("on_behalf_of", "'{\"id\":1,\"kind\":\"user\"}'")], "`on_behalf_of` is not in canonical form"),
    both(&[("on_behalf_of", "'{\"kind\":\"god\",\"id\":1}'")], "`on_behalf_of` is not JSON that can be read"),
    odd(&[("prev", "zeroblob(31)")], &[("prev", "decode(repeat('00', 31), 'hex')")], "`prev` is not 32 bytes long"),
    odd(
        &[("digest", "zeroblob(31)")],
        &[("digest", "decode(repeat('00', 31), 'hex')")],
        "`digest` is not 32 bytes long",
    ),
    Odd {
        columns: &[("reason", "CAST(x'ff' AS TEXT)")],
        postgres: Some(&[("digest", "decode('', 'hex')")]),
        why: ["`reason` cannot be read", "`digest` is not 32 bytes long"],
    },
];

/// Turns off the checks of the database, as its owner can.
async fn unguarded(database: &Database) -> Tested {
    database
        .execute(match database.kind() {
            Kind::Sqlite => "DROP TRIGGER tollgate_check_change; DROP TRIGGER tollgate_check_other;",
            Kind::Postgres => "ALTER TABLE tollgate_record DISABLE TRIGGER tollgate_check_record",
        })
        .await
}

/// Returns an id after all earlier ones and before all later ones: no other id has its millisecond.
fn next_id() -> Tested<Uuid> {
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map(|now| now.as_millis());
    let after = |millis: u128| {
        while now()? <= millis {
            std::thread::sleep(Duration::from_millis(1));
        }
        Tested::Ok(now()?)
    };
    let millis = after(now()?)?;
    after(millis)?;
    Ok(Uuid::from_u128(millis << 80 | 0x7000_8000_0000_0000_0000))
}

fn literal(kind: Kind, id: Uuid) -> String {
    match kind {
        Kind::Sqlite => format!("x'{}'", id.simple()),
        Kind::Postgres => format!("'{id}'"),
    }
}

/// Inserts a second record of this ticket, with these values in place of valid ones.
async fn plant(database: &Database, ticket: &str, columns: &[(&str, &str)]) -> Tested<Uuid> {
    let id = next_id()?;
    let id_text = literal(database.kind(), id);
    let deep = format!("'{{\"a\":{}1{}}}'", "[".repeat(200), "]".repeat(200));
    let too_deep = format!("'{}1{}'", "[".repeat(65), "]".repeat(65));
    let mut row = BTreeMap::from([
        ("id", id_text.as_str()),
        ("at", "at"),
        ("kind", "'transition'"),
        ("subject_kind", "subject_kind"),
        ("subject", "subject"),
        ("machine", "machine"),
        ("edge", "(SELECT id FROM tollgate_edge WHERE transition = 'take')"),
        ("version", "version + 1"),
        ("actor_kind", "'user'"),
        ("actor", "'eve'"),
        ("prev", "digest"),
    ]);
    if database.kind() == Kind::Postgres {
        row.insert("at_nanos", "at_nanos");
    }
    row.extend(columns.iter().map(|(column, value)| match *value {
        "DEEP" => (*column, &*deep),
        "TOO DEEP" => (*column, &*too_deep),
        value => (*column, value),
    }));
    let (names, values): (Vec<_>, Vec<_>) = row.into_iter().unzip();
    let checks = if database.kind() == Kind::Sqlite { "PRAGMA ignore_check_constraints = ON;" } else { "" };
    let sql = format!(
        "{checks} INSERT INTO tollgate_record ({}) SELECT {} FROM tollgate_record WHERE subject = '{ticket}' AND version = 1",
        names.join(", "),
        values.join(", ")
    );
    database.execute(&sql).await.map_err(|error| format!("{sql}: {error}"))?;
    Ok(id)
}

/// Readable records, and one unreadable record for each reason; the expected report of each.
struct Planted {
    store: Store,
    sound: Vec<Record>,
    unreadable: Vec<(Uuid, &'static str)>,
}

async fn planted(database: &Database) -> Tested<Planted> {
    let store = database.store().await?;
    open(&store, "sound-1").await?.take().by("ann").commit_async(&store).await?;
    for index in 0..ODD.len() {
        open(&store, &format!("odd-{index}")).await?;
    }
    unguarded(database).await?;
    let mut unreadable = Vec::new();
    for (index, odd) in ODD.iter().enumerate() {
        let is_postgres = database.kind() == Kind::Postgres;
        let columns = odd.postgres.filter(|_| is_postgres).unwrap_or(odd.columns);
        let id = plant(database, &format!("odd-{index}"), columns).await?;
        unreadable.push((id, odd.why[usize::from(is_postgres)]));
    }
    Exported { reports: 3, format: "pdf".into() }.occurred().by("ann").commit_async(&store).await?;
    open(&store, "sound-2").await?.take().by("ann").commit_async(&store).await?;
    let sound = store.records().all().await?.records;
    assert_eq!(sound.len(), ODD.len() + 5);
    Ok(Planted { store, sound, unreadable })
}

/// Returns all pages of this size.
async fn paged(mut query: Records, limit: u32) -> Tested<(Vec<Record>, Vec<Unreadable>)> {
    let (mut records, mut unreadable) = (Vec::new(), Vec::new());
    loop {
        let page = query.page(limit).await?;
        assert!(page.records.len() + page.unreadable.len() <= limit as usize);
        records.extend(page.records);
        unreadable.extend(page.unreadable);
        let Some(next) = page.next else { return Ok((records, unreadable)) };
        query = query.after(&next.to_string().parse::<Cursor>()?);
    }
}

fn assert_reported(reported: &[Unreadable], expected: &[(Uuid, &str)]) {
    let ids: Vec<_> = reported.iter().map(|reported| (reported.id, reported.version)).collect();
    assert_eq!(ids, expected.iter().map(|(id, _)| (*id, Some(2))).collect::<Vec<_>>());
    for (reported, (id, why)) in reported.iter().zip(expected) {
        assert!(reported.why.contains(why), "{}: {why}", reported.why);
        assert_eq!(reported.to_string(), format!("record {id} (version 2) cannot be read: {}", reported.why));
    }
}

async fn page_with_unreadable_records_reports_them_and_continues(database: &Database) -> Tested {
    let Planted { store, sound, unreadable } = planted(database).await?;
    for limit in [1, 2, 7, 1000] {
        let (records, reported) = paged(store.records(), limit).await?;
        assert_eq!(records, sound, "pages of {limit}");
        assert_reported(&reported, &unreadable);
    }
    let (records, mut reported) = paged(store.records().newest_first(), 3).await?;
    reported.reverse();
    assert_eq!(records.len(), sound.len());
    assert_reported(&reported, &unreadable);
    let Page { records, unreadable: reported, next, .. } = store.records().all().await?;
    assert_eq!((records, next), (sound, None));
    assert_reported(&reported, &unreadable);
    assert_eq!(store.records().count().await?, (store.records().all().await?.records.len() + ODD.len()) as u64);
    Ok(())
}

async fn page_of_unreadable_records_alone_has_a_cursor(database: &Database) -> Tested {
    let store = database.store().await?;
    open(&store, "a-1").await?;
    unguarded(database).await?;
    let id = plant(database, "a-1", &[("kind", "'miracle'")]).await?;
    let history = store.history::<TicketState>("a-1");
    let first = history.page(1).await?;
    let second = history.clone().after(&first.next.ok_or("there is a second record")?).page(1).await?;
    assert_eq!((second.records.len(), second.next), (0, None));
    assert_eq!(second.unreadable[0].id, id);
    open(&store, "b-2").await?;
    let first = store.records().page(1).await?.next.ok_or("there is a second record")?;
    let second = store.records().after(&first).page(1).await?;
    assert_eq!((second.records.len(), second.unreadable.len()), (0, 1));
    let third = store.records().after(&second.next.ok_or("there is a third record")?).page(1).await?;
    assert_eq!((third.records.len(), third.unreadable.len(), third.next), (1, 0, None));
    Ok(())
}

async fn stream_with_unreadable_records_yields_errors_and_continues(database: &Database) -> Tested {
    let Planted { store, sound, unreadable } = planted(database).await?;
    let (mut records, mut reported) = (Vec::new(), Vec::new());
    let mut stream = store.records().stream();
    while let Some(item) = stream.next().await {
        match item {
            Ok(record) => records.push(record),
            Err(Error::Unreadable(unreadable)) => reported.push(*unreadable),
            Err(error) => return Err(error.into()),
        }
    }
    assert_eq!(records, sound);
    assert_reported(&reported, &unreadable);
    if let Some(sqlite) = store.as_sqlite() {
        let (records, errors): (Vec<_>, Vec<_>) = sqlite.records().iter().partition(Result::is_ok);
        assert_eq!((records.len(), errors.len()), (sound.len(), unreadable.len()));
    }
    Ok(())
}

async fn strict_query_stops_at_the_first_unreadable_record(database: &Database) -> Tested {
    let Planted { store, sound, unreadable } = planted(database).await?;
    let first = unreadable[0].0;
    let strict = store.records().strict();
    for error in [refused(strict.page(1000).await)?, refused(strict.all().await)?] {
        assert!(matches!(&error, Error::Unreadable(unreadable) if unreadable.id == first), "{error}");
    }
    let before = sound.iter().filter(|record| record.id < first).count();
    assert_eq!(strict.page(u32::try_from(before)?).await?.records.len(), before);
    let (mut stream, mut given) = (strict.stream(), Vec::new());
    while let Some(item) = stream.next().await {
        given.push(item);
    }
    assert_eq!(given.len(), before + 1);
    assert!(given[..before].iter().all(Result::is_ok));
    assert!(matches!(&given[before], Err(Error::Unreadable(unreadable)) if unreadable.id == first));
    Ok(())
}

async fn subject_with_an_unreadable_last_record_is_named_and_others_are_not_affected(database: &Database) -> Tested {
    let Planted { store, unreadable, .. } = planted(database).await?;
    for (index, (id, why)) in unreadable.iter().enumerate() {
        let refused = refused(store.resume::<TicketState>(Ticket::new(&format!("odd-{index}"))).await)?;
        let Error::Unreadable(reported) = &refused else { return Err(refused.into()) };
        assert_eq!((reported.id, reported.version), (*id, Some(2)));
        assert!(reported.why.contains(why), "{refused}: {why}");
        let refused = store.outcome(*id).await.expect_err("it cannot be read");
        assert!(matches!(&refused, Error::Unreadable(reported) if reported.id == *id), "{refused}");
    }
    for ticket in ["sound-1", "sound-2"] {
        let resumed = store.resume::<TicketState>(Ticket::new(ticket)).await?;
        assert_eq!(resumed.version(), 2);
        assert_eq!(store.stays::<TicketState>(ticket).await?.len(), 2);
    }
    let taken = store.subjects_in::<TicketState>("Taken").all().await?;
    let names: Vec<_> = taken.subjects.iter().map(|subject| subject.subject.to_string()).collect();
    assert!(names.contains(&"sound-1".to_owned()) && names.contains(&"sound-2".to_owned()), "{names:?}");
    // Only the time of its record affects a subject here, and without an edge it is not in this state.
    assert_eq!(taken.unreadable.len(), 6, "{:?}", taken.unreadable);
    assert_eq!(taken.subjects.len(), 2 + ODD.len() - 6 - 1);
    let counts = store.counts::<TicketState>().all().await?;
    let creations = counts.iter().filter(|count| &*count.transition == "create").map(|count| count.count);
    assert_eq!(creations.sum::<u64>(), ODD.len() as u64 + 2);
    let times = store.time_in_states::<TicketState>().all().await?;
    assert!(times.iter().any(|time| &*time.state == "Open" && time.ended >= 2), "{times:?}");
    let doors = DoorMachine::create(Id::from(1)).commit_async(&store).await?;
    assert_eq!(store.resume::<DoorState>(Id::from(1)).await?.version(), doors.version());
    Ok(())
}

async fn unreadable_event_or_refusal_is_reported_without_a_version(database: &Database) -> Tested {
    let store = database.store().await?;
    open(&store, "a-1").await?;
    unguarded(database).await?;
    let event: &[_] = &[
        ("kind", "'event'"),
        ("event", "'visited'"),
        ("version", "NULL"),
        ("edge", "NULL"),
        ("machine", "NULL"),
        ("properties", "DEEP"),
    ];
    let refusal: &[_] =
        &[("kind", "'refusal'"), ("refused_by", "'guard'"), ("refusal", "'no'"), ("version", "NULL"), ("edge", "4711")];
    for (columns, kind, why) in [
        (event, RecordKind::Event, "`properties` is not JSON that can be read"),
        (refusal, RecordKind::Refusal, "`edge` is 4711"),
    ] {
        let id = plant(database, "a-1", columns).await?;
        let page = store.records().kind(kind).page(5).await?;
        assert_eq!((page.records.len(), page.unreadable.len()), (0, 1));
        assert_eq!((page.unreadable[0].id, page.unreadable[0].version), (id, None));
        assert!(page.unreadable[0].why.contains(why), "{}", page.unreadable[0]);
    }
    Ok(())
}

async fn adoption_is_read(database: &Database) -> Tested {
    let store = database.store().await?;
    open(&store, "a-1").await?;
    unguarded(database).await?;
    let id = plant(database, "a-1", &[("kind", "'adoption'")]).await?;
    let record = store.outcome(id).await?.ok_or("it is there")?;
    assert_eq!((record.kind, record.version), (RecordKind::Adoption, Some(2)));
    let found = store.records().machine::<TicketState>().kind(RecordKind::Adoption).all().await?;
    assert_eq!(found.records, [record]);
    Ok(())
}

async fn negative_version_is_reported_and_stepped_over(database: &Database) -> Tested {
    let store = database.store().await?;
    open(&store, "a-1").await?;
    unguarded(database).await?;
    let id = plant(database, "a-1", &[("version", "-1")]).await?;
    for query in [store.records(), store.history::<TicketState>("a-1")] {
        let (records, unreadable) = paged(query, 1).await?;
        assert_eq!((records.len(), unreadable.len()), (1, 1));
        assert_eq!((unreadable[0].id, unreadable[0].version), (id, None));
        assert_eq!(unreadable[0].why, "`version` is negative");
    }
    Ok(())
}

/// Times outside the supported range, as SQL of each database.
const TIMES: [&[&str]; 2] = [
    &[
        "'2026-06-30T23:59:60.000000000Z'",
        "'2026-02-30T00:00:00.000000000Z'",
        "'2026-13-01T00:00:00.000000000Z'",
        "'2026-00-01T00:00:00.000000000Z'",
        "'2026-01-01T24:00:00.000000000Z'",
        "'2026-01-01T00:60:00.000000000Z'",
        "'2026-01-01 00:00:00.000000000Z'",
        "'2026-01-01T00:00:00.000000000+'",
        "'2026-01-01T00:00:00.00000000xZ'",
        "'+026-01-01T00:00:00.000000000Z'",
        "'2026-01-01T00:00:00.000000000Z' || char(0)",
        "'2026-01-01T00:00:00Z'",
        "'infinity'",
        "CAST(x'ff' AS TEXT)",
    ],
    &["'infinity'", "'-infinity'", "'10000-01-01 00:00:00+00'", "'0002-12-31 00:00:00+00 BC'", "'294000-01-01'"],
];

async fn time_outside_the_years_0_to_9999_is_refused_by_the_database(database: &Database) -> Tested {
    let store = database.store().await?;
    open(&store, "a-1").await?;
    let insert = |at: &str, nanos: &str, kind: &str| {
        let (column, nanos) = match database.kind() {
            Kind::Sqlite => ("", String::new()),
            Kind::Postgres => (", at_nanos", format!(", {nanos}")),
        };
        let id = next_id().map(|id| literal(database.kind(), id)).unwrap_or_default();
        if kind == "event" {
            return format!(
                "INSERT INTO tollgate_record (id, at{column}, kind, event) VALUES ({id}, {at}{nanos}, 'event', 'x')"
            );
        }
        format!(
            "INSERT INTO tollgate_record (id, at{column}, kind, subject_kind, subject, machine, edge, version, actor_kind,
                 actor, prev)
             SELECT {id}, {at}{nanos}, 'transition', subject_kind, subject, machine,
                 (SELECT id FROM tollgate_edge WHERE transition = 'take'), 2, 'user', 'eve', digest
             FROM tollgate_record WHERE version = 1"
        )
    };
    let [sqlite, postgres] = TIMES;
    let times = if database.kind() == Kind::Sqlite { sqlite } else { postgres };
    for kind in ["event", "transition"] {
        for at in times {
            let sql = insert(at, "0", kind);
            let error = refused(database.execute(&sql).await).map_err(|_| format!("accepted: {sql}"))?;
            let named = [
                "CHECK constraint failed",
                "is not one of the years",
                "out of range",
                "does not follow the last record",
                "does not begin with the milliseconds",
            ];
            assert!(named.iter().any(|part| error.to_string().contains(part)), "{sql}: {error}");
        }
        if database.kind() == Kind::Postgres {
            for nanos in ["-1", "1000", "32767"] {
                let sql = insert("now()", nanos, kind);
                refused(database.execute(&sql).await).map_err(|_| format!("accepted: {sql}"))?;
            }
        }
    }
    let ends = match database.kind() {
        Kind::Sqlite => {
            ["'0000-01-01T00:00:00.000000000Z'", "'9999-12-31T23:59:59.999999999Z'", "'2024-02-29T23:59:59.000000000Z'"]
        }
        Kind::Postgres => {
            ["'0001-01-01 00:00:00+00 BC'", "'9999-12-31 23:59:59.999999+00'", "'2024-02-29 23:59:59+00'"]
        }
    };
    for at in ends {
        database.execute(&insert(at, "999", "event")).await?;
    }
    let events = store.records().kind(RecordKind::Event).all().await?;
    assert_eq!((events.records.len(), events.unreadable), (3, Vec::new()));
    assert_eq!(TicketMachine::create(Ticket::new("b-2")).commit_async(&store).await?.version(), 1);
    Ok(())
}
