//! Machines that cannot be registered: each mistake has the same error on both databases, and writes nothing.

use tollgate_store::Error;
use tollgate_store_tests::{Database, ReportState, Tested, Ticket, TicketState, TicketTransition, commit, on_both};

use crate::{open, refused};

/// Tickets without the states `Taken` and `Closed`.
mod open_only {
    use tollgate::StateMachine;
    use tollgate_store_tests::Ticket;

    #[derive(StateMachine)]
    #[machine(subject = Ticket, name = "Ticket")]
    #[transition(archive, from = Open, to = Archived)]
    pub(crate) enum OnlyState {
        #[state(initial)]
        Open,
        #[state(terminal)]
        Archived,
    }
}

/// Another machine of tickets.
mod issue {
    use tollgate::StateMachine;
    use tollgate_store_tests::Ticket;

    #[derive(StateMachine)]
    #[machine(subject = Ticket, name = "Issue")]
    #[transition(close, from = Open, to = Closed)]
    pub(crate) enum IssueState {
        #[state(initial)]
        Open,
        #[state(terminal)]
        Closed,
    }
}

/// Tickets renamed to the name of that machine.
mod renamed {
    use tollgate::StateMachine;
    use tollgate_store_tests::Ticket;

    #[derive(StateMachine)]
    #[machine(subject = Ticket, name = "Issue", was = "Ticket")]
    #[transition(take, from = Open, to = Taken)]
    #[transition(close, from = Open | Taken, to = Closed)]
    pub(crate) enum RenamedState {
        #[state(initial)]
        Open,
        Taken,
        #[state(terminal)]
        Closed,
    }
}

on_both! {
    registration_without_states_in_use_names_five_subjects_of_each,
    registration_under_names_of_two_machines_is_refused_as_its_query_is,
    registration_without_its_table_or_a_column_names_it,
    registration_is_found_by_another_store_with_the_same_edges,
}

async fn registration_without_states_in_use_names_five_subjects_of_each(database: &Database) -> Tested {
    let store = database.store().await?;
    for number in 1..=9 {
        let ticket = open(&store, &format!("a-{number}")).await?;
        match number {
            1 => {}
            2..=3 => drop(commit!(database, ticket.close(), &store)?),
            _ => drop(commit!(database, ticket.take(), &store)?),
        }
    }
    // A ticket that left the state does not count.
    let ticket = open(&store, "b-1").await?;
    commit!(database, commit!(database, ticket.take(), &store)?.close(), &store)?;
    let text = "Ticket lacks states in which subjects are: 3 in `Closed` (a-2, a-3, b-1); 6 in `Taken` (a-4, a-5, a-6, a-7, \
                a-8, ..); add `#[state(was = \"..\")]` to the states that replace them";
    // With a store that registers the machine, and with one whose chart is already on record.
    for _ in 0..2 {
        let error = refused(database.store().await?.register::<open_only::OnlyState>().await)?;
        assert!(matches!(error, Error::StatesInUse(_)), "{error}");
        assert_eq!(error.to_string(), text);
    }
    assert_eq!(database.value("SELECT count(*) AS n FROM tollgate_chart").await?, 1);
    Ok(())
}

async fn registration_under_names_of_two_machines_is_refused_as_its_query_is(database: &Database) -> Tested {
    let store = database.store().await?;
    store.register::<TicketState>().await?;
    store.register::<issue::IssueState>().await?;
    let text = "`Issue` was `Ticket`, but both are registered as separate machines; remove the former name";
    let error = refused(store.register::<renamed::RenamedState>().await)?;
    assert_eq!(error.to_string(), text);
    let error = refused(store.records().machine::<renamed::RenamedState>().count().await)?;
    assert_eq!(error.to_string(), text);
    assert_eq!(database.value("SELECT count(*) AS n FROM tollgate_machine").await?, 2);
    Ok(())
}

async fn registration_without_its_table_or_a_column_names_it(database: &Database) -> Tested {
    let store = database.store().await?;
    let error = refused(store.register::<ReportState>().await)?;
    let text = "table `reports` of Report: the database has no such table; make it first, or name its schema as in \
                `schema.table`";
    assert_eq!(error.to_string(), text);
    for (columns, missing) in
        [("title text, id bigint PRIMARY KEY, version bigint", "state"), ("id bigint, state text", "version")]
    {
        database.execute(&format!("CREATE TABLE reports ({columns})")).await?;
        let error = refused(store.register::<ReportState>().await)?.to_string();
        let there = if missing == "state" { "`id`, `title`, `version`" } else { "`id`, `state`" };
        assert_eq!(error, format!("table `reports` of Report: it has no column `{missing}`; its columns are {there}"));
        database.execute("DROP TABLE reports").await?;
    }
    assert_eq!(database.value("SELECT count(*) AS n FROM tollgate_chart").await?, 0);
    Ok(())
}

async fn registration_is_found_by_another_store_with_the_same_edges(database: &Database) -> Tested {
    let store = database.store().await?;
    let ticket = open(&store, "a-1").await?;
    let rows = "SELECT count(*) AS n FROM tollgate_edge UNION ALL SELECT count(*) FROM tollgate_state";
    let before = database.rows(rows).await?;
    let other = database.store().await?;
    other.register::<TicketState>().await?;
    commit!(database, ticket.take(), &store)?;
    let ticket = other.resume::<TicketState>(Ticket::new("a-1")).await?;
    commit!(database, ticket.fire(TicketTransition::Close)?, &other)?;
    assert_eq!(database.rows(rows).await?, before);
    Ok(())
}
