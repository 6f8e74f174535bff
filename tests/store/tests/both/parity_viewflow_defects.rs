//! Defects of Viewflow's logging that were measured: each test shows that the store does not have one of them.

use tollgate::observer::Buffer;
use tollgate::{Id, RecordKind, StateMachine};
use tollgate_store::{Error, MayConflict};
use tollgate_store_tests::{
    AnyReport, AnyTicket, Connection, Database, Fate, Raw, Report, ReportState, Tested, Ticket, TicketState, commit,
    in_transaction, on_both,
};

use crate::{count, draft, in_review, moves, open, refused, row, sink_error};

/// A machine whose transitions all start from a wildcard.
#[derive(StateMachine)]
#[machine(name = "Lamp")]
#[transition(flip, from = _, to = On)]
#[transition(blow, from = _, to = Broken)]
enum LampState {
    #[state(initial)]
    On,
    #[state(terminal)]
    Broken,
}

on_both! {
    defect_01_an_error_of_the_store_leaves_the_machine_where_it_was_and_no_row,
    defect_02_after_outer_rollback_machine_conflicts_and_observers_get_nothing,
    defect_02_after_outer_commit_observers_are_notified_in_order,
    defect_03_second_of_two_stale_copies_returns_conflict,
    defect_04_failed_outer_commit_rolls_back_the_inner,
    defect_08_each_declared_edge_is_registered_once,
    defect_09_machine_with_only_wildcards_has_edges,
    defect_10_loaded_machine_commits_as_a_new_one,
    error_of_the_store_is_not_recorded_as_a_refusal,
}

async fn defect_01_an_error_of_the_store_leaves_the_machine_where_it_was_and_no_row(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    database.execute("ALTER TABLE reports RENAME TO elsewhere").await?;
    let refused = refused(commit!(database, report.submit("bob".into()), &store))?;
    sink_error(&refused)?;
    assert_eq!(moves(database).await?, ["create:  -> Draft"]);
    assert_eq!(refused.into_machine().version(), 1);
    database.execute("ALTER TABLE elsewhere RENAME TO reports").await
}

async fn defect_02_after_outer_rollback_machine_conflicts_and_observers_get_nothing(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let mut buffer = Buffer::new();
    let mut step = report.submit("bob".into());
    database.ledger().set(step.record_id(), Fate::Refused);
    let report = match database.connection().await? {
        Connection::Sqlite(mut connection) => {
            let mut transaction = connection.transaction()?;
            let report = step.commit(store.within(&mut transaction).observed_by(&mut buffer))?;
            transaction.run("INSERT INTO notes (id, body) VALUES (1, 'sent')").await?;
            transaction.rollback()?;
            report
        }
        Connection::Postgres(pool) => {
            let mut transaction = pool.begin().await?;
            let report = step.commit_async(store.within(&mut transaction).observed_by(&mut buffer)).await?;
            transaction.run("INSERT INTO notes (id, body) VALUES (1, 'sent')").await?;
            transaction.rollback().await?;
            report
        }
    };
    assert_eq!(buffer.records().len(), 1, "only the records before the transaction were observed");
    drop(buffer);
    assert_eq!(database.value("SELECT count(*) AS n FROM notes").await?, 0);
    assert_eq!(row(database, 1).await?, (Some("Draft".into()), Some(1)));

    // The step was rolled back, so the machine cannot continue from it.
    let refused = refused(commit!(database, report.approve().by("eve"), &store))?;
    let conflict = refused.conflict().ok_or("it is a conflict")?;
    assert_eq!((conflict.expected.version, conflict.expected.state.as_deref()), (2, Some("Review")));
    assert_eq!((conflict.found.version, conflict.found.state.as_deref()), (1, Some("Draft")));
    let text = refused.to_string();
    assert!(text.contains("in `Review` at version 2") && text.contains("in `Draft` at version 1"), "{text}");

    let AnyReport::Draft(report) = store.resume::<ReportState>(Report::new(1, "again")).await? else {
        return Err("draft".into());
    };
    commit!(database, report.submit("eve".into()), &store)?;
    Ok(())
}

async fn defect_02_after_outer_commit_observers_are_notified_in_order(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let mut buffer = Buffer::new();
    match database.connection().await? {
        Connection::Sqlite(mut connection) => {
            let mut transaction = connection.transaction()?;
            let mut sink = store.within(&mut transaction).observed_by(&mut buffer);
            report.submit("bob".into()).commit(&mut sink)?.approve().by("eve").commit(&mut sink)?;
            drop(sink);
            transaction.commit()?;
        }
        Connection::Postgres(pool) => {
            let mut transaction = pool.begin().await?;
            let mut sink = store.within(&mut transaction).observed_by(&mut buffer);
            let report = report.submit("bob".into()).commit_async(&mut sink).await?;
            report.approve().by("eve").commit_async(&mut sink).await?;
            drop(sink);
            transaction.commit().await?;
        }
    }
    let mut told = Vec::new();
    buffer.deliver(&mut |record: &tollgate::Record| told.push(record.to.clone().unwrap_or_default()));
    assert_eq!(told, ["Review", "Published"]);
    assert_eq!(row(database, 1).await?, (Some("Published".into()), Some(3)));
    Ok(())
}

async fn defect_03_second_of_two_stale_copies_returns_conflict(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let one = in_review(database, &store, 1).await?;
    let AnyReport::Review(other) = store.resume::<ReportState>(Report::new(1, "")).await? else {
        return Err("review".into());
    };
    let published = commit!(database, one.approve().by("eve"), &store)?;
    let refused = refused(commit!(database, other.reject().by("zoe").because("no sources"), &store))?;
    let conflict = refused.conflict().ok_or("it is a conflict")?;
    assert_eq!((conflict.expected.version, conflict.expected.state.as_deref()), (2, Some("Review")));
    assert_eq!((conflict.found.version, conflict.found.state.as_deref()), (3, Some("Published")));
    assert!(conflict.since.is_some());
    assert_eq!(moves(database).await?.len(), 3);
    assert_eq!(row(database, 1).await?, (Some("Published".into()), Some(published.version())));
    Ok(())
}

async fn defect_04_failed_outer_commit_rolls_back_the_inner(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let outer = in_review(database, &store, 1).await?;
    let inner = open(&store, "inner").await?;
    // Another caller commits the outer step first.
    let AnyReport::Review(quick) = store.resume::<ReportState>(Report::new(1, "")).await? else {
        return Err("review".into());
    };
    commit!(database, quick.approve().by("eve"), &store)?;
    let before = count(database).await?;

    in_transaction!(database, rollback, |transaction| {
        let mut step = inner.take();
        database.ledger().set(step.record_id(), Fate::Refused);
        step.commit_async(store.within(&mut transaction)).await?;
        let outer = outer.reject().by("bob").because("late").commit_async(store.within(&mut transaction)).await;
        assert!(refused(outer)?.conflict().is_some());
    });
    assert_eq!(count(database).await?, before);
    let AnyTicket::Open(_) = store.resume::<TicketState>(Ticket::new("inner")).await? else {
        return Err("it is open".into());
    };
    Ok(())
}

async fn defect_08_each_declared_edge_is_registered_once(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    store.register::<ReportState>().await?;
    store.register::<ReportState>().await?;
    database.store().await?.register::<ReportState>().await?;
    let sql = "SELECT transition, from_state, to_state, requires_actor, requires_reason FROM tollgate_edge
               WHERE from_state IS NOT NULL";
    let mut rows: Vec<_> = database
        .rows(sql)
        .await?
        .iter()
        .map(|row| {
            ["transition", "from_state", "to_state"].map(|column| row[column].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    let mut declared: Vec<_> =
        ReportState::CHART.edges.iter().map(|edge| [edge.transition, edge.from, edge.to].map(str::to_owned)).collect();
    rows.sort_unstable();
    declared.sort_unstable();
    assert_eq!(rows, declared);
    let creations = database.value("SELECT count(*) AS n FROM tollgate_edge WHERE from_state IS NULL").await?;
    assert_eq!(creations, 1);
    Ok(())
}

async fn defect_09_machine_with_only_wildcards_has_edges(database: &Database) -> Tested {
    let store = database.store().await?;
    let lamp = LampMachine::create(Id::from(1)).commit_async(&store).await?;
    let lamp = lamp.flip().commit_async(&store).await?;
    lamp.blow().commit_async(&store).await?;
    assert_eq!(moves(database).await?, ["create:  -> On", "flip: On -> On", "blow: On -> Broken"]);
    Ok(())
}

async fn defect_10_loaded_machine_commits_as_a_new_one(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    draft(database, &store, 1).await?;
    for (transition, to) in [("submit", "Review"), ("reject", "Draft"), ("comment", "Draft"), ("archive", "Archived")] {
        let store = database.store().await?;
        let report = store.resume::<ReportState>(Report::new(1, "loaded")).await?;
        let command = match transition {
            "submit" => tollgate_store_tests::ReportTransition::Submit { reviewer: "bob".into() },
            "reject" => tollgate_store_tests::ReportTransition::Reject,
            "comment" => tollgate_store_tests::ReportTransition::Comment,
            _ => tollgate_store_tests::ReportTransition::Archive,
        };
        let report = commit!(database, report.fire(command)?.by("eve").because("so"), &store)?;
        assert_eq!(report.state().name, to);
    }
    let kinds = database.rows("SELECT kind FROM tollgate_record").await?;
    assert_eq!(kinds.iter().filter(|row| row["kind"] == "transition").count(), 4);
    Ok(())
}

async fn error_of_the_store_is_not_recorded_as_a_refusal(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = refused(
        tollgate_store_tests::ReportMachine::create(Report::new(1, "without a row")).commit_async(&store).await,
    )?;
    assert!(matches!(sink_error(&report)?, Error::NoRow { table: "reports", .. }), "{report}");
    assert_eq!(count(database).await?, 0, "an error of the store is not recorded as a refusal");
    let _ = RecordKind::Refusal;
    Ok(())
}
