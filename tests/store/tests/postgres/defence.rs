//! The database refuses raw SQL that breaks the rules, and roles need only a few rights.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use tollgate::Cause;
use tollgate_store::{Error, Postgres, Store};

use crate::machines::{
    AnyReport, DoorMachine, Failure, REPORTS, Report, ReportMachine, ReportState, ask, assert_whole, draft, store,
};

/// An id of the present time.
const ID: &str = "encode(substring(int8send(floor(extract(epoch FROM now()) * 1000)::bigint) FROM 3)
    || substring(uuid_send(gen_random_uuid()) FROM 7), 'hex')::uuid";

/// Returns an insert of the same record again, with one value replaced.
fn insert(what: &str, value: &str) -> String {
    let columns = ["kind", "subject_kind", "subject", "machine", "edge", "version", "actor", "actor_kind", "reason"];
    let values = columns.map(|column| if column == what { value.to_owned() } else { column.to_owned() });
    format!(
        "INSERT INTO tollgate_record (id, at, {}) SELECT {ID}, now(), {} FROM tollgate_record
         WHERE version = 2 AND subject = '7'",
        columns.join(", "),
        values.join(", ")
    )
}

/// Returns an insert of the next record, along an edge of this transition.
fn next(transition: &str, actor: &str, reason: &str) -> String {
    format!(
        "INSERT INTO tollgate_record (id, at, kind, subject_kind, subject, machine, edge, version, actor, actor_kind, reason)
         SELECT {ID}, now(), kind, subject_kind, subject, machine, (SELECT id FROM tollgate_edge WHERE transition = '{transition}' LIMIT 1),
             3, {actor}, 'user', {reason} FROM tollgate_record WHERE version = 2 AND subject = '7'"
    )
}

async fn refused(connection: &mut PgConnection, sql: &str) -> String {
    let outcome = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await;
    outcome.err().map_or_else(|| panic!("let in: {sql}"), |error| error.to_string())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn raw_sql_with_an_illegal_edge_is_refused() -> Result<(), Failure> {
    let url = tollgate_cluster::database("defence");
    let (store, pool) = store(&url).await?;
    let report = draft(&store, &pool, 7).await?.submit().commit_async(&store).await?;
    DoorMachine::create(7).commit_async(&store).await?;
    let before = ask(&pool, "SELECT string_agg(r::text, ';' ORDER BY id) FROM tollgate_record r").await?;
    let mut raw = PgConnection::connect(&url).await?;
    let edge = |transition: &str| format!("(SELECT id FROM tollgate_edge WHERE transition = '{transition}' LIMIT 1)");
    let attacks = [
        (insert("edge", "1000000"), "edge"),
        (insert("edge", "NULL"), "edge"),
        (insert("edge", &edge("knock")), "edge"),
        (insert("version", "1"), "lacks a column"),
        (insert("version", "0"), "lacks a column"),
        (insert("version", "-1"), "lacks a column"),
        (insert("version", "NULL"), "lacks a column"),
        (insert("kind", "'creation'"), "lacks a column"),
        (insert("kind", "'miracle'"), "lacks a column"),
        (insert("subject", "NULL"), "lacks a column"),
        (insert("machine", "NULL"), "edge"),
        (insert("machine", "machine + 1"), "edge"),
        (insert("edge", &edge("approve")), "actor"),
        (insert("edge", &edge("create")), "lacks a column"),
        (insert("actor_kind", "'god'"), "user, service or system"),
        (insert("actor", "''").replace("edge, version, ''", &format!("{}, version, ''", edge("approve"))), "actor"),
        (
            "INSERT INTO tollgate_edge (machine, chart, transition, from_state, to_state, requires_actor, requires_reason)
             SELECT machine, chart, 'leap', from_state, to_state, false, false FROM tollgate_edge WHERE from_state IS NOT NULL"
                .to_owned(),
            "does not declare",
        ),
        (
            "INSERT INTO tollgate_edge (machine, chart, transition, from_state, to_state, requires_actor, requires_reason)
             SELECT machine, chart, transition, from_state, to_state, false, false FROM tollgate_edge WHERE requires_actor"
                .to_owned(),
            "does not declare",
        ),
        // A gap, a jump along another edge, a version before the last one, a distant time, an id of another time.
        (insert("version", "9223372036854775807"), "has no version 9223372036854775806"),
        (insert("version", "4"), "has no version 3"),
        (insert("version", "3"), "and version 2 ended in \"Review\""),
        (next("archive", "'ann'", "''"), "and version 2 ended in \"Review\""),
        (insert("subject", "'8'"), "has no version 1"),
        (next("approve", "'ann'", "''").replace(", now(), kind", ", '9000-01-01 00:00Z'::timestamptz, kind"), "does not begin with the milliseconds"),
        (next("approve", "'ann'", "''").replace(", now(), kind", ", '1990-01-01 00:00Z'::timestamptz, kind"), "does not begin with the milliseconds"),
        (next("approve", "'ann'", "''").replace(ID, "'00000000-0000-7000-8000-000000000000'").replace(", now(), kind", ", '1969-01-01 00:00Z'::timestamptz, kind"),
            "which is before the time of version 2"),
        (next("approve", "'ann'", "''").replacen("SELECT", "SELECT 'x',", 1).replace("(id, at", "(digest, id, at"),
            "whose prev is not the digest"),
        (next("reject", "'ann'", "' '"), "reason"),
        (next("reject", "'ann'", "E'\\u3000\\u0085\\t'"), "reason"),
        (next("reject", "'ann'", "NULL"), "reason"),
        (next("approve", "E'\\u2003'", "''"), "actor"),
        // The same version twice.
        (insert("reason", "'again'"), "tollgate_record_version"),
        ("UPDATE tollgate_record SET actor = 'eve'".to_owned(), "cannot be changed"),
        ("DELETE FROM tollgate_record".to_owned(), "cannot be changed"),
        ("TRUNCATE tollgate_record".to_owned(), "cannot be changed"),
        ("TRUNCATE tollgate_machine CASCADE".to_owned(), "cannot be changed"),
        ("UPDATE tollgate_edge SET requires_actor = false".to_owned(), "cannot be changed"),
        ("DELETE FROM tollgate_chart".to_owned(), "cannot be changed"),
        ("INSERT INTO tollgate_record SELECT * FROM tollgate_record LIMIT 1 ON CONFLICT (id) DO UPDATE SET actor = 'eve'".to_owned(), "cannot be changed"),
        (
            "CREATE TEMP TABLE tollgate_edge AS SELECT e.* FROM tollgate_edge e;
             UPDATE pg_temp.tollgate_edge SET requires_actor = false;".to_owned() + &insert("edge", &edge("approve")),
            "actor",
        ),
    ];
    for (sql, why) in attacks {
        let said = refused(&mut raw, &sql).await;
        assert!(said.contains(why), "{sql}\n{said}");
    }
    assert_eq!(ask(&pool, "SELECT string_agg(r::text, ';' ORDER BY id) FROM tollgate_record r").await?, before);
    report.note().commit_async(&store).await?;
    assert_whole(&pool).await
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn an_insert_only_role_commits_and_can_do_nothing_else() -> Result<(), Failure> {
    let url = tollgate_cluster::database("insert_only");
    let role = format!("clerk \"{}\"", url.rsplit('_').next().unwrap_or_default().len() + std::process::id() as usize);
    let owner = Store::options(&url).insert_only_role(&role).machine::<crate::machines::DoorState>().open().await?;
    let pool = owner.as_postgres().ok_or("it is on Postgres")?.pool().clone();
    sqlx::query(REPORTS).execute(&pool).await?;
    owner.register::<ReportState>().await?;
    let quoted = format!("\"{}\"", role.replace('"', "\"\""));
    let grant = format!("GRANT SELECT, UPDATE ON reports TO {quoted}");
    sqlx::raw_sql(AssertSqlSafe(grant)).execute(&pool).await?;
    sqlx::query("INSERT INTO reports (id) VALUES (7)").execute(&pool).await?;
    // The second call finds nothing to change.
    Store::options(&url).insert_only_role(&role).open().await?;

    let set = format!("SET ROLE {quoted}");
    let clerk = sqlx::postgres::PgPoolOptions::new().after_connect(move |connection, _| {
        let set = AssertSqlSafe(set.clone());
        Box::pin(async move { sqlx::raw_sql(set).execute(connection).await.map(drop) })
    });
    let clerk = clerk.connect(&url).await?;
    assert_eq!(ask(&clerk, "SELECT current_user").await?.as_deref(), Some(&*role));
    let store = Store::from(Postgres::with_pool(clerk.clone()).await?);
    let report = ReportMachine::create(Report { id: 7 }).commit_async(&store).await?;
    report.submit().commit_async(&store.batching()).await?;
    assert_eq!(store.resume::<ReportState>(Report { id: 7 }).await?.version(), 2);
    assert_eq!(ask(&clerk, "SELECT state FROM tollgate_current").await?.as_deref(), Some("Review"));

    let mut raw = clerk.acquire().await?;
    for sql in [
        "UPDATE tollgate_record SET actor = 'eve'",
        "DELETE FROM tollgate_record",
        "TRUNCATE tollgate_record",
        "INSERT INTO tollgate_machine (name) VALUES ('Mine')",
        "INSERT INTO tollgate_edge (machine, chart, transition, to_state, requires_actor, requires_reason) SELECT machine, chart, 'free', to_state, false, false FROM tollgate_edge",
        "ALTER TABLE tollgate_record DISABLE TRIGGER ALL",
        "DROP TABLE tollgate_record",
    ] {
        let said = refused(&mut raw, sql).await;
        assert!(said.contains("permission denied") || said.contains("must be owner"), "{sql}\n{said}");
    }
    for (at, nanos) in [("'infinity'", "0"), ("'-infinity'", "0"), ("'10000-01-01'", "0"), ("now()", "1000")] {
        let sql = format!(
            "INSERT INTO tollgate_record (id, at, at_nanos, kind, event)
             VALUES (gen_random_uuid(), {at}, {nanos}, 'event', 'x')"
        );
        let said = refused(&mut raw, &sql).await;
        assert!(said.contains("is not one of the years 0 to 9999"), "{sql}\n{said}");
    }
    // The owner may record such a time, but other roles could then record nothing after it.
    let ahead = |time: &str| {
        format!(
            "INSERT INTO tollgate_record (id, at, kind, subject_kind, subject, machine, edge, version, actor, actor_kind, prev, digest)
             SELECT {}, {time}, kind, subject_kind, subject, machine,
                 (SELECT id FROM tollgate_edge WHERE transition = 'note' AND from_state = 'Review'), 3, 'eve', 'user', digest,
                 sha256('x') FROM tollgate_record WHERE version = 2",
            ID.replace("now()", time)
        )
    };
    let said = refused(&mut raw, &ahead("'9000-01-01 00:00Z'::timestamptz")).await;
    assert!(said.contains("at 9000-01-01 00:00:00+00, more than a day after the clock of the server"), "{said}");
    let mut transaction = raw.begin().await?;
    sqlx::raw_sql(AssertSqlSafe(ahead("now() + interval '1 hour'"))).execute(&mut *transaction).await?;
    transaction.rollback().await?;
    // Bytes that the trigger accepts are reported, and do not end a listing.
    let odd = "INSERT INTO tollgate_record (id, at, kind, event, digest, properties)
               VALUES (gen_random_uuid(), now(), 'event', 'x', 'short', '1e999')";
    sqlx::raw_sql(odd).execute(&mut *raw).await?;
    let listed = store.records().all().await?;
    assert_eq!((listed.records.len(), listed.unreadable.len()), (2, 1));
    drop(raw);
    // The check of the whole history would fail on them too.
    let delete =
        "ALTER TABLE tollgate_record DISABLE TRIGGER tollgate_keep; DELETE FROM tollgate_record WHERE event = 'x';
                  ALTER TABLE tollgate_record ENABLE TRIGGER tollgate_keep";
    sqlx::raw_sql(delete).execute(&pool).await?;
    let refused = crate::machines::LampMachine::create(7).commit_async(&store).await.expect_err("its chart is new");
    let said = refused.cause().to_string();
    assert!(said.contains("registering Lamp") && said.contains("permission denied"), "{said}");
    assert_whole(&pool).await
}

async fn a_pool(url: &str) -> Result<PgPool, Failure> {
    Ok(PgPool::connect(url).await?)
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn programs_that_open_an_empty_database_at_once_make_its_tables_once() -> Result<(), Failure> {
    let url = tollgate_cluster::database("raced");
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let url = url.clone();
        tasks.spawn(async move { Store::options(&url).machine::<crate::machines::DoorState>().open().await.map(drop) });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let pool = a_pool(&url).await?;
    assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_schema").await?.as_deref(), Some("1"));
    assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_chart").await?.as_deref(), Some("1"));
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn open_in_a_session_whose_triggers_do_not_fire_is_refused() -> Result<(), Failure> {
    let url = tollgate_cluster::database("replica");
    let (_, pool) = store(&url).await?;
    let set =
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database());
               END $$";
    sqlx::raw_sql(set).execute(&pool).await?;
    let refused = Store::open(&url).await.expect_err("triggers do not fire");
    assert!(matches!(refused, Error::Unprotected(_)), "{refused}");
    assert!(refused.to_string().contains("`session_replication_role` is `replica`"), "{refused}");
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn a_schema_of_a_later_version_is_refused() -> Result<(), Failure> {
    let url = tollgate_cluster::database("later");
    let (_, pool) = store(&url).await?;
    sqlx::query("INSERT INTO tollgate_schema (version) VALUES (2)").execute(&pool).await?;
    let refused = Store::open(&url).await.expect_err("it is of a later version");
    assert!(matches!(refused, Error::SchemaTooNew { found: 2, known: 1 }), "{refused}");
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn manually_edited_row_is_an_error_with_row_and_history() -> Result<(), Failure> {
    let url = tollgate_cluster::database("edited");
    let (store, pool) = store(&url).await?;
    let report = draft(&store, &pool, 7).await?;
    sqlx::query("UPDATE reports SET state = 'Published'").execute(&pool).await?;
    let expected = "the row of Report 7 in `reports` has `Published` at version 1, but its history is in `Draft` at \
         version 1; correct the row";
    let refused = report.submit().commit_async(&store).await.expect_err("the row disagrees");
    assert!(matches!(refused.cause(), Cause::Sink(Error::Disagreement(_))), "{refused}");
    assert!(refused.cause().to_string().ends_with(expected), "{refused}");
    let refused = store.resume::<ReportState>(Report { id: 7 }).await.expect_err("the row disagrees");
    assert_eq!(refused.to_string(), expected);
    sqlx::query("DELETE FROM reports").execute(&pool).await?;
    let refused = refused_of(store.resume::<ReportState>(Report { id: 7 }).await);
    assert!(matches!(refused, Some(Error::NoRow { .. })));
    Ok(())
}

fn refused_of(outcome: Result<AnyReport, Error>) -> Option<Error> {
    outcome.err()
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn missing_table_or_column_is_named() -> Result<(), Failure> {
    let url = tollgate_cluster::database("tables");
    let store = Store::open(&url).await?;
    let said = store.register::<ReportState>().await.expect_err("there is no table").to_string();
    assert_eq!(
        said,
        "table `reports` of Report: the database has no such table; make it first, or name its schema as in `schema.table`"
    );
    let pool = store.as_postgres().ok_or("it is on Postgres")?.pool();
    sqlx::query("CREATE TABLE reports (id bigint PRIMARY KEY, stat text)").execute(pool).await?;
    let said = store.register::<ReportState>().await.expect_err("there is no column").to_string();
    assert_eq!(said, "table `reports` of Report: it has no column `state`; its columns are `id`, `stat`");
    sqlx::query("DROP TABLE reports").execute(pool).await?;
    sqlx::query(REPORTS).execute(pool).await?;
    let refused = ReportMachine::create(Report { id: 7 }).commit_async(&store).await.expect_err("there is no row");
    assert!(matches!(refused.cause(), Cause::Sink(Error::NoRow { table: "reports", .. })), "{refused}");
    Ok(())
}
