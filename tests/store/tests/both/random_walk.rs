//! Random walks with a failure at any point: state and history agree after each.

use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use tollgate::AnyStep;
use tollgate_store::{Error, MayConflict, Store};
use tollgate_store_tests::{
    AnyReport, Database, Fate, Kind, Report, ReportMachine, ReportState, ReportTransition, Tested, commit,
    dropped_after, in_transaction, run,
};

/// The way in which a step is committed.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Committed directly.
    Plain,
    /// Another caller commits first.
    Overtaken,
    /// The future is dropped after this number of polls.
    Dropped(usize),
    /// Committed in a transaction.
    Within,
    /// Committed in a transaction that is rolled back.
    RolledBack,
}

/// One step: the report, whether it is read or resumed manually before the step, the transition, and the way to commit.
#[derive(Debug, Clone)]
struct Attempt {
    report: usize,
    transition: usize,
    way: Way,
    is_read_again: bool,
    is_by_hand: bool,
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let way = prop_oneof![
        4 => Just(Way::Plain),
        2 => Just(Way::Overtaken),
        2 => (0_usize..8).prop_map(Way::Dropped),
        1 => Just(Way::Within),
        2 => Just(Way::RolledBack),
    ];
    let attempt = (0_usize..2, 0_usize..6, way, prop::bool::weighted(0.3), prop::bool::weighted(0.2));
    let attempt = attempt.prop_map(|(report, transition, way, is_read_again, is_by_hand)| Attempt {
        report,
        transition,
        way,
        is_read_again,
        is_by_hand,
    });
    prop::collection::vec(attempt, 1..30)
}

fn command(transition: usize) -> ReportTransition {
    match transition {
        0 => ReportTransition::Submit { reviewer: "bob".into() },
        1 => ReportTransition::Approve,
        2 => ReportTransition::Reject,
        3 => ReportTransition::Archive,
        4 => ReportTransition::Reopen,
        _ => ReportTransition::Comment,
    }
}

async fn read(store: &Store, report: usize) -> Tested<AnyReport> {
    Ok(store.resume::<ReportState>(Report::new(i64::try_from(report)?, "read again")).await?)
}

async fn walk(database: &Database, attempts: &[Attempt]) -> Tested {
    let store = database.with_tables().await?;
    let mut machines = [None, None];
    for report in 0..2 {
        let created = ReportMachine::create(database.report(report).await?);
        commit!(database, created, &store)?;
    }
    for Attempt { report, transition, way, is_read_again, is_by_hand } in attempts.iter().cloned() {
        let known = machines[report].take().filter(|_| !is_read_again);
        let mut machine = match known {
            Some(machine) => machine,
            None => read(&store, report).await?,
        };
        if is_by_hand {
            let (subject, state, version) = machine.into_parts();
            machine = AnyReport::resume(subject, state, version);
        }
        machines[report] = match machine.fire(command(transition)) {
            Ok(step) => go(database, &store, report, step.by("ann").because("so"), way).await?,
            Err(not_allowed) => Some(not_allowed.into_machine()),
        };
    }
    settle(database, &store).await
}

/// Returns whether another caller's commit caused the refusal, so that the report must be read again.
fn is_overtaken<S>(refused: &tollgate::CommitError<S, Error>) -> bool {
    let is_of_other_history = matches!(refused.cause(), tollgate::Cause::Sink(Error::OtherHistory { .. }));
    // If a rolled-back step was later committed by another caller, only the chain detects it.
    is_of_other_history || refused.conflict().is_some()
}

/// Commits one step in this way, and returns the machine with which the walk continues.
async fn go(
    database: &Database,
    store: &Store,
    report: usize,
    mut step: AnyStep<ReportState>,
    way: Way,
) -> Tested<Option<AnyReport>> {
    let record = step.record_id();
    let outcome = match way {
        Way::Plain => commit!(database, step, store),
        Way::Overtaken => {
            let other = read(store, report).await?;
            // A manually resumed machine whose step was rolled back could become valid again after the other commit.
            if other.version() != step.machine().version() {
                return Ok(None);
            }
            let other = other.fire(ReportTransition::Comment)?;
            // It may lose against a commit whose future was dropped, but which is still written.
            if let Some(refused) = commit!(database, other, store).err().filter(|refused| !is_overtaken(refused)) {
                return Err(refused.into());
            }
            let outcome = commit!(database, step, store);
            if outcome.is_ok() {
                return Err("a step that was overtaken is refused".into());
            }
            outcome
        }
        Way::Dropped(polls) => {
            database.ledger().set(record, Fate::Open);
            let Some(outcome) = dropped_after(polls, step.commit_async(store)).await else { return Ok(None) };
            database.ledger().note(record, outcome.as_ref().err().map(tollgate::CommitError::cause));
            outcome
        }
        Way::Within => {
            in_transaction!(database, commit, |transaction| { commit!(database, step, store.within(&mut transaction)) })
        }
        Way::RolledBack => {
            let outcome = in_transaction!(database, rollback, |transaction| {
                step.commit_async(store.within(&mut transaction)).await
            });
            database.ledger().set(record, Fate::Refused);
            outcome
        }
    };
    match outcome {
        Ok(machine) => Ok(Some(machine)),
        Err(refused) if is_overtaken(&refused) => Ok(None),
        Err(refused) => Err(refused.into()),
    }
}

/// Commits one more step with each report. After it, no dropped commit can still be written.
async fn settle(database: &Database, store: &Store) -> Tested {
    for report in 0..2 {
        tollgate_store::retry(10, async || {
            let last = read(store, report).await?.fire(ReportTransition::Comment)?;
            commit!(database, last, store)?;
            Ok::<_, Box<dyn std::error::Error>>(())
        })
        .await?;
    }
    for record in database.ledger().of(Fate::Open) {
        let fate = if store.outcome(record).await?.is_some() { Fate::Acknowledged } else { Fate::Refused };
        database.ledger().set(record, fate);
    }
    Ok(())
}

fn walks(kind: Kind, cases: u32) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let walked = TestRunner::new(config).run(&attempts(), |attempts| {
        run(kind, "walk", async |database| walk(database, &attempts).await)
            .map_err(|error| TestCaseError::fail(error.to_string()))
    });
    if let Err(error) = walked {
        panic!("{error}");
    }
}

#[test]
fn random_walks_on_a_file_leave_a_consistent_database() {
    walks(Kind::Sqlite, 8);
}

#[test]
#[ignore = "long: run by .ci/run full"]
fn many_random_walks_on_a_file_leave_a_consistent_database() {
    walks(Kind::Sqlite, 200);
}

#[test]
#[ignore = "long: run by .ci/run full"]
fn many_random_walks_on_a_server_leave_a_consistent_database() {
    walks(Kind::Postgres, 100);
}

#[test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
fn random_walks_on_a_server_leave_a_consistent_database() {
    walks(Kind::Postgres, 4);
}
