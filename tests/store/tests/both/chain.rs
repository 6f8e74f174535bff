//! The chain: each record has a digest, and each one after the first has the digest of the record before it. The check
//! after every test verifies the digests.

use tollgate_store::Error;
use tollgate_store_tests::{
    AnyReport, Database, Kind, Report, ReportState, ReportTransition, Tested, Ticket, TicketState, TicketTransition,
    commit, in_transaction, on_both,
};

use crate::{draft, in_review, open, packed, refused, sink_error};

/// Returns the number of records with a digest, and the number with the digest of the record before.
async fn links(database: &Database) -> Tested<(i64, i64)> {
    let rows = database.rows("SELECT count(digest) AS digests, count(prev) AS prevs FROM tollgate_record").await?;
    let number = |column: &str| rows.first().and_then(|row| row[column].as_i64()).ok_or("a count is a number");
    Ok((number("digests")?, number("prevs")?))
}

on_both! {
    chain_continues_over_commits_and_restarts,
    chain_continues_over_transactions,
    chain_continues_over_manually_resumed_machines,
    chain_continues_over_manually_resumed_batches,
    chain_begins_and_ends_with_the_option_of_the_store,
    machine_of_another_database_is_refused,
    single_record_of_another_database_is_refused,
}

async fn chain_continues_over_commits_and_restarts(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    commit!(database, in_review(database, &store, 1).await?.approve().by("eve"), &store)?;
    for transition in [ReportTransition::Archive, ReportTransition::Reopen, ReportTransition::Comment] {
        let store = database.store().await?;
        let report = store.resume::<ReportState>(Report::new(1, "")).await?;
        commit!(database, report.fire(transition)?, &store)?;
    }
    assert_eq!(links(database).await?, (6, 5));
    Ok(())
}

async fn chain_continues_over_transactions(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let report = in_transaction!(database, commit, |transaction| {
        let report = report.submit("bob".into()).commit_async(store.within(&mut transaction)).await?;
        report.comment().commit_async(store.within(&mut transaction)).await?
    });
    commit!(database, report.approve().by("eve"), &store)?;
    assert_eq!(links(database).await?, (4, 3));
    Ok(())
}

async fn chain_continues_over_manually_resumed_machines(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    in_review(database, &store, 1).await?;
    open(&store, "a-1").await?;
    let report = AnyReport::resume(Report::new(1, ""), ReportState::Review { reviewer: "bob".into() }, 2);
    let report = commit!(database, report.fire(ReportTransition::Approve)?.by("eve"), &store)?;
    commit!(database, report.fire(ReportTransition::Archive)?, &store)?;
    let ticket = tollgate_store_tests::AnyTicket::resume(Ticket::new("a-1"), TicketState::Open, 1);
    let ticket = in_transaction!(database, commit, |transaction| {
        ticket.fire(TicketTransition::Take)?.commit_async(store.within(&mut transaction)).await?
    });
    commit!(database, ticket.fire(TicketTransition::Close)?, &store)?;
    assert_eq!(links(database).await?, (7, 5));
    Ok(())
}

async fn chain_continues_over_manually_resumed_batches(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    in_review(database, &store, 1).await?;
    open(&store, "a-1").await?;
    let report = AnyReport::resume(Report::new(1, ""), ReportState::Review { reviewer: "bob".into() }, 2);
    let ticket = tollgate_store_tests::AnyTicket::resume(Ticket::new("a-1"), TicketState::Open, 1);
    let steps = (report.fire(ReportTransition::Approve)?.by("eve"), ticket.fire(TicketTransition::Take)?);
    let (report, ticket) = tollgate::commit_all_async(steps, &store).await?;
    commit!(database, report.fire(ReportTransition::Archive)?, &store)?;
    commit!(database, ticket.fire(TicketTransition::Close)?, &store)?;
    assert_eq!(links(database).await?, (7, 5));
    Ok(())
}

async fn chain_begins_and_ends_with_the_option_of_the_store(database: &Database) -> Tested {
    let chained = database.with_tables().await?;
    let bare = database.options().without_chain().open().await?;
    let report = draft(database, &bare, 1).await?;
    let report = commit!(database, report.submit("bob".into()), &bare)?;
    assert_eq!(links(database).await?, (0, 0));
    // From here on the chain is kept, by this machine and by one that is read from the store.
    let report = commit!(database, report.comment(), &chained)?;
    let report = commit!(database, report.comment(), &chained)?;
    assert_eq!(links(database).await?, (2, 1));
    commit!(database, report.comment(), &bare)?;
    let report = chained.resume::<ReportState>(Report::new(1, "")).await?;
    commit!(database, report.fire(ReportTransition::Approve)?.by("eve"), &chained)?;
    assert_eq!(links(database).await?.0, 3);
    Ok(())
}

async fn machine_of_another_database_is_refused(database: &Database) -> Tested {
    let store = database.store().await?;
    let elsewhere = Database::new(Kind::Sqlite, "elsewhere");
    let foreign = open(&elsewhere.store().await?, "a-1").await?;
    open(&store, "a-1").await?;
    let refusal = refused(commit!(database, foreign.take(), &store))?;
    assert!(matches!(sink_error(&refusal)?, Error::OtherHistory { version: 1, .. }), "{refusal}");
    Ok(())
}

async fn single_record_of_another_database_is_refused(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let elsewhere = Database::new(Kind::Sqlite, "elsewhere");
    let foreign = packed(&elsewhere, &elsewhere.with_tables().await?, 1).await?;
    packed(database, &store, 1).await?;
    let refusal = refused(commit!(database, foreign.send(), &store))?;
    assert!(matches!(sink_error(&refusal)?, Error::OtherHistory { version: 1, .. }), "{refusal}");
    assert_eq!(database.value("SELECT status FROM parcels").await?, "Packed", "the row did not change");
    Ok(())
}
