//! The machines of these tests, and their tables.

use sqlx::{AssertSqlSafe, PgPool, Row as _};
use tollgate::{Id, StateMachine, Subject};
use tollgate_store::Store;

/// The error of a test.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A report, in a table with a version.
#[derive(Debug, Clone, Subject)]
#[subject(table = "reports", state = "state", version = "version")]
pub(crate) struct Report {
    #[subject(id)]
    pub(crate) id: i64,
}

#[derive(Debug, StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review)]
#[transition(note, from = _, to = _)]
#[transition(approve, from = Review, to = Published, requires(actor))]
#[transition(reject, from = Review, to = Draft, requires(actor, reason))]
#[transition(archive, from = Draft | Published, to = Archived)]
pub(crate) enum ReportState {
    #[state(initial)]
    Draft,
    Review,
    Published,
    #[state(terminal)]
    Archived,
}

/// A door without a table; only its history holds its state.
#[derive(Debug, StateMachine)]
#[transition(open, from = Shut, to = Ajar)]
#[transition(shut, from = Ajar, to = Shut)]
#[transition(knock, from = _, to = _)]
pub(crate) enum DoorState {
    #[state(initial)]
    Shut,
    Ajar,
}

pub(crate) const REPORTS: &str = "CREATE TABLE reports (id bigint PRIMARY KEY, state text, version bigint, title text)";

/// Opens a store on this database, and creates a table of reports.
pub(crate) async fn store(url: &str) -> Result<(Store, PgPool), Failure> {
    let store = Store::open(url).await?;
    let pool = store.as_postgres().ok_or("it is on Postgres")?.pool().clone();
    sqlx::query(REPORTS).execute(&pool).await?;
    Ok((store, pool))
}

/// Creates a report with a row, in `Draft`.
pub(crate) async fn draft(
    store: &Store,
    pool: &PgPool,
    id: i64,
) -> Result<ReportMachine<report_state::Draft>, Failure> {
    sqlx::query("INSERT INTO reports (id) VALUES ($1)").bind(id).execute(pool).await?;
    Ok(ReportMachine::create(Report { id }).commit_async(store).await?)
}

pub(crate) async fn door(store: &Store, id: i64) -> Result<DoorMachine<door_state::Shut>, Failure> {
    Ok(DoorMachine::create(Id::from(id)).commit_async(store).await?)
}

/// Returns the first column of the first row, as text.
pub(crate) async fn ask(pool: &PgPool, sql: &str) -> Result<Option<String>, Failure> {
    let sql = format!("SELECT ({sql})::text");
    Ok(sqlx::query(AssertSqlSafe(sql)).fetch_one(pool).await?.try_get(0)?)
}

/// Runs the check on a database that the test created.
pub(crate) async fn assert_whole(pool: &PgPool) -> Result<(), Failure> {
    let checked = tollgate_store_tests::agrees(&tollgate_store_tests::Database::of_pool(pool)).await;
    checked.map_err(|error| error.to_string().into())
}

/// A lamp, which only one test registers.
#[derive(Debug, StateMachine)]
#[transition(light, from = Dark, to = Lit)]
pub(crate) enum LampState {
    #[state(initial)]
    Dark,
    #[state(terminal)]
    Lit,
}
