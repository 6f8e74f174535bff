//! The application's columns can have many types, and a version column is optional.

use sqlx::AssertSqlSafe;
use tollgate::uuid::Uuid;
use tollgate::{Cause, Id, StateMachine, Subject};
use tollgate_store::{Error, Store};

use crate::machines::{AnyDoor, DoorState, Failure, ask, assert_whole, door};

/// A thing, with a table that is recreated for each type.
#[derive(Debug, Clone)]
struct Thing(Id);

impl Subject for Thing {
    const KIND: &'static str = "Thing";
    const TABLE: Option<tollgate::Table> =
        Some(tollgate::Table { name: "odd \"schema\".things", id: "the id", state: "state", version: Some("version") });

    fn id(&self) -> Id {
        self.0.clone()
    }
}

#[derive(Debug, StateMachine)]
#[machine(subject = Thing)]
#[transition(wear, from = New, to = Used)]
#[transition(mend, from = Used, to = New)]
#[transition(see, from = _, to = _)]
enum ThingState {
    #[state(initial)]
    New,
    Used,
}

/// The same without a version.
#[derive(Debug, Clone, Subject)]
#[subject(table = "plain", state = "state")]
struct Plain {
    #[subject(id)]
    id: i64,
}

#[derive(Debug, StateMachine)]
#[machine(subject = Plain)]
#[transition(see, from = _, to = _)]
#[transition(end, from = Begun, to = Ended)]
enum PlainState {
    #[state(initial)]
    Begun,
    #[state(terminal)]
    Ended,
}

async fn moves(
    id_type: &str,
    state_type: &str,
    version_type: &str,
    id: Id,
    literal: &str,
    keeps_chain: bool,
) -> Result<(), Failure> {
    let url = tollgate_cluster::database("columns");
    let options = Store::options(&url);
    let store = if keeps_chain { options } else { options.without_chain() }.open().await?;
    let pool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
    let tables = format!(
        "CREATE SCHEMA \"odd \"\"schema\"\"\"; CREATE TYPE \"odd \"\"schema\"\"\".\"Of\" AS ENUM ('New', 'Used');
         CREATE TABLE \"odd \"\"schema\"\"\".things (\"the id\" {id_type} PRIMARY KEY, state {state_type}, version {version_type});
         INSERT INTO \"odd \"\"schema\"\"\".things VALUES ({literal})"
    );
    sqlx::raw_sql(AssertSqlSafe(tables)).execute(&pool).await?;
    let what = format!("{id_type} {state_type} {version_type}");
    let thing =
        ThingMachine::create(Thing(id.clone())).commit_async(&store).await.map_err(|it| format!("{what}: {it}"))?;
    let thing = thing.wear().commit_async(&store).await?.see().commit_async(&store).await?;
    let batching = store.batching();
    thing.mend().commit_async(&batching).await?.see().commit_async(&batching).await?;
    let things = store.resume::<ThingState>(Thing(id)).await?;
    assert_eq!((things.state().name, things.version()), ("New", 5), "{what}");
    let row = "SELECT (state::text, version) FROM \"odd \"\"schema\"\"\".things";
    assert_eq!(ask(&pool, row).await?.as_deref(), Some("(New,5)"), "{what}");
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn ids_states_and_versions_may_be_of_many_types() -> Result<(), Failure> {
    let of = "\"odd \"\"schema\"\"\".\"Of\"";
    let uuid = Uuid::from_u128(7);
    let uuid_text = format!("'{uuid}'");
    for (id_type, state_type, version_type, id, literal) in [
        ("bigint", "text", "bigint", Id::from(7), "7"),
        ("integer", of, "integer", Id::from(-7), "-7"),
        ("smallint", "varchar(20)", "smallint", Id::from(7), "7"),
        ("numeric", "text", "numeric", Id::from(u64::MAX), "18446744073709551615"),
        ("uuid", of, "integer", Id::from(uuid), &uuid_text),
        ("text", "text", "bigint", Id::from(uuid), &uuid_text),
        ("text", "char(8)", "bigint", Id::from("7"), "'7'"),
        ("varchar(30)", "text", "bigint", Id::from("it's \"\\"), "'it''s \"\\'"),
        ("varchar(3)", "text", "bigint", Id::from(7), "'7'"),
    ] {
        for keeps_chain in [true, false] {
            moves(id_type, state_type, version_type, id.clone(), literal, keeps_chain).await?;
        }
    }
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn a_subject_that_its_column_cannot_hold_is_refused_and_does_not_end_the_transaction() -> Result<(), Failure> {
    let url = tollgate_cluster::database("columns");
    let store = Store::open(&url).await?;
    let pool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
    let tables = "CREATE SCHEMA \"odd \"\"schema\"\"\"; CREATE TABLE \"odd \"\"schema\"\"\".things (\"the id\" integer, state text, version int)";
    sqlx::raw_sql(tables).execute(&pool).await?;
    let mut user = pool.begin().await?;
    for id in [Id::from("seven"), Id::from(1_i64 << 40), Id::from(u64::MAX)] {
        let refused =
            ThingMachine::create(Thing(id)).commit_async(&mut store.within(&mut user)).await.expect_err("no integer");
        assert!(matches!(refused.cause(), Cause::Sink(Error::Unstorable { .. })), "{refused}");
    }
    sqlx::query("SELECT 1").execute(&mut *user).await?;
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn stale_self_transition_without_version_column_returns_conflict() -> Result<(), Failure> {
    let url = tollgate_cluster::database("columns");
    for keeps_chain in [true, false] {
        let options = Store::options(&url);
        let store = if keeps_chain { options } else { options.without_chain() }.open().await?;
        let pool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
        sqlx::query("CREATE TABLE IF NOT EXISTS plain (id bigint PRIMARY KEY, state text)").execute(&pool).await?;
        let id = i64::from(keeps_chain);
        sqlx::query("INSERT INTO plain VALUES ($1)").bind(id).execute(&pool).await?;
        let one = PlainMachine::create(Plain { id }).commit_async(&store).await?;
        let AnyPlain::Begun(two) = store.resume::<PlainState>(Plain { id }).await? else { panic!("it has begun") };
        one.see().commit_async(&store).await?;
        let mut user = pool.begin().await?;
        let refused = two.see().commit_async(&mut store.within(&mut user)).await.expect_err("somebody was first");
        assert!(matches!(refused.cause(), Cause::Sink(Error::Conflict(_))), "{refused}");
        // The transaction is still usable.
        sqlx::query("SELECT 1").execute(&mut *user).await?;
        let again = PlainMachine::create(Plain { id }).commit_async(&mut store.within(&mut user)).await;
        assert!(matches!(again.expect_err("it is there").cause(), Cause::Sink(Error::Conflict(_))));
        sqlx::query("SELECT 1").execute(&mut *user).await?;
    }
    Ok(())
}

#[tokio::test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
async fn manually_resumed_machine_must_match_its_history() -> Result<(), Failure> {
    let url = tollgate_cluster::database("by_hand");
    for keeps_chain in [true, false] {
        let options = Store::options(&url);
        let store = if keeps_chain { options } else { options.without_chain() }.open().await?;
        let id = i64::from(keeps_chain);
        door(&store, id).await?.open().commit_async(&store).await?;
        for (state, version) in [(DoorState::Shut, 2), (DoorState::Shut, 1), (DoorState::Ajar, 3)] {
            let refused = match AnyDoor::resume(id, state, version) {
                AnyDoor::Shut(door) => door.open().commit_async(&store).await.map(drop).map_err(|it| it.to_string()),
                AnyDoor::Ajar(door) => {
                    door.shut().commit_async(&store.batching()).await.map(drop).map_err(|it| it.to_string())
                }
            };
            let said = refused.expect_err("the history says something else");
            assert!(said.contains("is in `Ajar` at version 2"), "{said}");
        }
        let AnyDoor::Ajar(door) = AnyDoor::resume(id, DoorState::Ajar, 2) else { panic!("ajar") };
        door.shut().commit_async(&store).await?;
        let pool = store.as_postgres().ok_or("it is on Postgres")?.pool();
        assert_whole(pool).await?;
    }
    Ok(())
}
