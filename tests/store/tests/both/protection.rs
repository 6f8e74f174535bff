//! Triggers, functions and indexes protect the records: a store does not open a database without one of them.

use tollgate_store::{Error, Store};
use tollgate_store_tests::{Database, Kind, Tested, TicketMachine, TicketState, on_both};

use crate::{count, open, refused};

on_both! {
    open_on_a_database_without_its_protection_names_each_fault_and_restores_it,
    restored_protection_refuses_changes_and_keeps_the_store_working,
    restore_on_a_new_database_creates_the_schema,
}

/// SQL that removes a protection, and the expected error of `open`.
type Attack = (&'static str, &'static str);

const ON_SQLITE: [Attack; 5] = [
    (
        "DROP TRIGGER tollgate_keep_record_update",
        "the trigger `tollgate_keep_record_update` of `tollgate_record` is missing",
    ),
    ("DROP TRIGGER tollgate_check_edge", "the trigger `tollgate_check_edge` of `tollgate_edge` is missing"),
    (
        "DROP TRIGGER tollgate_check_change; CREATE TRIGGER tollgate_check_change BEFORE INSERT ON tollgate_record
         WHEN NEW.version < 0 BEGIN SELECT RAISE(ABORT, 'no'); END",
        "the trigger `tollgate_check_change` of `tollgate_record` was changed",
    ),
    ("DROP INDEX tollgate_record_version", "the index `tollgate_record_version` of `tollgate_record` is missing"),
    (
        "DROP INDEX tollgate_record_version; CREATE INDEX tollgate_record_version ON tollgate_record (machine, subject, version)",
        "the index `tollgate_record_version` of `tollgate_record` was changed",
    ),
];

const ON_POSTGRES: [Attack; 17] = [
    (
        "ALTER TABLE tollgate_record DISABLE TRIGGER USER",
        "the trigger `tollgate_keep` of `tollgate_record` is disabled",
    ),
    (
        "ALTER TABLE tollgate_record DISABLE TRIGGER tollgate_check_record",
        "the trigger `tollgate_check_record` of `tollgate_record` is disabled",
    ),
    (
        "ALTER TABLE tollgate_chart ENABLE REPLICA TRIGGER tollgate_keep",
        "the trigger `tollgate_keep` of `tollgate_chart` is disabled",
    ),
    ("DROP TRIGGER tollgate_keep ON tollgate_edge", "the trigger `tollgate_keep` of `tollgate_edge` is missing"),
    (
        "DROP TRIGGER tollgate_publish_edges ON tollgate_edge",
        "the trigger `tollgate_publish_edges` of `tollgate_edge` is missing",
    ),
    ("DROP FUNCTION tollgate_keep CASCADE", "the function `tollgate_keep` is missing"),
    (
        "DROP TRIGGER tollgate_keep ON tollgate_record; CREATE TRIGGER tollgate_keep BEFORE UPDATE ON tollgate_record
         FOR EACH STATEMENT EXECUTE FUNCTION tollgate_keep()",
        "the trigger `tollgate_keep` of `tollgate_record` was changed",
    ),
    (
        "DROP TRIGGER tollgate_check_record ON tollgate_record;
         CREATE TRIGGER tollgate_check_record BEFORE INSERT ON tollgate_record
         FOR EACH ROW WHEN (NEW.version < 0) EXECUTE FUNCTION tollgate_check_record()",
        "the trigger `tollgate_check_record` of `tollgate_record` was changed",
    ),
    (
        "CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         DROP TRIGGER tollgate_check_record ON tollgate_record;
         CREATE TRIGGER tollgate_check_record BEFORE INSERT ON tollgate_record FOR EACH ROW EXECUTE FUNCTION mine()",
        "the trigger `tollgate_check_record` of `tollgate_record` was changed",
    ),
    (
        "CREATE OR REPLACE FUNCTION tollgate_keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "the function `tollgate_keep` was changed",
    ),
    (
        "CREATE OR REPLACE FUNCTION tollgate_refuse(record tollgate_record) RETURNS void LANGUAGE plpgsql AS 'BEGIN END'",
        "the function `tollgate_refuse` was changed",
    ),
    (
        "CREATE OR REPLACE FUNCTION tollgate_rule(edge integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 8'",
        "the function `tollgate_rule` does not match tollgate_edge",
    ),
    (
        "ALTER FUNCTION tollgate_check_record() SET search_path = elsewhere",
        "the function `tollgate_check_record` has the search path of another schema",
    ),
    ("ALTER FUNCTION tollgate_publish_edges() SECURITY INVOKER", "the function `tollgate_publish_edges` was changed"),
    ("DROP INDEX tollgate_record_version", "the unique index `tollgate_record_version` is missing"),
    (
        "DROP INDEX tollgate_record_version; CREATE INDEX tollgate_record_version ON tollgate_record (machine)",
        "the unique index `tollgate_record_version` is missing",
    ),
    (
        "ALTER TABLE tollgate_record DROP CONSTRAINT tollgate_record_pkey",
        "the unique index `tollgate_record_pkey` is missing",
    ),
];

async fn open_on_a_database_without_its_protection_names_each_fault_and_restores_it(database: &Database) -> Tested {
    let store = database.options().machine::<TicketState>().open().await?;
    open(&store, "a").await?;
    let attacks: &[Attack] = if database.kind() == Kind::Sqlite { &ON_SQLITE } else { &ON_POSTGRES };
    for (attack, expected) in attacks {
        database.execute(attack).await?;
        let error = refused(database.options().open().await).map_err(|error| format!("{attack}: {error}"))?;
        let text = error.to_string();
        assert!(matches!(error, Error::Unprotected(_)) && text.contains(expected), "{attack}: {text}");
        assert!(text.ends_with("`Options::restore_protection`, as the owner, restores it"), "{text}");
        database.options().restore_protection().open().await.map_err(|error| format!("{attack}: {error}"))?;
        database.store().await.map_err(|error| format!("{attack}: {error}"))?;
    }
    Ok(())
}

async fn restored_protection_refuses_changes_and_keeps_the_store_working(database: &Database) -> Tested {
    let store = database.store().await?;
    let ticket = open(&store, "a").await?;
    let drop = match database.kind() {
        Kind::Sqlite => "DROP TRIGGER tollgate_keep_record_update; DROP TRIGGER tollgate_check_change",
        Kind::Postgres => {
            "DROP FUNCTION tollgate_keep, tollgate_check_record, tollgate_rule, tollgate_reached, tollgate_departed CASCADE"
        }
    };
    database.execute(drop).await?;
    let store = database.options().restore_protection().open().await?;
    refused(database.execute("UPDATE tollgate_record SET actor = 'eve'").await)?;
    ticket.take().commit_async(&store).await?;
    TicketMachine::create(tollgate_store_tests::Ticket::new("b")).commit_async(&store).await?;
    assert_eq!(count(database).await?, 3);
    Ok(())
}

async fn restore_on_a_new_database_creates_the_schema(database: &Database) -> Tested {
    let store: Store = database.options().restore_protection().open().await?;
    open(&store, "a").await?;
    database.store().await?;
    Ok(())
}
