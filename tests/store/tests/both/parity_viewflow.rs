//! Features of Viewflow's logging and saving that this store also provides. Each test is one of them.

use serde_json::json;
use tollgate::observer::{Buffer, Observer};
use tollgate::{Record, RecordKind, sink};
use tollgate_store::Error;
use tollgate_store_tests::{
    AnyReport, Database, Report, ReportMachine, ReportTransition, Tested, Ticket, TicketState, in_transaction, on_both,
};

use crate::{count, draft, in_review, moves, open, refused, row, sink_error};

/// Tickets before one of their states was removed.
mod before {
    use tollgate::StateMachine;
    use tollgate_store_tests::Ticket;

    #[derive(StateMachine)]
    #[machine(subject = Ticket, name = "Ticket")]
    #[transition(park, from = Open, to = Parked)]
    #[transition(close, from = Parked, to = Closed)]
    pub(crate) enum OldTicketState {
        #[state(initial)]
        Open,
        Parked,
        #[state(terminal)]
        Closed,
    }
}

on_both! {
    behaviour_10_a_stored_state_is_read_back_with_its_data,
    behaviour_10_empty_stored_value_is_not_the_initial_state,
    behaviour_10_a_stored_state_that_no_longer_exists_is_a_clear_error,
    behaviour_11_success_is_written_once_with_all_fields,
    behaviour_11_a_failure_is_never_written_as_a_success,
    behaviour_13_the_row_of_a_log_has_subject_time_states_actor_and_context,
    behaviour_13_names_of_states_cannot_drift_from_the_code,
    behaviour_14_a_row_that_is_refused_leaves_no_record,
    behaviour_14_a_record_that_is_refused_leaves_the_row_as_it_was,
    failed_save_has_no_record,
    actor_is_recorded_for_every_way_to_set_it,
    record_stays_after_its_actor_is_deleted,
    record_stays_after_its_subject_is_deleted,
    record_names_subjects_by_ids_of_any_type,
}

async fn behaviour_10_a_stored_state_is_read_back_with_its_data(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    in_review(database, &store, 1).await?;
    let any = database
        .store()
        .await?
        .resume::<tollgate_store_tests::ReportState>(Report::new(1, "the title of the caller"))
        .await?;
    let AnyReport::Review(report) = any else { return Err("it is in review".into()) };
    assert_eq!((report.data().reviewer.as_str(), report.version()), ("bob", 2));
    assert_eq!(report.title, "the title of the caller");
    Ok(())
}

async fn behaviour_10_empty_stored_value_is_not_the_initial_state(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    in_review(database, &store, 1).await?;
    database.tamper();
    for (empty, said) in [("''", "has ``"), ("NULL", "has no state")] {
        database.execute(&format!("UPDATE reports SET state = {empty}")).await?;
        let error = refused(store.resume::<tollgate_store_tests::ReportState>(Report::new(1, "")).await)?;
        assert!(matches!(error, Error::Disagreement(_)), "{error}");
        let text = error.to_string();
        assert!(text.contains(said) && text.contains("`Review` at version 2"), "{text}");
    }
    Ok(())
}

async fn behaviour_10_a_stored_state_that_no_longer_exists_is_a_clear_error(database: &Database) -> Tested {
    let store = database.store().await?;
    let old = before::OldTicketMachine::create(Ticket::new("a-1")).commit_async(&store).await?;
    old.park().commit_async(&store).await?;

    let error = refused(database.store().await?.register::<TicketState>().await)?;
    assert!(matches!(error, Error::StatesInUse(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains("1 in `Parked` (a-1)"), "{text}");
    Ok(())
}

async fn behaviour_11_success_is_written_once_with_all_fields(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let mut buffer = Buffer::new();
    let report = in_review(database, &store, 1).await?;
    let step = report.approve().by("eve").because("well sourced").with("ip", "192.0.2.7");
    step.commit_async(sink::adapt(&store).observed_by(buffer.by_ref())).await?;

    let [record] = buffer.records() else { return Err("one success is told once".into()) };
    assert_eq!(record.kind, RecordKind::Transition);
    assert_eq!((record.from.as_deref(), record.to.as_deref()), (Some("Review"), Some("Published")));
    assert_eq!(record.reason.as_deref(), Some("well sourced"));
    assert_eq!(store.outcome(record.id).await?.as_ref(), Some(record), "the observed record is the stored record");
    assert_eq!(count(database).await?, 3);
    Ok(())
}

async fn behaviour_11_a_failure_is_never_written_as_a_success(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let mut told = 0;
    let nameless = Report::new(1, "");
    database.execute("INSERT INTO reports (id, title) VALUES (1, '')").await?;
    let report = ReportMachine::create(nameless).commit_async(&store).await?;
    let refusal = refused({
        let sink = sink::adapt(&store).observed_by(|_: &Record| told += 1);
        report.submit("bob".into()).commit_async(sink).await
    })?;
    assert_eq!(told, 0, "observers get only successes");
    assert_eq!(moves(database).await?, ["create:  -> Draft"]);
    assert_eq!(row(database, 1).await?, (Some("Draft".into()), Some(1)));

    // The attempt is on record as a refusal.
    let rows = database.rows("SELECT kind, version, refused_by, refusal FROM tollgate_record ORDER BY id").await?;
    let last = rows.last().ok_or("the refusal is on record")?;
    assert_eq!((&last["kind"], &last["version"]), (&json!("refusal"), &json!(null)));
    assert_eq!(last["refused_by"], "Report::has_title");
    assert_eq!(last["refusal"], "a report without a title is not submitted");
    assert!(refusal.refusal_error().is_none());
    Ok(())
}

async fn behaviour_13_the_row_of_a_log_has_subject_time_states_actor_and_context(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = in_review(database, &store, 1).await?;
    let report = report.approve().by("eve").with("ip", "192.0.2.7").commit_async(&store).await?;
    assert_eq!(report.version(), 3);

    let sql = "SELECT * FROM tollgate_history WHERE version = 3";
    let rows = database.rows(sql).await?;
    let [row] = &rows[..] else { return Err("there is one".into()) };
    for (column, value) in [
        ("subject_kind", json!("Report")),
        ("subject", json!("1")),
        ("machine", json!("Report")),
        ("transition", json!("approve")),
        ("from_state", json!("Review")),
        ("to_state", json!("Published")),
        ("actor_kind", json!("user")),
        ("actor", json!("eve")),
    ] {
        assert_eq!(row[column], value, "{column}");
    }
    assert!(row["at"].as_str().is_some_and(|at| at.starts_with("20")), "{row:?}");
    let context = match &row["context"] {
        serde_json::Value::String(text) => serde_json::from_str(text)?,
        json => json.clone(),
    };
    assert_eq!(context, json!({ "ip": "192.0.2.7" }));
    Ok(())
}

async fn behaviour_13_names_of_states_cannot_drift_from_the_code(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    draft(database, &store, 1).await?;
    let names = database.rows("SELECT name FROM tollgate_state ORDER BY name").await?;
    let names: Vec<_> = names.iter().filter_map(|row| row["name"].as_str()).collect();
    let mut declared: Vec<_> = tollgate_store_tests::ReportState::CHART.states.iter().map(|state| state.name).collect();
    declared.sort_unstable();
    assert_eq!(names, declared);

    let error = refused(database.execute("UPDATE tollgate_state SET name = 'Drafted' WHERE name = 'Draft'").await)?;
    assert!(error.to_string().contains("cannot be changed"), "{error}");
    Ok(())
}

async fn behaviour_14_a_row_that_is_refused_leaves_no_record(database: &Database) -> Tested {
    let store = database.store().await?;
    let table = "CREATE TABLE reports (id bigint PRIMARY KEY, title text NOT NULL, version bigint,
        state text CHECK (state IS NULL OR state <> 'Review'))";
    database.execute(table).await?;
    let report = draft(database, &store, 1).await?;

    let refused = refused(tollgate_store_tests::commit!(database, report.submit("bob".into()), &store))?;
    assert!(matches!(sink_error(&refused)?, Error::Database { .. }), "{refused}");
    assert_eq!(row(database, 1).await?, (Some("Draft".into()), Some(1)));
    assert_eq!(moves(database).await?, ["create:  -> Draft"]);
    // The machine keeps its state, and can take another transition.
    refused.into_machine().archive().commit_async(&store).await?;
    assert_eq!(row(database, 1).await?, (Some("Archived".into()), Some(2)));
    Ok(())
}

async fn behaviour_14_a_record_that_is_refused_leaves_the_row_as_it_was(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    // Simulates a full disk: no further record is accepted.
    database
        .execute(match database.kind() {
            tollgate_store_tests::Kind::Sqlite => {
                "CREATE TRIGGER full_disk BEFORE INSERT ON tollgate_record
             BEGIN SELECT RAISE(ABORT, 'no room'); END"
            }
            tollgate_store_tests::Kind::Postgres => {
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'no room'; END $$;
             CREATE TRIGGER full_disk BEFORE INSERT ON tollgate_record
             FOR EACH ROW EXECUTE FUNCTION full_disk()"
            }
        })
        .await?;
    let refused = refused(tollgate_store_tests::commit!(database, report.submit("bob".into()), &store))?;
    assert!(refused.to_string().contains("no room"), "{refused}");
    assert_eq!(row(database, 1).await?, (Some("Draft".into()), Some(1)));

    // The same step succeeds when there is room again.
    database
        .execute(match database.kind() {
            tollgate_store_tests::Kind::Sqlite => "DROP TRIGGER full_disk",
            tollgate_store_tests::Kind::Postgres => "DROP TRIGGER full_disk ON tollgate_record",
        })
        .await?;
    tollgate_store_tests::commit!(database, refused.into_step(), &store)?;
    assert_eq!(row(database, 1).await?, (Some("Review".into()), Some(2)));
    Ok(())
}

async fn failed_save_has_no_record(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = draft(database, &store, 1).await?;
    let step = in_transaction!(database, rollback, |transaction| {
        let mut step = report.submit("bob".into());
        let record = step.record_id();
        step.commit_async(store.within(&mut transaction)).await?;
        record
    });
    assert_eq!(store.outcome(step).await?, None);
    assert_eq!((count(database).await?, row(database, 1).await?), (1, (Some("Draft".into()), Some(1))));
    Ok(())
}

async fn actor_is_recorded_for_every_way_to_set_it(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = in_review(database, &store, 1).await?;
    let any = store.resume::<tollgate_store_tests::ReportState>(report.into_parts().0).await?;
    let any = any.fire(ReportTransition::Approve)?.by("eve").commit_async(&store).await?;
    any.fire(ReportTransition::Archive)?.commit_async(sink::adapt(&store).by("zoe")).await?;
    let actors = database.rows("SELECT actor FROM tollgate_record ORDER BY id").await?;
    let actors: Vec<_> = actors.iter().filter_map(|row| row["actor"].as_str()).collect();
    assert_eq!(actors, ["ann", "ann", "eve", "zoe"]);
    Ok(())
}

async fn record_stays_after_its_actor_is_deleted(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    database.execute("CREATE TABLE users (name text PRIMARY KEY); INSERT INTO users VALUES ('ann')").await?;
    draft(database, &store, 1).await?;
    database.execute("DELETE FROM users").await?;
    assert_eq!(database.value("SELECT actor FROM tollgate_record").await?, "ann");
    Ok(())
}

async fn record_stays_after_its_subject_is_deleted(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    in_review(database, &store, 1).await?;
    database.execute("DELETE FROM reports").await?;
    let rows = database.rows("SELECT subject_kind, subject, to_state FROM tollgate_history ORDER BY id").await?;
    let said: Vec<_> = rows.iter().map(|row| [&row["subject_kind"], &row["subject"], &row["to_state"]]).collect();
    assert_eq!(json!(said), json!([["Report", "1", "Draft"], ["Report", "1", "Review"]]));
    Ok(())
}

async fn record_names_subjects_by_ids_of_any_type(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    draft(database, &store, 1).await?;
    crate::packed(database, &store, 2).await?;
    open(&store, "three").await?;
    let subjects = database.rows("SELECT subject FROM tollgate_record ORDER BY id").await?;
    let subjects: Vec<_> = subjects.iter().filter_map(|row| row["subject"].as_str()).collect();
    assert_eq!(subjects, ["1", "00000000-0000-0000-0000-000000000002", "three"]);
    Ok(())
}
