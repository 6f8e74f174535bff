//! Machines and states that are renamed while they have records: records under the former names stay readable.

use tollgate_store::Error;
use tollgate_store_tests::{Database, Report, Tested, Ticket, TicketState, commit, on_both};

use crate::{count, in_review, open, refused, row};

/// A later version of reports: `Review` was renamed to `Reading`, and keeps its data.
mod later {
    use tollgate::StateMachine;
    use tollgate_store_tests::Report;

    #[derive(StateMachine)]
    #[machine(subject = Report, name = "Report")]
    #[transition(submit, from = Draft, to = Reading)]
    #[transition(publish, from = Reading, to = Published, was = "approve")]
    #[transition(close, from = Published, to = Closed)]
    pub(crate) enum LaterState {
        #[state(initial)]
        Draft,
        #[state(record, was = "Review")]
        Reading {
            reviewer: String,
        },
        Published,
        #[state(terminal)]
        Closed,
    }
}

/// Tickets, renamed.
mod issue {
    use tollgate::StateMachine;
    use tollgate_store_tests::Ticket;

    #[derive(StateMachine)]
    #[machine(subject = Ticket, name = "Issue", was = "Ticket")]
    #[transition(take, from = Open, to = Taken)]
    #[transition(close, from = Open | Taken, to = Closed)]
    pub(crate) enum IssueState {
        #[state(initial)]
        Open,
        Taken,
        #[state(terminal)]
        Closed,
    }
}

/// A machine named `Issue` that does not declare its former name `Ticket`.
mod loose {
    use tollgate::StateMachine;
    use tollgate_store_tests::Ticket;

    #[derive(StateMachine)]
    #[machine(subject = Ticket, name = "Issue")]
    #[transition(close, from = Open, to = Closed)]
    pub(crate) enum LooseState {
        #[state(initial)]
        Open,
        #[state(terminal)]
        Closed,
    }
}

/// Tickets without the state `Taken`.
mod narrow {
    use tollgate::StateMachine;
    use tollgate_store_tests::Ticket;

    #[derive(StateMachine)]
    #[machine(subject = Ticket, name = "Ticket")]
    #[transition(close, from = Open, to = Closed)]
    pub(crate) enum NarrowState {
        #[state(initial)]
        Open,
        #[state(terminal)]
        Closed,
    }
}

on_both! {
    renamed_state_is_read_under_its_former_name_in_row_and_history,
    next_version_of_a_program_continues_the_history,
    renamed_machine_continues_its_history,
    two_machines_on_record_cannot_become_one,
    registration_without_a_state_in_use_is_refused,
    registration_without_an_unused_state_succeeds,
    charts_of_two_versions_are_both_on_record,
}

async fn renamed_state_is_read_under_its_former_name_in_row_and_history(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    in_review(database, &store, 1).await?;
    in_review(database, &store, 2).await?;

    let store = database.store().await?;
    for id in [1, 2] {
        let later::AnyLater::Reading(report) = store.resume::<later::LaterState>(Report::new(id, "")).await? else {
            return Err("it is being read".into());
        };
        assert_eq!((report.data().reviewer.as_str(), report.version()), ("bob", 2));
        let report = commit!(database, report.publish(), &store)?;
        assert_eq!(row(database, id).await?, (Some("Published".into()), Some(3)));
        commit!(database, report.close(), &store)?;
    }
    Ok(())
}

async fn next_version_of_a_program_continues_the_history(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let report = in_review(database, &store, 1).await?;
    // The next version of the program runs at the same time as the present one.
    let next = database.options().machine::<later::LaterState>().open().await?;
    let report = commit!(database, report.comment(), &store)?;
    let report = next.resume::<later::LaterState>((*report).clone()).await?;
    assert_eq!((report.state().name, report.version()), ("Reading", 3));
    commit!(database, report.fire(later::LaterTransition::Publish)?, &next)?;
    Ok(())
}

async fn renamed_machine_continues_its_history(database: &Database) -> Tested {
    let store = database.store().await?;
    open(&store, "a-1").await?;
    let store = database.options().machine::<issue::IssueState>().open().await?;
    let ticket = store.resume::<issue::IssueState>(Ticket::new("a-1")).await?;
    let ticket = commit!(database, ticket.fire(issue::IssueTransition::Take)?, &store)?;
    assert_eq!(ticket.version(), 2);
    let rows = database.rows("SELECT machine FROM tollgate_history ORDER BY id").await?;
    let names: Vec<_> = rows.iter().filter_map(|row| row["machine"].as_str()).collect();
    assert_eq!(names, ["Ticket", "Issue"], "each record has the name of its time");
    assert_eq!(database.value("SELECT count(*) AS n FROM tollgate_machine").await?, 1);
    Ok(())
}

async fn two_machines_on_record_cannot_become_one(database: &Database) -> Tested {
    let store = database.store().await?;
    open(&store, "a-1").await?;
    loose::LooseMachine::create(Ticket::new("b-1")).commit_async(&store).await?;
    let error = refused(database.options().machine::<issue::IssueState>().open().await)?;
    assert!(matches!(error, Error::TwoMachines { name: "Issue", .. }), "{error}");
    Ok(())
}

async fn registration_without_a_state_in_use_is_refused(database: &Database) -> Tested {
    let store = database.store().await?;
    for number in 1..=12 {
        let ticket = open(&store, &format!("a-{number}")).await?;
        if number != 5 {
            commit!(database, ticket.take(), &store)?;
        }
    }
    let before = count(database).await?;
    let error = refused(database.options().machine::<narrow::NarrowState>().open().await)?;
    let Error::StatesInUse(states) = &error else { return Err(format!("{error}").into()) };
    let [(state, how_many, some)] = &states.states[..] else { return Err(format!("{error}").into()) };
    assert_eq!((state.as_str(), *how_many), ("Taken", 11));
    assert!(!some.is_empty() && some.iter().all(|id| id.starts_with("a-")), "{error}");
    assert!(error.to_string().contains("Ticket lacks states in which subjects are"), "{error}");
    assert_eq!(count(database).await?, before);
    // The version that has the state continues.
    let ticket = store.resume::<TicketState>(Ticket::new("a-1")).await?;
    commit!(database, ticket.fire(tollgate_store_tests::TicketTransition::Close)?, &store)?;
    Ok(())
}

async fn registration_without_an_unused_state_succeeds(database: &Database) -> Tested {
    let store = database.store().await?;
    let ticket = commit!(database, open(&store, "a-1").await?.take(), &store)?;
    commit!(database, ticket.close(), &store)?;
    let store = database.options().machine::<narrow::NarrowState>().open().await?;
    assert_eq!(store.resume::<narrow::NarrowState>(Ticket::new("a-1")).await?.state().name, "Closed");
    Ok(())
}

async fn charts_of_two_versions_are_both_on_record(database: &Database) -> Tested {
    let store = database.store().await?;
    commit!(database, open(&store, "a-1").await?.close(), &store)?;
    let other = database.options().machine::<narrow::NarrowState>().open().await?;
    let ticket = narrow::NarrowMachine::create(Ticket::new("b-1")).commit_async(&other).await?;
    commit!(database, ticket.close(), &store)?;
    assert_eq!(database.value("SELECT count(*) AS n FROM tollgate_chart").await?, 2);
    assert_eq!(database.value("SELECT count(*) AS n FROM tollgate_machine").await?, 1);
    Ok(())
}
