//! A name that is too long for an index is refused before the statement, and the caller's transaction stays usable.

use serde::Serialize;
use tollgate::{Actor, Event as _, Id};
use tollgate_store::Error;
use tollgate_store_tests::{
    Database, DoorMachine, Kind, Raw as _, Tested, Ticket, TicketMachine, in_transaction, on_both,
};

use crate::{count, refused, sink_error};

on_both! {
    machine_with_a_long_name_is_refused_by_that_name,
    value_without_an_index_can_have_any_length,
    refusal_of_a_long_name_leaves_a_transaction_of_the_caller_usable,
}

/// Declares a machine with one name of 600 bytes.
macro_rules! machine_with {
    ($module:ident, $(#[$machine:meta])* [$($transition:tt)*] [$($state:tt)*]) => {
        #[allow(dead_code, reason = "these machines are registered, and no more")]
        mod $module {
            #[derive(Debug, tollgate::StateMachine)]
            $(#[$machine])*
            #[transition(go, from = Here, to = There $($transition)*)]
            pub(super) enum PlaceState {
                #[state(initial)]
                Here,
                #[state(terminal $($state)*)]
                There,
            }
        }
    };
}

machine_with!(
    long_machine,
    #[machine(name = "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM")] [] []
);
machine_with!(long_state, #[machine(name = "StatePlace")] [] [, rename = "SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS"]);
machine_with!(long_transition, #[machine(name = "TransitionPlace")] [, rename = "TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT"] []);

/// Returns a text that does not compress.
fn text(length: usize) -> String {
    let mut seed = 7_u64;
    let next = |_| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + u8::try_from((seed >> 33) % 26).unwrap_or_default())
    };
    (0..length).map(next).collect()
}

async fn machine_with_a_long_name_is_refused_by_that_name(database: &Database) -> Tested {
    let options = || database.options();
    let machine = refused(options().machine::<long_machine::PlaceState>().open().await)?;
    let state = refused(options().machine::<long_state::PlaceState>().open().await)?;
    let transition = refused(options().machine::<long_transition::PlaceState>().open().await)?;
    for (error, what) in [(machine, "the name `MM"), (state, "state `SS"), (transition, "transition `TT")] {
        assert!(matches!(error, Error::LongName { length: 600, most: 512, .. }), "{error}");
        let said = error.to_string();
        assert!(said.starts_with(what) && said.len() < 260, "{said}");
    }
    assert_eq!(database.value("SELECT count(*) AS n FROM tollgate_machine").await?, 0);
    Ok(())
}

#[derive(Debug, Serialize, tollgate::Event)]
#[event(
    name = "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
)]
struct Noted {
    text: String,
}

async fn value_without_an_index_can_have_any_length(database: &Database) -> Tested {
    let store = database.store().await?;
    let long = text(12_288);
    let actor = Actor::user("ann").named(long.as_str());
    let door = DoorMachine::create(Id::from(1)).by(actor).because(long.as_str()).commit_async(&store).await?;
    door.open().because(long.as_str()).with("k", &long).commit_async(&store).await?;
    Noted { text: long.clone() }.occurred().because(long.as_str()).commit_async(&store).await?;
    let page = store.records().strict().all().await?;
    assert_eq!(page.records.len(), 3);
    assert!(page.records.iter().all(|record| record.reason.as_deref() == Some(&*long)));
    Ok(())
}

async fn refusal_of_a_long_name_leaves_a_transaction_of_the_caller_usable(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let long = text(12_288);
    in_transaction!(database, commit, |transaction| {
        transaction.run("INSERT INTO notes (id, body) VALUES (1, 'before')").await?;
        let step = long_state::PlaceMachine::create(Id::from(1));
        let error = refused(step.commit_async(store.within(&mut transaction)).await)?;
        assert!(matches!(sink_error(&error)?, Error::LongName { .. }), "{error}");
        for is_subject in [true, false] {
            let name = if is_subject { long.as_str() } else { "a" };
            let by = if is_subject { "ann" } else { long.as_str() };
            let outcome =
                TicketMachine::create(Ticket::new(name)).by(by).commit_async(store.within(&mut transaction)).await;
            match database.kind() {
                Kind::Sqlite => drop(outcome?),
                Kind::Postgres => {
                    let error = refused(outcome)?;
                    assert!(matches!(sink_error(&error)?, Error::Unstorable { .. }), "{error}");
                }
            }
        }
        transaction.run("INSERT INTO notes (id, body) VALUES (2, 'after')").await?;
        TicketMachine::create(Ticket::new("b")).commit_async(store.within(&mut transaction)).await?
    });
    assert_eq!(database.value("SELECT count(*) AS n FROM notes").await?, 2);
    assert_eq!(count(database).await?, if database.kind() == Kind::Sqlite { 3 } else { 1 });
    Ok(())
}
