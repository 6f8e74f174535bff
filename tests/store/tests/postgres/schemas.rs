//! The schema of the store can have any name: no name is part of the body of a function.

use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};
use tollgate::Id;
use tollgate_store::{Error, Postgres, Store};

use crate::machines::{DoorMachine, DoorState, Failure, LampMachine, REPORTS, ReportState, ask, draft};

/// The tested names. The page of the crate lists the kinds.
const NAMES: [&str; 11] = [
    "o'brien",
    "a$$b",
    "$body$",
    "MixedCase",
    "with space",
    "quo\"te",
    "back\\slash",
    "select",
    "semi;colon--",
    "größe",
    "per%cent %I",
];

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A pool whose connections have this search path.
async fn on_path(url: &str, path: &str) -> Result<PgPool, Failure> {
    let path = path.to_owned();
    let pool = PgPoolOptions::new().max_connections(3).after_connect(move |connection, _| {
        let path = path.clone();
        Box::pin(async move {
            sqlx::query("SELECT set_config('search_path', $1, false)").bind(path).execute(connection).await.map(drop)
        })
    });
    Ok(pool.connect(url).await?)
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn schema_of_any_name_opens_commits_queries_and_refuses_tampering() -> Result<(), Failure> {
    let url = tollgate_cluster::database("schemas");
    for name in NAMES {
        works_in(&url, name).await.map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

async fn works_in(url: &str, name: &str) -> Result<(), Failure> {
    let quoted = quoted(name);
    let pool = on_path(url, &format!("{quoted}, public")).await?;
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE SCHEMA {quoted}"))).execute(&pool).await?;
    sqlx::query(REPORTS).execute(&pool).await?;
    let store = Store::from(Postgres::with_pool(pool.clone()).await?);
    let report = draft(&store, &pool, 7).await?.submit().commit_async(&store).await?;
    let door =
        DoorMachine::create(Id::from(1)).commit_async(&store).await?.open().commit_async(&store.batching()).await?;
    assert_eq!(store.resume::<DoorState>(Id::from(1)).await?.version(), 2);
    assert_eq!(store.history::<ReportState>(7).all().await?.records.len(), 2);
    for attack in [
        "UPDATE tollgate_record SET actor = 'eve'",
        "DELETE FROM tollgate_record",
        "INSERT INTO tollgate_record (id, at, kind, subject_kind, subject, machine, edge, version)
         SELECT gen_random_uuid(), now(), kind, subject_kind, subject, machine, 4711, version + 1 FROM tollgate_record",
        "INSERT INTO tollgate_record (id, at, kind, subject_kind, subject, machine, edge, version)
         SELECT gen_random_uuid(), now(), kind, subject_kind, subject, machine, edge, 77 FROM tollgate_record
         WHERE kind = 'transition'",
        "INSERT INTO tollgate_edge (machine, chart, transition, from_state, to_state, requires_actor, requires_reason)
         SELECT machine, chart, 'leap', from_state, to_state, false, false FROM tollgate_edge",
        // The path of the caller does not matter.
        "SET search_path = public; UPDATE tollgate_record SET actor = 'eve'",
    ] {
        let refused = sqlx::raw_sql(AssertSqlSafe(attack.to_owned())).execute(&mut *pool.acquire().await?).await;
        let said = refused.err().ok_or("it was accepted")?.to_string();
        assert!(!said.contains("syntax"), "{said}");
    }
    let pool = on_path(url, &quoted).await?;
    assert_eq!(ask(&pool, "SELECT count(*) FROM tollgate_record WHERE actor = 'eve'").await?.as_deref(), Some("0"));
    // A second program, and a role.
    let role = format!("clerk of {name} {}", std::process::id());
    let again = Store::from(Postgres::with_pool(pool.clone()).await?);
    report.note().commit_async(&again).await?;
    door.shut().commit_async(&again).await?;
    LampMachine::create(Id::from(1)).commit_async(&again).await?;
    let options = format!("{url}?options[search_path]={}", path_in_url(&quoted));
    Store::options(&options).insert_only_role(&role).open().await?;
    let clean = format!("DROP OWNED BY {role}; DROP ROLE {role}", role = self::quoted(&role));
    sqlx::raw_sql(AssertSqlSafe(clean)).execute(&pool).await?;
    Ok(())
}

/// A value of `options[..]`, percent-encoded. The driver escapes blanks for the server.
fn path_in_url(path: &str) -> String {
    path.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn tables_and_functions_of_the_same_name_on_the_path_of_the_caller_are_not_used() -> Result<(), Failure> {
    let url = tollgate_cluster::database("shadowed");
    let store = Store::open(&url).await?;
    DoorMachine::create(Id::from(1)).commit_async(&store).await?;
    let pool = on_path(&url, "evil, public").await?;
    let shadow = "CREATE SCHEMA evil;
        CREATE FUNCTION evil.tollgate_rule(edge integer) RETURNS integer LANGUAGE sql AS 'SELECT 8';
        CREATE FUNCTION evil.tollgate_reached(edge integer) RETURNS text LANGUAGE sql AS $$SELECT 'Shut'$$;
        CREATE FUNCTION evil.tollgate_departed(edge integer) RETURNS text LANGUAGE sql AS $$SELECT 'Shut'$$;
        CREATE TABLE evil.tollgate_edge AS SELECT * FROM public.tollgate_edge";
    sqlx::raw_sql(shadow).execute(&pool).await?;
    let attack = "INSERT INTO public.tollgate_record (id, at, kind, subject_kind, subject, machine, edge, version)
        SELECT id, at, 'transition', subject_kind, subject, machine, 4711, 2 FROM public.tollgate_record";
    let said = sqlx::raw_sql(attack).execute(&pool).await.expect_err("there is no such edge").to_string();
    assert!(said.contains("does not have"), "{said}");
    let refused = Postgres::with_pool(on_path(&url, "public").await?).await;
    assert!(!matches!(refused, Err(Error::Unprotected(_))));
    Ok(())
}
