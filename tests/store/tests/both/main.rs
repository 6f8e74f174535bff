//! The promises of the store on both databases: each scenario runs on SQLite and on Postgres.

#![forbid(unsafe_code)]

mod actors_and_contexts;
mod batches;
mod causes;
mod chain;
mod column_types;
mod conflicts;
mod early;
mod history_view;
mod ids;
mod long_names;
mod names_over_time;
mod opening;
mod parity_viewflow;
mod parity_viewflow_defects;
mod positions;
mod promises;
mod protection;
mod queries;
mod random_walk;
mod registrations;
mod stress;
mod the_check;
mod transactions;
mod unheard;
mod unreadable;
mod unstorable;

use tollgate_store::{Error, Store};
use tollgate_store_tests::{
    Database, Parcel, ParcelMachine, Report, ReportMachine, Tested, Ticket, TicketMachine, parcel_status, report_state,
    ticket_state,
};

/// Returns the error of a result that must not be a success.
fn refused<T, E>(outcome: Result<T, E>) -> Tested<E> {
    outcome.err().ok_or_else(|| "it was to be refused, and succeeded".into())
}

/// Returns the error of the store for a refused step.
fn sink_error<S>(refused: &tollgate::CommitError<S, Error>) -> Tested<&Error> {
    match refused.cause() {
        tollgate::Cause::Sink(error) => Ok(error),
        other => Err(format!("the sink was to refuse it: {other}").into()),
    }
}

/// Creates a report in `Draft`, with its row.
async fn draft(database: &Database, store: &Store, id: i64) -> Tested<ReportMachine<report_state::Draft>> {
    let report: Report = database.report(id).await?;
    Ok(ReportMachine::create(report).by("ann").commit_async(store).await?)
}

/// Creates a report in `Review`, with Bob as the reviewer.
async fn in_review(database: &Database, store: &Store, id: i64) -> Tested<ReportMachine<report_state::Review>> {
    Ok(draft(database, store, id).await?.submit("bob".into()).by("ann").commit_async(store).await?)
}

/// Creates a parcel in `Packed`, with its row.
async fn packed(database: &Database, store: &Store, id: u128) -> Tested<ParcelMachine<parcel_status::Packed>> {
    let parcel: Parcel = database.parcel(id).await?;
    Ok(ParcelMachine::create(parcel).commit_async(store).await?)
}

/// Creates a ticket in `Open`.
async fn open(store: &Store, code: &str) -> Tested<TicketMachine<ticket_state::Open>> {
    Ok(TicketMachine::create(Ticket::new(code)).commit_async(store).await?)
}

/// Returns the number of records of any kind.
async fn count(database: &Database) -> Tested<i64> {
    let count = database.value("SELECT count(*) AS n FROM tollgate_record").await?;
    count.as_i64().ok_or_else(|| "a count is a number".into())
}

/// Returns the history of all subjects, each change as `transition: from -> to`.
async fn moves(database: &Database) -> Tested<Vec<String>> {
    let sql = "SELECT transition, from_state, to_state FROM tollgate_history WHERE version IS NOT NULL ORDER BY id";
    let rows = database.rows(sql).await?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let rows = rows
        .iter()
        .map(|row| format!("{}: {} -> {}", text(&row["transition"]), text(&row["from_state"]), text(&row["to_state"])));
    Ok(rows.collect())
}

/// Returns the state and the version in the row of a report.
async fn row(database: &Database, id: i64) -> Tested<(Option<String>, Option<u64>)> {
    let rows = database.rows(&format!("SELECT state, version FROM reports WHERE id = {id}")).await?;
    let row = rows.first().ok_or("there is no such row")?;
    Ok((row["state"].as_str().map(str::to_owned), row["version"].as_u64()))
}
