//! The shared parts of the store's tests: machines, a new database for each test, and the check of state and history.

#[path = "../chains.rs"]
mod chains;
mod check;
mod database;
mod drop;
mod ledger;
mod machines;
mod transaction;

pub use chains::texts_once;
pub use check::agrees;
pub use database::{Connection, Database, Kind, Row};
pub use drop::dropped_after;
pub use ledger::{Fate, Ledger};
pub use machines::{
    AnyDoor, AnyParcel, AnyReport, AnyTicket, DoorMachine, DoorState, DoorTransition, Exported, Parcel, ParcelMachine,
    ParcelStatus, ParcelTransition, Report, ReportMachine, ReportState, ReportTransition, Ticket, TicketMachine,
    TicketState, TicketTransition, door_state, parcel_status, report_state, ticket_state,
};
pub use transaction::Raw;

/// The result of a test: `?` reports the error.
pub type Tested<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Makes two tests of each scenario, an `async fn(&Database) -> Tested`: `sqlite`, on a new file, and `postgres`, on a new
/// database, which is ignored if there is no server. Afterwards state and history are compared.
///
/// `on_both! { by run_without_the_check; .. }` skips that comparison. `on_both! { long; .. }` makes tests that only
/// `.ci/run full` runs.
#[macro_export]
macro_rules! on_both {
    (by $run:path; $($scenario:ident),+ $(,)?) => {
        $($crate::on_both! {
            @ $run, $scenario, cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md"),
        })+
    };
    (long; $($scenario:ident),+ $(,)?) => {
        $($crate::on_both! {
            @ $crate::run, $scenario, ignore = "long: run by .ci/run full", ignore = "long: run by .ci/run full"
        })+
    };
    (@ $run:path, $scenario:ident, $postgres:meta, $($sqlite:meta)?) => {
        mod $scenario {
            #[test]
            $(#[$sqlite])?
            fn sqlite() -> $crate::Tested {
                $run($crate::Kind::Sqlite, stringify!($scenario), super::$scenario)
            }

            #[test]
            #[$postgres]
            fn postgres() -> $crate::Tested {
                $run($crate::Kind::Postgres, stringify!($scenario), super::$scenario)
            }
        }
    };
    ($($scenario:ident),+ $(,)?) => { $crate::on_both! { by $crate::run; $($scenario),+ } };
}

/// Runs a scenario on a new database, and then [`agrees`].
///
/// # Errors
///
/// Returns the error of the scenario, or the first inconsistency.
pub fn run(kind: Kind, name: &str, scenario: impl AsyncFnOnce(&Database) -> Tested) -> Tested {
    run_without_the_check(kind, name, async |database| {
        scenario(database).await?;
        agrees(database).await
    })
}

/// Runs a scenario on a new database without the check, for scenarios after which [`agrees`] would fail.
///
/// # Errors
///
/// Returns the error of the scenario.
pub fn run_without_the_check(kind: Kind, name: &str, scenario: impl AsyncFnOnce(&Database) -> Tested) -> Tested {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async { scenario(&Database::new(kind, name)).await })
}

/// Commits a step and notes the outcome of its record, which [`agrees`] compares with the database.
#[macro_export]
macro_rules! commit {
    ($database:expr, $step:expr, $sink:expr) => {{
        let mut step = $step;
        let record = step.record_id();
        let outcome = step.commit_async($sink).await;
        $database.ledger().note(record, outcome.as_ref().err().map(tollgate::CommitError::cause));
        outcome
    }};
}

/// Runs a block in a transaction of the driver, which ends with its `commit` or `rollback`.
#[macro_export]
macro_rules! in_transaction {
    ($database:expr, $end:ident, |$transaction:ident| $body:expr) => {
        match $database.connection().await? {
            $crate::Connection::Sqlite(mut connection) => {
                let immediate = rusqlite::TransactionBehavior::Immediate;
                let mut $transaction = connection.transaction_with_behavior(immediate)?;
                let given = $body;
                $transaction.$end()?;
                given
            }
            $crate::Connection::Postgres(connection) => {
                let mut $transaction = connection.begin().await?;
                let given = $body;
                $transaction.$end().await?;
                given
            }
        }
    };
}
