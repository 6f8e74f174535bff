//! The caller's own transaction: its other writes commit or roll back together with the record.

use tollgate::commit_all;
use tollgate_store::{Error, MayConflict};
use tollgate_store_tests::{
    AnyReport, Connection, Database, Fate, Kind, Raw, Report, ReportMachine, ReportState, ReportTransition, Tested,
    Ticket, TicketMachine, TicketState, commit, in_transaction, on_both, run,
};

use crate::{count, draft, in_review, open, refused, row, sink_error};

async fn notes(database: &Database) -> Tested<i64> {
    let count = database.value("SELECT count(*) AS n FROM notes").await?;
    count.as_i64().ok_or_else(|| "a count is a number".into())
}

on_both! {
    row_of_the_caller_and_record_are_committed_together,
    row_is_inserted_and_created_in_one_transaction,
    row_of_the_caller_and_record_are_rolled_back_together,
    dropped_transaction_is_rolled_back,
    rolled_back_savepoint_removes_its_records,
    refusal_is_recorded_if_its_transaction_commits,
    kept_refusal_is_on_record_once_if_its_transaction_is_rolled_back_or_commits,
    kept_refusal_leaves_the_transaction_usable,
    transaction_after_a_conflict_stays_usable,
    first_use_of_a_machine_in_a_transaction_succeeds,
    machine_after_rollback_of_its_first_use_is_still_registered,
    a_transaction_of_another_database_is_refused,
}

async fn row_of_the_caller_and_record_are_committed_together(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let report = in_transaction!(database, commit, |transaction| {
        transaction.run("INSERT INTO notes (id, body) VALUES (1, 'before')").await?;
        let report = commit!(database, report.submit("bob".into()), store.within(&mut transaction))?;
        transaction.run("INSERT INTO notes (id, body) VALUES (2, 'after')").await?;
        report
    });
    assert_eq!((notes(database).await?, row(database, 1).await?), (2, (Some("Review".into()), Some(2))));
    // The machine continues outside the transaction.
    commit!(database, report.approve().by("eve"), &store)?;
    Ok(())
}

async fn row_is_inserted_and_created_in_one_transaction(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    store.register::<ReportState>().await?;
    in_transaction!(database, commit, |transaction| {
        transaction.run("INSERT INTO reports (id, title) VALUES (1, 'new')").await?;
        commit!(database, ReportMachine::create(Report::new(1, "new")), store.within(&mut transaction))?
    });
    assert_eq!(row(database, 1).await?, (Some("Draft".into()), Some(1)));
    Ok(())
}

async fn row_of_the_caller_and_record_are_rolled_back_together(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    in_transaction!(database, rollback, |transaction| {
        transaction.run("INSERT INTO notes (id, body) VALUES (1, 'before')").await?;
        let mut step = report.submit("bob".into());
        database.ledger().set(step.record_id(), Fate::Refused);
        let report = step.commit_async(store.within(&mut transaction)).await?;
        let mut step = report.approve().by("eve");
        database.ledger().set(step.record_id(), Fate::Refused);
        step.commit_async(store.within(&mut transaction)).await?
    });
    assert_eq!((notes(database).await?, row(database, 1).await?), (0, (Some("Draft".into()), Some(1))));
    assert_eq!(count(database).await?, 1);
    Ok(())
}

async fn dropped_transaction_is_rolled_back(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let mut step = report.submit("bob".into());
    database.ledger().set(step.record_id(), Fate::Refused);
    match database.connection().await? {
        Connection::Sqlite(mut connection) => {
            let mut transaction = connection.transaction()?;
            step.commit_async(store.within(&mut transaction)).await?;
        }
        Connection::Postgres(pool) => {
            let mut transaction = pool.begin().await?;
            step.commit_async(store.within(&mut transaction)).await?;
        }
    }
    let report = store.resume::<ReportState>(Report::new(1, "again")).await?;
    assert_eq!((report.state().name, report.version()), ("Draft", 1));
    commit!(database, report.fire(ReportTransition::Archive)?, &store)?;
    Ok(())
}

async fn rolled_back_savepoint_removes_its_records(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let ticket = in_transaction!(database, commit, |transaction| {
        let report = commit!(database, report.submit("bob".into()), store.within(&mut transaction))?;
        transaction.run("SAVEPOINT part").await?;
        let mut step = report.approve().by("eve");
        database.ledger().set(step.record_id(), Fate::Refused);
        step.commit_async(store.within(&mut transaction)).await?;
        transaction.run("ROLLBACK TO part").await?;
        let ticket = TicketMachine::create(Ticket::new("a-1"));
        commit!(database, ticket, store.within(&mut transaction))?
    });
    assert_eq!(row(database, 1).await?, (Some("Review".into()), Some(2)));
    commit!(database, ticket.take(), &store)?;
    Ok(())
}

async fn refusal_is_recorded_if_its_transaction_commits(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    for (id, is_kept) in [(1, true), (2, false)] {
        database.execute(&format!("INSERT INTO reports (id, title) VALUES ({id}, '')")).await?;
        let report = ReportMachine::create(Report::new(id, "")).commit_async(&store).await?;
        let before = count(database).await?;
        let refusal = if is_kept {
            in_transaction!(database, commit, |transaction| {
                refused(commit!(database, report.submit("bob".into()), store.within(&mut transaction)))?
            })
        } else {
            in_transaction!(database, rollback, |transaction| {
                refused(commit!(database, report.submit("bob".into()), store.within(&mut transaction)))?
            })
        };
        assert!(matches!(refusal.cause(), tollgate::Cause::Guard { .. }), "{refusal}");
        assert!(refusal.refusal_error().is_none());
        assert_eq!(count(database).await?, before + i64::from(is_kept));
    }
    Ok(())
}

/// Waits for this number of records: on SQLite a refusal is written after the transaction.
async fn wait_for(database: &Database, records: i64) -> Tested {
    for _ in 0..500 {
        if count(database).await? >= records {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(count(database).await?, records);
    Ok(())
}

async fn kept_refusal_is_on_record_once_if_its_transaction_is_rolled_back_or_commits(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    for (id, commits) in [(1, true), (2, false)] {
        database.execute(&format!("INSERT INTO reports (id, title) VALUES ({id}, '')")).await?;
        let report = ReportMachine::create(Report::new(id, "")).commit_async(&store).await?;
        let before = count(database).await?;
        let note = format!("INSERT INTO notes (id, body) VALUES ({id}, 'mine')");
        // The transaction has already written: on SQLite it holds the lock.
        let refusal = if commits {
            in_transaction!(database, commit, |transaction| {
                transaction.run(&note).await?;
                refused(report.submit("bob".into()).commit_async(store.within(&mut transaction).keep_refusals()).await)?
            })
        } else {
            in_transaction!(database, rollback, |transaction| {
                transaction.run(&note).await?;
                refused(report.submit("bob".into()).commit_async(store.within(&mut transaction).keep_refusals()).await)?
            })
        };
        assert!(matches!(refusal.cause(), tollgate::Cause::Guard { .. }), "{refusal}");
        assert!(refusal.refusal_error().is_none());
        wait_for(database, before + 1).await?;
    }
    assert_eq!(notes(database).await?, 1);
    let refusals = store.records().kind(tollgate::RecordKind::Refusal).strict().all().await?.records;
    assert_eq!(refusals.len(), 2);
    // A missing requirement is recorded as a refusal too.
    let report = in_review(database, &store, 3).await?;
    let before = count(database).await?;
    in_transaction!(database, rollback, |transaction| {
        // Uses a command, since the typed step does not compile without an actor.
        let step = AnyReport::from(report).fire(ReportTransition::Approve)?;
        refused(step.commit_async(store.within(&mut transaction).keep_refusals()).await)?
    });
    wait_for(database, before + 1).await
}

async fn kept_refusal_leaves_the_transaction_usable(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = in_review(database, &store, 1).await?;
    let before = count(database).await?;
    in_transaction!(database, commit, |transaction| {
        let step = AnyReport::from(report).fire(ReportTransition::Approve)?;
        let refused = refused(step.commit_async(store.within(&mut transaction).keep_refusals()).await)?;
        let report = refused.into_machine();
        commit!(
            database,
            report.fire(ReportTransition::Approve)?.by("eve"),
            store.within(&mut transaction).keep_refusals()
        )?
    });
    assert_eq!(row(database, 1).await?, (Some("Published".into()), Some(3)));
    wait_for(database, before + 2).await
}

async fn transaction_after_a_conflict_stays_usable(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = in_review(database, &store, 1).await?;
    let other = store.resume::<ReportState>(Report::new(1, "")).await?;
    commit!(database, other.fire(ReportTransition::Comment)?, &store)?;
    in_transaction!(database, commit, |transaction| {
        transaction.run("INSERT INTO notes (id, body) VALUES (1, 'kept')").await?;
        let late = commit!(database, report.approve().by("eve"), store.within(&mut transaction));
        assert!(refused(late)?.conflict().is_some());
        let ticket = TicketMachine::create(Ticket::new("a-1"));
        commit!(database, ticket, store.within(&mut transaction))?;
    });
    assert_eq!(notes(database).await?, 1);
    assert_eq!(store.resume::<TicketState>(Ticket::new("a-1")).await?.version(), 1);
    Ok(())
}

async fn first_use_of_a_machine_in_a_transaction_succeeds(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let ticket = in_transaction!(database, commit, |transaction| {
        let ticket = TicketMachine::create(Ticket::new("a-1"));
        commit!(database, ticket, store.within(&mut transaction))?
    });
    commit!(database, ticket.take(), &store)?;
    Ok(())
}

async fn machine_after_rollback_of_its_first_use_is_still_registered(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    in_transaction!(database, rollback, |transaction| {
        let mut step = TicketMachine::create(Ticket::new("a-1"));
        database.ledger().set(step.record_id(), Fate::Refused);
        step.commit_async(store.within(&mut transaction)).await?
    });
    commit!(database, TicketMachine::create(Ticket::new("a-1")), &store)?;
    Ok(())
}

async fn a_transaction_of_another_database_is_refused(database: &Database) -> Tested {
    let elsewhere = Database::new(Kind::Sqlite, "elsewhere");
    if database.kind() == Kind::Sqlite {
        return Ok(());
    }
    let store = elsewhere.store().await?;
    let refusal = in_transaction!(database, rollback, |transaction| {
        refused(TicketMachine::create(Ticket::new("a-1")).commit_async(store.within(&mut transaction)).await)?
    });
    assert!(matches!(sink_error(&refusal)?, Error::OtherDatabase { .. }), "{refusal}");
    Ok(())
}

#[test]
fn sqlite_transaction_accepts_blocking_commits() -> Tested {
    run(Kind::Sqlite, "sync", async |database| {
        let store = database.with_tables().await?;
        let report = draft(database, &store, 1).await?;
        let Connection::Sqlite(mut connection) = database.connection().await? else { return Err("a file".into()) };

        let mut transaction = connection.transaction()?;
        let report = report.submit("bob".into()).commit(&mut store.within(&mut transaction))?;
        transaction.execute("INSERT INTO notes (id, body) VALUES (1, 'beside')", [])?;
        let steps = (report.approve().by("eve"), TicketMachine::create(Ticket::new("a-1")));
        let (report, ticket) = commit_all(steps, &mut store.within(&mut transaction))?;
        transaction.commit()?;
        assert_eq!((report.version(), ticket.version(), notes(database).await?), (3, 1, 1));

        let transaction_that_is_dropped = &mut connection.transaction()?;
        let mut step = ticket.take();
        database.ledger().set(step.record_id(), Fate::Refused);
        step.commit(&mut store.within(transaction_that_is_dropped))?;
        Ok(())
    })
}

#[test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
fn nested_sqlx_transaction_is_accepted() -> Tested {
    run(Kind::Postgres, "nested", async |database| {
        let store = database.with_tables().await?;
        let report = draft(database, &store, 1).await?;
        let ticket = open(&store, "a-1").await?;
        let Connection::Postgres(pool) = database.connection().await? else { return Err("a server".into()) };

        let mut outer = pool.begin().await?;
        commit!(database, report.submit("bob".into()), store.within(&mut outer))?;
        let mut inner = sqlx::Acquire::begin(&mut outer).await?;
        let mut step = ticket.take();
        database.ledger().set(step.record_id(), Fate::Refused);
        step.commit_async(store.within(&mut inner)).await?;
        inner.rollback().await?;
        outer.commit().await?;
        assert_eq!(row(database, 1).await?, (Some("Review".into()), Some(2)));
        assert_eq!(store.resume::<TicketState>(Ticket::new("a-1")).await?.version(), 1);
        Ok(())
    })
}
