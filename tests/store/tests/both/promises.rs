//! Committed records are read back unchanged, with a table and without; rows that other SQL changed are reported.

use tollgate::{Event, Id, RecordKind};
use tollgate_store::Error;
use tollgate_store_tests::{
    AnyParcel, AnyReport, AnyTicket, Database, DoorMachine, DoorState, Exported, ParcelStatus, Report, ReportMachine,
    ReportState, Tested, Ticket, TicketMachine, TicketState, commit, on_both,
};

use crate::{count, draft, in_review, open, packed, refused, row, sink_error};

on_both! {
    machine_is_read_back_in_its_state_and_version,
    table_without_version_column_holds_the_state,
    machine_without_table_is_read_from_its_history,
    resume_of_a_missing_subject_is_not_found,
    row_before_creation_can_only_have_the_initial_state,
    a_subject_is_created_once,
    row_that_was_edited_manually_is_a_disagreement,
    deleted_row_keeps_its_history_and_is_a_clear_error,
    missing_table_is_named_and_nothing_is_written,
    two_machines_of_one_subject_have_separate_histories,
    event_is_recorded_and_changes_no_state,
    refused_event_is_recorded,
    update_or_delete_of_a_record_is_refused,
    outcome_is_found_by_the_id_of_its_record,
}

async fn machine_is_read_back_in_its_state_and_version(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = in_review(database, &store, 1).await?;
    let report = commit!(database, report.comment().by("zoe").because("well said"), &store)?;
    assert_eq!(row(database, 1).await?, (Some("Review".into()), Some(3)));
    let AnyReport::Review(again) = store.resume::<ReportState>(report.into_parts().0).await? else {
        return Err("review".into());
    };
    assert_eq!((again.version(), again.data().reviewer.as_str()), (3, "bob"));
    commit!(database, again.approve().by("eve"), &store)?;
    Ok(())
}

async fn table_without_version_column_holds_the_state(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let parcel = commit!(database, packed(database, &store, 1).await?.send(), &store)?;
    assert_eq!(database.value("SELECT status FROM parcels").await?, "Sent");
    let AnyParcel::Sent(parcel) = store.resume::<ParcelStatus>((*parcel).clone()).await? else {
        return Err("sent".into());
    };
    commit!(database, parcel.deliver(), &store)?;
    assert_eq!(database.value("SELECT status FROM parcels").await?, "Delivered");
    Ok(())
}

async fn machine_without_table_is_read_from_its_history(database: &Database) -> Tested {
    let store = database.store().await?;
    let ticket = commit!(database, open(&store, "a-1").await?.take(), &store)?;
    assert_eq!(ticket.version(), 2);
    let AnyTicket::Taken(ticket) = store.resume::<TicketState>(Ticket::new("a-1")).await? else {
        return Err("taken".into());
    };
    commit!(database, ticket.close(), &store)?;
    assert_eq!(store.resume::<TicketState>(Ticket::new("a-1")).await?.state().name, "Closed");
    Ok(())
}

async fn resume_of_a_missing_subject_is_not_found(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let error = refused(store.resume::<TicketState>(Ticket::new("a-1")).await)?;
    assert!(matches!(error, Error::NeverCreated { machine: "Ticket", .. }), "{error}");
    assert_eq!(error.to_string(), "Ticket of Ticket a-1 has no record in this store; call `create(..)` first");
    let error = refused(store.resume::<ReportState>(database.report(1).await?).await)?;
    assert!(matches!(error, Error::NeverCreated { machine: "Report", .. }), "{error}");
    Ok(())
}

async fn row_before_creation_can_only_have_the_initial_state(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let drafted = database.report(1).await?;
    let published = database.report(2).await?;
    database.execute("UPDATE reports SET state = 'Draft' WHERE id = 1").await?;
    database.execute("UPDATE reports SET state = 'Published' WHERE id = 2").await?;
    commit!(database, ReportMachine::create(drafted), &store)?;
    let refused = refused(commit!(database, ReportMachine::create(published), &store))?;
    assert!(matches!(sink_error(&refused)?, Error::Disagreement(_)), "{refused}");
    assert_eq!(row(database, 2).await?, (Some("Published".into()), None));
    database.tamper();
    Ok(())
}

async fn a_subject_is_created_once(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let refusal = refused(commit!(database, ReportMachine::create((*report).clone()), &store))?;
    assert!(refusal.to_string().contains("is in `Draft` at version 1"), "{refusal}");
    assert!(refusal.to_string().contains("already exists, and is in `Draft`"), "{refusal}");
    open(&store, "a-1").await?;
    let refusal = refused(commit!(database, TicketMachine::create(Ticket::new("a-1")), &store))?;
    assert!(refusal.to_string().contains("`resume` it instead of creating it again"), "{refusal}");
    Ok(())
}

async fn row_that_was_edited_manually_is_a_disagreement(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = in_review(database, &store, 1).await?;
    database.tamper();
    database.execute("UPDATE reports SET state = 'Published'").await?;
    let error = refused(store.resume::<ReportState>(Report::new(1, "")).await)?;
    let text = "the row of Report 1 in `reports` has `Published` at version 2, \
                but its history is in `Review` at version 2; correct the row";
    assert_eq!(error.to_string(), text);
    let refusal = refused(commit!(database, report.approve().by("eve"), &store))?;
    assert_eq!(sink_error(&refusal)?.to_string(), text);
    assert_eq!(row(database, 1).await?, (Some("Published".into()), Some(2)), "the row is not repaired silently");

    database.execute("UPDATE reports SET state = 'Review', version = 9").await?;
    let refusal = refused(commit!(database, refusal.into_step(), &store))?;
    assert!(refusal.to_string().contains("has `Review` at version 9"), "{refusal}");
    // After a manual repair, the same step succeeds.
    database.execute("UPDATE reports SET version = 2").await?;
    commit!(database, refusal.into_step(), &store)?;
    assert_eq!(row(database, 1).await?, (Some("Published".into()), Some(3)));
    Ok(())
}

async fn deleted_row_keeps_its_history_and_is_a_clear_error(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = in_review(database, &store, 1).await?;
    database.execute("DELETE FROM reports").await?;
    let refusal = refused(commit!(database, report.approve().by("eve"), &store))?;
    assert!(matches!(sink_error(&refusal)?, Error::NoRow { table: "reports", .. }), "{refusal}");
    let error = refused(store.resume::<ReportState>(Report::new(1, "")).await)?;
    assert!(matches!(error, Error::NoRow { .. }), "{error}");
    assert_eq!(count(database).await?, 2);
    Ok(())
}

async fn missing_table_is_named_and_nothing_is_written(database: &Database) -> Tested {
    let store = database.store().await?;
    let error = refused(store.register::<ReportState>().await)?;
    assert!(matches!(error, Error::Table { machine: "Report", table: "reports", .. }), "{error}");
    let refusal = refused(commit!(database, ReportMachine::create(Report::new(1, "")), &store))?;
    assert!(matches!(sink_error(&refusal)?, Error::Table { .. }), "{refusal}");
    database.execute("CREATE TABLE reports (id bigint PRIMARY KEY, state text)").await?;
    let error = refused(store.register::<ReportState>().await)?;
    assert!(error.to_string().contains("version"), "{error}");
    database.execute("DROP TABLE reports").await
}

async fn two_machines_of_one_subject_have_separate_histories(database: &Database) -> Tested {
    let store = database.store().await?;
    let door = DoorMachine::create(Id::from("a-1")).commit_async(&store).await?;
    commit!(database, open(&store, "a-1").await?.take(), &store)?;
    commit!(database, door.open(), &store)?;
    assert_eq!(store.resume::<TicketState>(Ticket::new("a-1")).await?.version(), 2);
    assert_eq!(store.resume::<DoorState>(Id::from("a-1")).await?.version(), 2);
    Ok(())
}

async fn event_is_recorded_and_changes_no_state(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    draft(database, &store, 1).await?;
    let mut step = Exported { reports: 7, format: "csv".into() }.occurred().by("ann").with("ip", "192.0.2.7");
    let id = step.record_id();
    step.commit_async(&store).await?;
    let record = store.outcome(id).await?.ok_or("it is written")?;
    assert_eq!((record.kind, record.event.as_deref()), (RecordKind::Event, Some("exported")));
    assert_eq!(record.properties, Some(serde_json::json!({ "reports": 7, "format": "csv" })));
    assert_eq!((record.version, record.machine.as_deref()), (None, None));
    assert_eq!(row(database, 1).await?, (Some("Draft".into()), Some(1)));
    Ok(())
}

async fn refused_event_is_recorded(database: &Database) -> Tested {
    let store = database.store().await?;
    let event = Exported { reports: 7, format: "csv".into() }.occurred().by(" ");
    refused(event.commit_async(&store).await)?;
    assert_eq!(database.value("SELECT refused_by FROM tollgate_record").await?, "actor");
    Ok(())
}

async fn update_or_delete_of_a_record_is_refused(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    in_review(database, &store, 1).await?;
    for table in ["record", "edge", "state", "chart", "machine", "schema"] {
        let error = refused(database.execute(&format!("DELETE FROM tollgate_{table}")).await)?;
        assert!(error.to_string().contains("cannot be changed or deleted"), "{error}");
    }
    let error = refused(database.execute("UPDATE tollgate_record SET actor = 'mallory'").await)?;
    assert!(error.to_string().contains("cannot be changed"), "{error}");
    Ok(())
}

async fn outcome_is_found_by_the_id_of_its_record(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let mut step = draft(database, &store, 1).await?.submit("bob".into());
    let id = step.record_id();
    assert_eq!(store.outcome(id).await?, None);
    step.commit_async(&store).await?;
    let record = store.outcome(id).await?.ok_or("it is written")?;
    assert_eq!((record.id, record.version, record.to.as_deref()), (id, Some(2), Some("Review")));
    Ok(())
}
