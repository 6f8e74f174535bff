//! Several steps of several machines in one batch: all of them are written, or none.

use tollgate::commit_all_async;
use tollgate_store::MayConflict;
use tollgate_store_tests::{
    Database, Fate, Report, ReportMachine, ReportState, ReportTransition, Tested, Ticket, TicketMachine, TicketState,
    TicketTransition, commit, in_transaction, on_both,
};

use crate::unheard::Unheard;
use crate::{count, draft, in_review, open, packed, refused, row};

on_both! {
    steps_of_several_machines_are_written_together,
    batch_with_one_stale_step_writes_nothing,
    batch_of_creations_without_one_row_writes_nothing,
    batch_that_was_written_succeeds_when_retried,
    batch_in_a_transaction_commits_with_it,
    batch_with_one_subject_twice_writes_nothing,
    empty_batch_writes_nothing,
}

async fn steps_of_several_machines_are_written_together(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let (report, parcel, ticket) =
        (in_review(database, &store, 1).await?, packed(database, &store, 2).await?, open(&store, "three").await?);
    let steps = (report.approve().by("eve"), parcel.send(), ticket.close());
    let (report, parcel, ticket) = commit_all_async(steps, &store).await?;
    assert_eq!((report.version(), parcel.version(), ticket.version()), (3, 2, 2));
    assert_eq!(row(database, 1).await?, (Some("Published".into()), Some(3)));
    // Each step follows the last record of its subject.
    commit_all_async((report.archive(), parcel.deliver()), &store).await?;
    Ok(())
}

async fn batch_with_one_stale_step_writes_nothing(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = in_review(database, &store, 1).await?;
    let ticket = open(&store, "a-1").await?;
    let quick = store.resume::<TicketState>(Ticket::new("a-1")).await?;
    commit!(database, quick.fire(TicketTransition::Take)?, &store)?;
    let before = count(database).await?;

    let mut steps = (report.approve().by("eve"), ticket.close());
    database.ledger().set(steps.0.record_id(), Fate::Refused);
    database.ledger().set(steps.1.record_id(), Fate::Refused);
    let refusal = refused(commit_all_async(steps, &store).await)?;
    let conflict = refusal.conflict().ok_or("it is a conflict")?;
    assert_eq!(conflict.machine, "Ticket", "the conflict names the stale machine");
    assert_eq!((count(database).await?, row(database, 1).await?), (before, (Some("Review".into()), Some(2))));

    let (approve, _) = refusal.into_step();
    commit!(database, approve, &store)?;
    Ok(())
}

async fn batch_of_creations_without_one_row_writes_nothing(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let mut reports = Vec::new();
    for id in 1..=20 {
        reports.push(ReportMachine::create(database.report(id).await?));
    }
    let reports = commit_all_async(reports, &store).await?;
    assert_eq!(reports.len(), 20);

    // Report 22 has no row.
    let mut more = vec![ReportMachine::create(database.report(21).await?)];
    more.push(ReportMachine::create(Report::new(22, "without a row")));
    let refusal = refused(commit_all_async(more, &store).await)?;
    assert!(refusal.to_string().contains("no row of Report 22"), "{refusal}");
    assert_eq!((count(database).await?, row(database, 21).await?), (20, (None, None)));
    Ok(())
}

async fn batch_that_was_written_succeeds_when_retried(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let (report, ticket) = (draft(database, &store, 1).await?, open(&store, "a-1").await?);
    let steps = (report.submit("bob".into()), ticket.take());
    let unheard = refused(commit_all_async(steps, Unheard(&store)).await)?;
    assert_eq!(count(database).await?, 4);
    let (report, ticket) = commit_all_async(unheard.into_step(), &store).await?;
    assert_eq!((report.version(), ticket.version(), count(database).await?), (2, 2, 4));
    commit_all_async((report.approve().by("eve"), ticket.close()), &store).await?;
    Ok(())
}

async fn batch_in_a_transaction_commits_with_it(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let ticket = in_transaction!(database, commit, |transaction| {
        let steps = (report.submit("bob".into()), TicketMachine::create(Ticket::new("a-1")));
        commit_all_async(steps, store.within(&mut transaction)).await?.1
    });
    assert_eq!(ticket.version(), 1);
    let (report, ticket) = (store.resume::<ReportState>(Report::new(1, "")).await?, ticket.take());
    assert_eq!(report.state().name, "Review");
    commit!(database, ticket, &store)?;
    Ok(())
}

async fn batch_with_one_subject_twice_writes_nothing(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    in_review(database, &store, 1).await?;
    // Typed machines cannot be copied, so this reads the subject twice.
    let one = store.resume::<ReportState>(Report::new(1, "one")).await?;
    let other = store.resume::<ReportState>(Report::new(1, "other")).await?;
    let steps = vec![one.fire(ReportTransition::Comment)?, other.fire(ReportTransition::Approve)?.by("eve")];
    let refusal = refused(commit_all_async(steps, &store).await)?;
    assert!(refusal.to_string().contains("an earlier record of the same batch moves Report 1 too"), "{refusal}");
    assert_eq!((count(database).await?, row(database, 1).await?), (2, (Some("Review".into()), Some(2))));
    Ok(())
}

async fn empty_batch_writes_nothing(database: &Database) -> Tested {
    let store = database.store().await?;
    let none: Vec<TicketStep> = Vec::new();
    assert!(commit_all_async(none, &store).await?.is_empty());
    Ok(())
}

type TicketStep = tollgate::AnyStep<TicketState>;
