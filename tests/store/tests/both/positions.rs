//! A batch that the store refuses names the position of the step at fault.

use tollgate::commit::Steps;
use tollgate::sink::adapt;
use tollgate::{CommitError, Id, StateMachine, Subject, commit_all_async};
use tollgate_store::{Error, Store};
use tollgate_store_tests::{
    AnyDoor, Database, DoorMachine, DoorState, Report, ReportMachine, Tested, door_state, in_transaction, on_both,
};

use crate::{count, refused, sink_error};

on_both! {
    batch_with_one_conflict_among_a_thousand_names_its_position,
    batch_with_two_conflicts_names_the_first,
    batch_with_a_row_missing_in_the_middle_names_its_position,
    batch_with_a_subject_twice_names_the_second,
    batch_with_a_conflict_before_a_value_that_cannot_be_stored_names_the_conflict,
    batch_in_a_transaction_names_the_position,
    batch_through_an_adapter_names_the_position,
    batch_with_a_changed_row_or_a_value_that_cannot_be_stored_names_its_position,
}

#[derive(Debug, Clone, Subject)]
#[subject(table = "crates", state = "state")]
struct Crate {
    #[subject(id)]
    id: u64,
}

#[derive(Debug, StateMachine)]
#[machine(subject = Crate)]
#[transition(empty, from = Full, to = Empty)]
enum CrateState {
    #[state(initial)]
    Full,
    #[state(terminal)]
    Empty,
}

type Shut = DoorMachine<door_state::Shut>;

/// Creates doors of these numbers, each shut.
async fn doors(store: &Store, numbers: impl Iterator<Item = i64>) -> Tested<Vec<Shut>> {
    let doors: Vec<_> = numbers.map(|number| DoorMachine::create(Id::from(number))).collect();
    Ok(commit_all_async(doors, store).await?)
}

/// Opens this door as another caller would.
async fn open(store: &Store, number: i64) -> Tested {
    let AnyDoor::Shut(door) = store.resume::<DoorState>(Id::from(number)).await? else {
        return Err("it is open".into());
    };
    door.open().commit_async(store).await?;
    Ok(())
}

/// Returns the position in the error, and checks that the error for a client has the same one.
fn position<S: Steps>(refused: &CommitError<S, Error>) -> Option<usize> {
    assert_eq!(refused.to_client().position, refused.position());
    refused.position()
}

async fn batch_with_one_conflict_among_a_thousand_names_its_position(database: &Database) -> Tested {
    let store = database.store().await?;
    for (number, expected) in [(617, 617), (0, 0), (999, 999)] {
        let doors = doors(&store, (0..1000).map(|other| 10_000 * expected + other)).await?;
        open(&store, 10_000 * expected + number).await?;
        let before = count(database).await?;
        let steps: Vec<_> = doors.into_iter().map(Shut::open).collect();
        let refused = refused(commit_all_async(steps, &store).await)?;
        assert!(matches!(sink_error(&refused)?, Error::Conflict(_)), "{refused}");
        assert_eq!(position(&refused), Some(usize::try_from(expected)?));
        assert_eq!(count(database).await?, before);
        let said = refused.to_string();
        assert!(said.contains(&(10_000 * expected + number).to_string()) && !said.contains("more"), "{said}");
    }
    Ok(())
}

async fn batch_with_two_conflicts_names_the_first(database: &Database) -> Tested {
    let store = database.store().await?;
    for (first, numbers) in [(0, (0..50).collect::<Vec<_>>()), (100, (0..50).rev().collect())] {
        let doors = doors(&store, numbers.iter().map(|number| first + number)).await?;
        for place in [10, 20, 40] {
            open(&store, first + numbers[place]).await?;
        }
        let steps: Vec<_> = doors.into_iter().map(Shut::open).collect();
        let refused = refused(commit_all_async(steps, &store).await)?;
        assert_eq!(position(&refused), Some(10), "{refused}");
        let Error::Conflict(conflict) = sink_error(&refused)? else { return Err(refused.to_string().into()) };
        assert_eq!(conflict.subject.id, Id::from(first + numbers[10]));
    }
    Ok(())
}

async fn batch_with_a_row_missing_in_the_middle_names_its_position(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let mut steps = Vec::new();
    for id in 1..=9 {
        let report = if id == 5 { Report::new(id, "without a row") } else { database.report(id).await? };
        steps.push(ReportMachine::create(report));
    }
    let refused = refused(commit_all_async(steps, &store).await)?;
    assert!(matches!(sink_error(&refused)?, Error::NoRow { .. }), "{refused}");
    assert_eq!(position(&refused), Some(4));
    Ok(())
}

async fn batch_with_a_subject_twice_names_the_second(database: &Database) -> Tested {
    let store = database.store().await?;
    let steps: Vec<_> = [1, 2, 3, 2, 1].map(|number| DoorMachine::create(Id::from(number))).into();
    let refused = refused(commit_all_async(steps, &store).await)?;
    assert!(matches!(sink_error(&refused)?, Error::Unstorable { .. }), "{refused}");
    assert_eq!(position(&refused), Some(3));
    Ok(())
}

async fn batch_in_a_transaction_names_the_position(database: &Database) -> Tested {
    let store = database.store().await?;
    let doors = doors(&store, (0..20).rev()).await?;
    for number in [2, 7] {
        open(&store, number).await?;
    }
    let steps: Vec<_> = doors.into_iter().map(Shut::open).collect();
    let refused = in_transaction!(database, rollback, |transaction| {
        refused(commit_all_async(steps, store.within(&mut transaction)).await)?
    });
    assert!(matches!(sink_error(&refused)?, Error::Conflict(_)), "{refused}");
    assert_eq!(position(&refused), Some(12));
    Ok(())
}

async fn batch_through_an_adapter_names_the_position(database: &Database) -> Tested {
    let store = database.store().await?;
    let doors = doors(&store, 0..5).await?;
    open(&store, 3).await?;
    let steps: Vec<_> = doors.into_iter().map(Shut::open).collect();
    let refused = refused(commit_all_async(steps, &mut adapt(store.batching()).by("ann")).await)?;
    assert_eq!(position(&refused), Some(3), "{refused}");
    Ok(())
}

async fn batch_with_a_changed_row_or_a_value_that_cannot_be_stored_names_its_position(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    // Another program changed the state in one row.
    let mut steps = Vec::new();
    for id in 1..=5 {
        let report = ReportMachine::create(database.report(id).await?).commit_async(&store).await?;
        steps.push(report.submit("bob".into()));
    }
    database.execute("UPDATE reports SET state = 'Published' WHERE id = 4").await?;
    database.tamper();
    let refused = refused(commit_all_async(steps, &store).await)?;
    assert!(matches!(sink_error(&refused)?, Error::Disagreement(_)), "{refused}");
    assert_eq!(position(&refused), Some(3));
    // Postgres cannot store NUL; SQLite can.
    if database.kind() == tollgate_store_tests::Kind::Postgres {
        let steps: Vec<_> = (0..6).map(|number| DoorMachine::create(Id::from(number))).collect();
        let steps = steps.into_iter().enumerate();
        let steps: Vec<_> =
            steps.map(|(place, step)| if place == 2 { step.because("a\0b") } else { step.because("c") }).collect();
        let refused = crate::refused(commit_all_async(steps, &store).await)?;
        assert!(matches!(sink_error(&refused)?, Error::Unstorable { .. }), "{refused}");
        assert_eq!(position(&refused), Some(2));
    }
    Ok(())
}

async fn batch_with_a_conflict_before_a_value_that_cannot_be_stored_names_the_conflict(database: &Database) -> Tested {
    // Neither database can store this number in a signed 64-bit column.
    let store = database.store().await?;
    database.execute("CREATE TABLE crates (id NUMERIC PRIMARY KEY, state TEXT)").await?;
    for id in 1..=4 {
        database.execute(&format!("INSERT INTO crates (id) VALUES ({id})")).await?;
    }
    CrateMachine::create(Crate { id: 2 }).commit_async(&store).await?;
    let before = count(database).await?;
    for (ids, expected) in [([1, 2, u64::MAX], 1), ([4, u64::MAX, 2], 1), ([u64::MAX, 2, 3], 0)] {
        let steps = ids.map(|id| CrateMachine::create(Crate { id }));
        let refused = refused(commit_all_async(steps.into_iter().collect::<Vec<_>>(), &store).await)?;
        assert_eq!(position(&refused), Some(expected), "{refused}");
        assert_eq!(count(database).await?, before);
    }
    CrateMachine::create(Crate { id: 3 }).commit_async(&store).await?;
    Ok(())
}
