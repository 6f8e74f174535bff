//! What the store promises on both databases: each scenario is run on a file and on a server.

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

/// The error of what must not have succeeded.
fn refused<T, E>(outcome: Result<T, E>) -> Tested<E> {
    outcome.err().ok_or_else(|| "it was to be refused, and succeeded".into())
}

/// What the store said against a step.
fn sink_error<S>(refused: &tollgate::CommitError<S, Error>) -> Tested<&Error> {
    match refused.cause() {
        tollgate::Cause::Sink(error) => Ok(error),
        other => Err(format!("the sink was to refuse it: {other}").into()),
    }
}

/// A report that is a draft, with its row.
async fn draft(database: &Database, store: &Store, id: i64) -> Tested<ReportMachine<report_state::Draft>> {
    let report: Report = database.report(id).await?;
    Ok(ReportMachine::create(report).by("ann").commit_async(store).await?)
}

/// A report that is read by Bob.
async fn in_review(database: &Database, store: &Store, id: i64) -> Tested<ReportMachine<report_state::Review>> {
    Ok(draft(database, store, id).await?.submit("bob".into()).by("ann").commit_async(store).await?)
}

/// A parcel that is packed, with its row.
async fn packed(database: &Database, store: &Store, id: u128) -> Tested<ParcelMachine<parcel_status::Packed>> {
    let parcel: Parcel = database.parcel(id).await?;
    Ok(ParcelMachine::create(parcel).commit_async(store).await?)
}

/// A ticket that is open.
async fn open(store: &Store, code: &str) -> Tested<TicketMachine<ticket_state::Open>> {
    Ok(TicketMachine::create(Ticket::new(code)).commit_async(store).await?)
}

/// How many records there are, of any kind.
async fn count(database: &Database) -> Tested<i64> {
    let count = database.value("SELECT count(*) AS n FROM tollgate_record").await?;
    count.as_i64().ok_or_else(|| "a count is a number".into())
}

/// The history of all subjects, each change as `transition from -> to`.
async fn moves(database: &Database) -> Tested<Vec<String>> {
    let sql = "SELECT transition, from_state, to_state FROM tollgate_history WHERE version IS NOT NULL ORDER BY id";
    let rows = database.rows(sql).await?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let rows = rows
        .iter()
        .map(|row| format!("{}: {} -> {}", text(&row["transition"]), text(&row["from_state"]), text(&row["to_state"])));
    Ok(rows.collect())
}

/// The state in the row of a report.
async fn row(database: &Database, id: i64) -> Tested<(Option<String>, Option<u64>)> {
    let rows = database.rows(&format!("SELECT state, version FROM reports WHERE id = {id}")).await?;
    let row = rows.first().ok_or("there is no such row")?;
    Ok((row["state"].as_str().map(str::to_owned), row["version"].as_u64()))
}
