//! If two callers update the same subject, one succeeds; the other gets a conflict. A retry writes no second record.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use tollgate_store::{Error, MayConflict, retry};
use tollgate_store_tests::{
    AnyReport, AnyTicket, Database, Report, ReportState, ReportTransition, Tested, Ticket, TicketState,
    TicketTransition, commit, on_both,
};

use crate::unheard::Unheard;
use crate::{count, draft, in_review, open, refused, sink_error};

on_both! {
    conflict_has_expected_and_found_state_and_time,
    commit_on_stale_machine_without_table_returns_conflict,
    commit_on_same_version_in_another_state_returns_conflict,
    commit_on_version_past_the_last_returns_conflict,
    step_with_time_before_the_last_record_is_refused,
    retry_after_conflict_reads_again_and_succeeds,
    retry_after_last_try_returns_the_conflict,
    retry_on_other_error_returns_it_at_once,
    second_commit_of_the_same_record_succeeds_and_writes_nothing,
    second_commit_after_later_records_succeeds,
    second_commit_with_other_content_is_refused,
    second_commit_of_refusal_or_event_writes_nothing,
}

async fn conflict_has_expected_and_found_state_and_time(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = in_review(database, &store, 1).await?;
    let AnyReport::Review(stale) = store.resume::<ReportState>(Report::new(1, "")).await? else {
        return Err("review".into());
    };
    let mut step = report.approve().by("eve");
    let id = step.record_id();
    commit!(database, step, &store)?;
    let winner = store.outcome(id).await?.ok_or("it is written")?;

    let refusal = refused(commit!(database, stale.reject().by("zoe").because("late"), &store))?;
    let conflict = refusal.conflict().ok_or("it is a conflict")?;
    assert_eq!((conflict.machine.as_str(), conflict.subject.to_string().as_str()), ("Report", "Report 1"));
    assert_eq!(conflict.since, Some(winner.at));
    let text = format!(
        "Report of Report 1 is in `Published` at version 3 since {}, \
         but this step expects it in `Review` at version 2; read it again and decide again",
        winner.at
    );
    assert_eq!(sink_error(&refusal)?.to_string(), text);
    assert_eq!(conflict.to_string(), "another commit moved Report of Report 1 first");
    Ok(())
}

async fn commit_on_stale_machine_without_table_returns_conflict(database: &Database) -> Tested {
    let store = database.store().await?;
    let one = open(&store, "a-1").await?;
    let other = store.resume::<TicketState>(Ticket::new("a-1")).await?;
    commit!(database, one.take(), &store)?;
    let refusal = refused(commit!(database, other.fire(TicketTransition::Close)?, &store))?;
    let conflict = refusal.conflict().ok_or("it is a conflict")?;
    assert_eq!((conflict.expected.version, conflict.found.version), (1, 2));
    Ok(())
}

async fn commit_on_same_version_in_another_state_returns_conflict(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    in_review(database, &store, 1).await?;
    let guessed = AnyReport::resume(Report::new(1, ""), ReportState::Published, 2);
    let refusal = refused(commit!(database, guessed.fire(ReportTransition::Archive)?, &store))?;
    let conflict = refusal.conflict().ok_or("it is a conflict")?;
    assert_eq!((conflict.expected.version, conflict.found.version), (2, 2));
    assert_eq!(conflict.found.state.as_deref(), Some("Review"));
    Ok(())
}

async fn commit_on_version_past_the_last_returns_conflict(database: &Database) -> Tested {
    let store = database.store().await?;
    open(&store, "a-1").await?;
    let ahead = AnyTicket::resume(Ticket::new("a-1"), TicketState::Open, 41);
    let refusal = refused(commit!(database, ahead.fire(TicketTransition::Take)?, &store))?;
    assert!(refusal.conflict().is_some(), "{refusal}");
    let nobody = AnyTicket::resume(Ticket::new("a-2"), TicketState::Open, 1);
    let refusal = refused(commit!(database, nobody.fire(TicketTransition::Take)?, &store))?;
    assert_eq!(refusal.conflict().map(|conflict| (conflict.found.version, conflict.since)), Some((0, None)));
    Ok(())
}

async fn step_with_time_before_the_last_record_is_refused(database: &Database) -> Tested {
    for keeps_chain in [true, false] {
        let options = database.options();
        let store = if keeps_chain { options } else { options.without_chain() }.open().await?;
        let batching = store.batching();
        for joins in [false, true] {
            let code = format!("a-{keeps_chain}-{joins}");
            let ticket = open(&store, &code).await?;
            // The conflict has the state that the ticket would have, and no time.
            let ahead = AnyTicket::resume(Ticket::new(&code), TicketState::Taken, 2);
            let mut early = ahead.fire(TicketTransition::Close)?;
            early.record_id();
            commit!(database, ticket.take(), &store)?;
            let outcome = if joins { commit!(database, early, &batching) } else { commit!(database, early, &store) };
            let refusal = refused(outcome)?;
            let error = sink_error(&refusal)?;
            assert!(matches!(error, Error::Unstorable { .. }), "{error}");
            assert!(error.to_string().contains("is before that of the record it follows"), "{error}");
            assert_eq!(store.resume::<TicketState>(Ticket::new(&code)).await?.version(), 2);
        }
    }
    Ok(())
}

async fn retry_after_conflict_reads_again_and_succeeds(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    draft(database, &store, 1).await?;
    let tries = AtomicU32::new(0);
    let report = retry(3, async || {
        let tries = tries.fetch_add(1, Relaxed) + 1;
        let report = store.resume::<ReportState>(Report::new(1, "again")).await?;
        if tries < 3 {
            // Another caller commits first.
            let other = store.resume::<ReportState>(Report::new(1, "other")).await?;
            commit!(database, other.fire(ReportTransition::Comment)?, &store)?;
        }
        Ok::<_, Box<dyn std::error::Error>>(commit!(database, report.fire(ReportTransition::Archive)?, &store)?)
    })
    .await?;
    assert_eq!((tries.into_inner(), report.state().name, report.version()), (3, "Archived", 4));
    Ok(())
}

async fn retry_after_last_try_returns_the_conflict(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    draft(database, &store, 1).await?;
    let tries = AtomicU32::new(0);
    let last = refused(
        retry(3, async || {
            tries.fetch_add(1, Relaxed);
            let report = store.resume::<ReportState>(Report::new(1, "again")).await?;
            let other = store.resume::<ReportState>(Report::new(1, "other")).await?;
            commit!(database, other.fire(ReportTransition::Comment)?, &store)?;
            Ok::<_, Box<dyn std::error::Error>>(commit!(database, report.fire(ReportTransition::Archive)?, &store)?)
        })
        .await,
    )?;
    assert_eq!((tries.into_inner(), last.conflict().map(|conflict| conflict.found.version)), (3, Some(4)));
    Ok(())
}

async fn retry_on_other_error_returns_it_at_once(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let tries = AtomicU32::new(0);
    let error = refused(
        retry(3, async || {
            tries.fetch_add(1, Relaxed);
            store.resume::<ReportState>(Report::new(1, "")).await
        })
        .await,
    )?;
    assert_eq!(tries.into_inner(), 1, "{error}");
    Ok(())
}

async fn second_commit_of_the_same_record_succeeds_and_writes_nothing(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let ticket = open(&store, "a-1").await?;
    let report = refused(report.submit("bob".into()).by("ann").commit_async(Unheard(&store)).await)?;
    let ticket = refused(ticket.take().commit_async(Unheard(&store)).await)?;
    assert_eq!(count(database).await?, 4, "both are written, and neither caller got an answer");

    let report = commit!(database, report.into_step(), &store)?;
    let ticket = commit!(database, ticket.into_step(), &store)?;
    assert_eq!((report.version(), ticket.version(), count(database).await?), (2, 2, 4));
    // Its head is the digest of the written record, so the next step continues the chain.
    commit!(database, report.approve().by("eve"), &store)?;
    commit!(database, ticket.close(), &store)?;
    Ok(())
}

async fn second_commit_after_later_records_succeeds(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let report = refused(report.submit("bob".into()).commit_async(Unheard(&store)).await)?;
    let AnyReport::Review(other) = store.resume::<ReportState>(Report::new(1, "")).await? else {
        return Err("review".into());
    };
    commit!(database, other.approve().by("eve"), &store)?;
    let report = commit!(database, report.into_step(), &store)?;
    // The retry succeeds for the record, but the returned machine is stale.
    let refusal = refused(commit!(database, report.approve().by("zoe"), &store))?;
    assert!(refusal.conflict().is_some(), "{refusal}");
    Ok(())
}

async fn second_commit_with_other_content_is_refused(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let report = refused(report.submit("bob".into()).commit_async(Unheard(&store)).await)?;
    let before = count(database).await?;
    let refusal = refused(report.into_step().because("second thoughts").commit_async(&store).await)?;
    assert!(matches!(sink_error(&refusal)?, Error::OtherRecord { .. }), "{refusal}");
    assert_eq!(count(database).await?, before);
    Ok(())
}

async fn second_commit_of_refusal_or_event_writes_nothing(database: &Database) -> Tested {
    use tollgate::Event;
    let store = database.store().await?;
    let event = tollgate_store_tests::Exported { reports: 1, format: "csv".into() };
    let refusal = refused(event.occurred().by("ann").commit_async(Unheard(&store)).await)?;
    commit!(database, refusal.into_step(), &store)?;
    assert_eq!(count(database).await?, 1);
    Ok(())
}
