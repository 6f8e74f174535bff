//! Many tasks on few subjects, with legal and illegal commands: the database agrees with each outcome that a task got.
//!
//! The tests run for one second; the long ones for a minute or for `TOLLGATE_STRESS_SECONDS`.

use std::collections::BTreeMap;
use std::env;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tollgate::{AsyncSink, Cause};
use tollgate_store::{Error, Store};
use tollgate_store_tests::{
    AnyReport, Database, Ledger, Report, ReportMachine, ReportState, ReportTransition, Tested, commit, on_both,
};

const TASKS: u64 = 32;
const SUBJECTS: i64 = 8;

/// The outcomes of a command. Each must occur.
const HAPPENINGS: [&str; 5] = ["success", "guard", "missing", "conflict", "illegal"];

/// The number of occurrences of each outcome.
type Counts = BTreeMap<&'static str, u64>;

const SHORT: Duration = Duration::from_secs(1);

fn long() -> Duration {
    let seconds = env::var("TOLLGATE_STRESS_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(60))
}

/// A task that commits steps of reports, and notes the outcomes.
struct Worker<S> {
    store: Store,
    sink: S,
    ledger: Arc<Ledger>,
    dice: Dice,
    counts: Arc<Mutex<Counts>>,
    until: Instant,
}

impl<S> Worker<S>
where
    for<'s> &'s S: AsyncSink<Error = Error>,
{
    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Works until its time is over; an unexpected error ends it.
    async fn work(mut self) -> Result<(), String> {
        let mut machine = None;
        while !self.is_over() {
            let report = match machine.take() {
                Some(machine) => machine,
                None => self.read().await.map_err(|error| error.to_string())?,
            };
            // Another task may commit first, or all tasks may compete for one report.
            if self.dice.roll(4) == 0 {
                tokio::task::yield_now().await;
            }
            machine = self.act(report).await?;
        }
        Ok(())
    }

    fn count(&self, what: &'static str) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += 1;
    }

    /// Returns whether the time is over; on a busy machine, every outcome must have occurred too.
    fn is_over(&self) -> bool {
        let now = Instant::now();
        let all = || self.counts.lock().unwrap_or_else(PoisonError::into_inner).len() == HAPPENINGS.len();
        now >= self.until && (all() || now >= self.until + Duration::from_mins(1))
    }

    /// Reads a report, usually with its history, sometimes with a guessed version.
    async fn read(&mut self) -> Result<AnyReport, Error> {
        let id = i64::try_from(self.dice.roll(8)).unwrap_or_default() % SUBJECTS + 1;
        let title = if self.dice.roll(3) == 0 { "" } else { "a title" };
        let report = self.store.resume::<ReportState>(Report::new(id, title)).await?;
        if self.dice.roll(4) > 0 {
            return Ok(report);
        }
        let (report, state, version) = report.into_parts();
        let version = if self.dice.roll(4) == 0 { version.saturating_sub(1).max(1) } else { version };
        Ok(AnyReport::resume(report, state, version))
    }

    /// Tries a command, and returns the machine if it can continue.
    async fn act(&mut self, report: AnyReport) -> Result<Option<AnyReport>, String> {
        let command = match self.dice.roll(6) {
            0 => ReportTransition::Submit { reviewer: format!("reviewer {}", self.dice.roll(3)) },
            1 => ReportTransition::Approve,
            2 => ReportTransition::Reject,
            3 => ReportTransition::Archive,
            4 => ReportTransition::Reopen,
            _ => ReportTransition::Comment,
        };
        let mut step = match report.fire(command) {
            Ok(step) => step,
            Err(not_allowed) => {
                self.count("illegal");
                return Ok(Some(not_allowed.into_machine()));
            }
        };
        if self.dice.roll(8) > 0 {
            step = step.by("ann").because("so");
        }
        let (what, machine) = match commit!(self, step, &self.sink) {
            Ok(machine) => ("success", Some(machine).filter(|_| self.dice.roll(3) > 0)),
            Err(refused) => match refused.cause() {
                Cause::Guard { .. } => ("guard", None),
                Cause::Requirement(_) => ("missing", Some(refused.into_machine())),
                Cause::Sink(Error::Conflict(_)) => ("conflict", None),
                _ => return Err(refused.to_string()),
            },
        };
        self.count(what);
        Ok(machine)
    }
}

/// A random generator that returns the same numbers for the same seed.
struct Dice(u64);

impl Dice {
    /// Returns a number below `sides` (`SplitMix64`).
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % sides
    }
}

/// The workers, which all stop at the same time.
struct Crew<'d> {
    database: &'d Database,
    until: Instant,
    counts: Arc<Mutex<Counts>>,
    tasks: JoinSet<Result<(), String>>,
}

impl<'d> Crew<'d> {
    /// Creates the reports.
    async fn gather(database: &'d Database, store: &Store, time: Duration) -> Tested<Self> {
        for id in 1..=SUBJECTS {
            ReportMachine::create(database.report(id).await?).commit_async(store).await?;
        }
        Ok(Self { database, until: Instant::now() + time, counts: Arc::default(), tasks: JoinSet::new() })
    }

    /// Starts this number of workers on this sink.
    fn work<S>(&mut self, count: u64, store: &Store, sink: &S)
    where
        S: Clone + Send + Sync + 'static,
        for<'s> &'s S: AsyncSink<Error = Error>,
    {
        for _ in 0..count {
            let (store, sink, ledger) = (store.clone(), sink.clone(), Arc::clone(self.database.ledger()));
            let dice = Dice(self.tasks.len() as u64);
            let counts = Arc::clone(&self.counts);
            self.tasks.spawn(Worker { store, sink, ledger, dice, counts, until: self.until }.work());
        }
    }

    /// Waits for all workers, and fails if an outcome did not occur: then the test shows nothing.
    async fn finish(mut self) -> Tested {
        while let Some(done) = self.tasks.join_next().await {
            done??;
        }
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        // Visible with `--nocapture`.
        eprintln!("{:?}: {counts:?}", self.database.kind());
        for what in HAPPENINGS {
            assert!(counts.get(what).is_some_and(|count| *count > 0), "no {what} in {counts:?}");
        }
        Ok(())
    }
}

on_both! {
    tasks_on_few_subjects_leave_a_consistent_database,
    tasks_of_two_stores_leave_a_consistent_database,
    joined_commits_leave_a_consistent_database,
    joined_and_single_commits_leave_a_consistent_database,
}

on_both! {
    long;
    tasks_on_few_subjects_for_a_minute_leave_a_consistent_database,
    joined_commits_of_two_stores_for_a_minute_leave_a_consistent_db,
}

async fn tasks_on_few_subjects_leave_a_consistent_database(database: &Database) -> Tested {
    single_commits(database, SHORT).await
}

async fn tasks_on_few_subjects_for_a_minute_leave_a_consistent_database(database: &Database) -> Tested {
    single_commits(database, long()).await
}

async fn joined_and_single_commits_leave_a_consistent_database(database: &Database) -> Tested {
    joined_and_single_commits(database, SHORT).await
}

async fn joined_commits_of_two_stores_for_a_minute_leave_a_consistent_db(database: &Database) -> Tested {
    joined_and_single_commits(database, long()).await
}

async fn single_commits(database: &Database, time: Duration) -> Tested {
    let store = database.with_tables().await?;
    let mut crew = Crew::gather(database, &store, time).await?;
    crew.work(TASKS, &store, &store);
    crew.finish().await
}

async fn tasks_of_two_stores_leave_a_consistent_database(database: &Database) -> Tested {
    let (one, other) = (database.with_tables().await?, database.store().await?);
    let mut crew = Crew::gather(database, &one, SHORT).await?;
    crew.work(TASKS / 2, &one, &one);
    crew.work(TASKS / 2, &other, &other);
    crew.finish().await
}

async fn joined_commits_leave_a_consistent_database(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let mut crew = Crew::gather(database, &store, SHORT).await?;
    crew.work(TASKS, &store, &store.batching());
    crew.finish().await
}

async fn joined_and_single_commits(database: &Database, time: Duration) -> Tested {
    let (one, other) = (database.with_tables().await?, database.store().await?);
    let mut crew = Crew::gather(database, &one, time).await?;
    crew.work(TASKS / 2, &one, &one.batching());
    crew.work(TASKS / 2, &other, &other);
    crew.finish().await
}
