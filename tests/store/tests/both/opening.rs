//! Opening a store: concurrently, repeatedly, and if there is no database.

use tokio::task::JoinSet;
use tollgate::Id;
use tollgate_store::{Error, Store};
use tollgate_store_tests::{Database, DoorMachine, DoorState, ReportState, Tested, on_both};

use crate::{count, refused};

on_both! {
    concurrent_opens_of_a_new_database_all_succeed,
    second_open_changes_nothing,
    open_with_a_machine_that_does_not_fit_is_refused,
    open_on_a_schema_of_a_later_version_is_refused,
    a_commit_after_its_machine_was_registered_by_another_store_registers_nothing,
}

async fn concurrent_opens_of_a_new_database_all_succeed(database: &Database) -> Tested {
    let mut tasks = JoinSet::new();
    for id in 0..8 {
        let options = database.options().machine::<DoorState>();
        tasks.spawn(async move {
            let store = options.open().await.map_err(|error| error.to_string())?;
            let door =
                DoorMachine::create(Id::from(id)).commit_async(&store).await.map_err(|error| error.to_string())?;
            door.open().commit_async(&store).await.map(drop).map_err(|error| error.to_string())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    assert_eq!(count(database).await?, 16);
    for table in ["machine", "chart", "schema"] {
        assert_eq!(database.value(&format!("SELECT count(*) AS n FROM tollgate_{table}")).await?, 1, "{table}");
    }
    Ok(())
}

async fn second_open_changes_nothing(database: &Database) -> Tested {
    for id in 0..3 {
        let store = database.store().await?;
        DoorMachine::create(Id::from(id)).commit_async(&store).await?;
    }
    assert_eq!(count(database).await?, 3);
    Ok(())
}

async fn open_with_a_machine_that_does_not_fit_is_refused(database: &Database) -> Tested {
    let error = refused(database.options().machine::<ReportState>().open().await)?;
    assert!(matches!(error, Error::Table { table: "reports", .. }), "{error}");
    Ok(())
}

async fn open_on_a_schema_of_a_later_version_is_refused(database: &Database) -> Tested {
    database.store().await?;
    database.execute("INSERT INTO tollgate_schema (version) VALUES (4711)").await?;
    let error = refused(database.options().open().await)?;
    assert!(matches!(error, Error::SchemaTooNew { found: 4711, .. }), "{error}");
    Ok(())
}

async fn a_commit_after_its_machine_was_registered_by_another_store_registers_nothing(database: &Database) -> Tested {
    let store = database.options().machine::<DoorState>().open().await?;
    let before = database.value("SELECT max(id) AS n FROM tollgate_edge").await?;
    DoorMachine::create(Id::from(1)).commit_async(&database.store().await?).await?;
    DoorMachine::create(Id::from(2)).commit_async(&store).await?;
    assert_eq!(database.value("SELECT max(id) AS n FROM tollgate_edge").await?, before);
    Ok(())
}

#[tokio::test]
async fn unknown_address_is_an_error_without_its_password() -> Tested {
    let error = refused(Store::open("mysql://root:secret@localhost/app").await)?;
    assert!(matches!(error, Error::Address { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("mysql://root@localhost/app") && !text.contains("secret"), "{text}");
    let error = refused(Store::open("app.db").await)?;
    assert!(error.to_string().contains("it begins with `sqlite:` or `postgres:`"), "{error}");
    Ok(())
}

#[tokio::test]
async fn missing_server_is_an_error_without_its_password() -> Tested {
    // No server listens on the discard port.
    let options = Store::options("postgres://ann:secret@127.0.0.1:9/app").timeout(std::time::Duration::from_secs(2));
    let error = refused(options.open().await)?;
    let text = format!("{error} {error:?}");
    assert!(matches!(error, Error::Database { .. }) && !text.contains("secret"), "{text}");
    Ok(())
}
