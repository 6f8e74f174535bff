//! One round trip: the records of one statement, and the outcome of each.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use tollgate::Digest;
use tollgate::uuid::Uuid;

use super::{Answer, Job, StatementKind};
use crate::Error;
use crate::backend::postgres::Postgres;
use crate::backend::postgres::connection::Connection;
use crate::backend::postgres::execute;
use crate::backend::postgres::failure::{Fate, fate};
use crate::backend::postgres::json::Json;
use crate::backend::postgres::read::plain;
use crate::backend::postgres::statements::{Column, OTHERS};
use crate::backend::postgres::write::{in_micros, nanos};
use crate::backend::postgres::write_error::TRIES;
use crate::row::Row;

impl Postgres {
    /// Writes the jobs and answers them. If the server refuses a statement, it is halved until the faulty record is alone.
    pub(super) async fn write_round(&self, round: Vec<Job>) {
        let mut rounds = vec![round];
        while let Some(mut round) = rounds.pop() {
            // The caller of such a job has stopped waiting, and nothing was sent.
            round.retain(|job| !job.answer.is_closed());
            if round.is_empty() {
                continue;
            }
            if let Some(spoilt) = self.write_jobs(round).await {
                rounds.extend(halves(spoilt));
            }
        }
    }

    /// Writes the jobs in one statement. Returns them if the server refuses the statement.
    async fn write_jobs(&self, round: Vec<Job>) -> Option<Vec<Job>> {
        let mut open: Option<Arc<sqlx::Error>> = None;
        for tries in 0..TRIES {
            let connection = if open.is_some() { self.living().await } else { self.connection().await };
            let mut connection: Connection = match connection {
                Ok(connection) => connection,
                Err(error) => {
                    fail(round, open.as_ref(), &Arc::new(error));
                    return None;
                }
            };
            let error = match execute(&mut connection, &round, self.0.is_pooled).await {
                Ok(written) => {
                    connection.release();
                    answer(round, written.as_deref(), open.as_ref());
                    return None;
                }
                Err(error) => error,
            };
            match fate(&error) {
                Fate::Lost if open.is_some() => {
                    fail(round, open.as_ref(), &Arc::new(Error::StoreClosed));
                    return None;
                }
                Fate::Lost => {
                    open = Some(Arc::new(error));
                }
                Fate::Undone => {
                    connection.release();
                    tokio::time::sleep(Duration::from_micros(500 << tries)).await;
                }
                Fate::Taken | Fate::Refused => {
                    connection.release();
                    if round.len() > 1 && open.is_none() {
                        return Some(round);
                    }
                    break;
                }
            }
        }
        answer(round, Some(&[]), open.as_ref());
        None
    }
}

fn halves(mut round: Vec<Job>) -> [Vec<Job>; 2] {
    let second = round.split_off(round.len() / 2);
    // The caller pops the rounds from the end, so the first half must be last.
    [second, round]
}

/// Answers each job. The caller of a job that was not `written` offers it alone. `None` means that all were written.
fn answer(round: Vec<Job>, written: Option<&[Uuid]>, open: Option<&Arc<sqlx::Error>>) {
    let written: Option<HashSet<&Uuid>> = written.map(|written| written.iter().collect());
    for job in round {
        let answer = if written.as_ref().is_none_or(|written| written.contains(&job.row.id)) {
            Answer::Written
        } else {
            Answer::Alone(open.map(|error| Box::new(Arc::clone(error)).into()))
        };
        // The caller may have stopped waiting.
        let _ = job.answer.send(answer);
    }
}

fn fail(round: Vec<Job>, open: Option<&Arc<sqlx::Error>>, error: &Arc<Error>) {
    for job in round {
        let error = match open {
            Some(lost) => Error::Unknown { record: job.row.id, cause: Box::new(Arc::clone(lost)) },
            None => Error::Database { what: "joining commits".into(), cause: Box::new(Arc::clone(error)) },
        };
        let _ = job.answer.send(Answer::Failed(error));
    }
}

/// Writes the jobs, and returns the ids of those that were written; `None` if all were written.
async fn execute(
    connection: &mut PgConnection,
    round: &[Job],
    is_pooled: bool,
) -> Result<Option<Vec<Uuid>>, sqlx::Error> {
    let first = &round[0];
    let statement = match (first.statement, &first.known) {
        (StatementKind::Creation, Some(known)) => &known.1.creations,
        (StatementKind::Transition, Some(known)) => &known.1.transitions,
        (StatementKind::Other, Some(known)) => &known.1.others,
        _ => &OTHERS,
    };
    let query = sqlx::query(AssertSqlSafe(statement.sql.clone()));
    let query = statement.columns.iter().fold(query, |query, column| bound(query, column, round));
    let written = execute::rows(connection, query, is_pooled).await?;
    written.first().ok_or(sqlx::Error::RowNotFound)?.try_get(0)
}

fn bound<'q>(
    query: Query<'q, sqlx::Postgres, PgArguments>,
    column: Column,
    round: &'q [Job],
) -> Query<'q, sqlx::Postgres, PgArguments> {
    match column {
        Column::Id => query.bind(all(round, |row| row.id)),
        Column::At => query.bind(all(round, |row| in_micros(row.at))),
        Column::AtNanos => query.bind(all(round, |row| nanos(row.at))),
        Column::SubjectKind => query.bind(texts(round, |row| &row.subject_kind)),
        Column::Subject => query.bind(texts(round, |row| &row.subject)),
        Column::Edge => query.bind(all(round, |row| row.edge)),
        Column::Version => query.bind(all(round, |row| row.version)),
        Column::ActorKind => query.bind(all(round, |row| row.actor_kind)),
        Column::Actor => query.bind(texts(round, |row| &row.actor)),
        Column::ActorName => query.bind(texts(round, |row| &row.actor_name)),
        Column::OnBehalfOf => query.bind(jsons(round, |row| &row.on_behalf_of)),
        Column::Reason => query.bind(texts(round, |row| &row.reason)),
        Column::Context => query.bind(jsons(round, |row| &row.context)),
        Column::Data => query.bind(jsons(round, |row| &row.data)),
        Column::Prev => query.bind(digests(round, |row| &row.prev)),
        Column::Digest => query.bind(digests(round, |row| &row.digest)),
        Column::To => query.bind(sparse(round.iter().map(|job| job.to.as_deref()))),
        Column::From => query.bind(sparse(round.iter().map(|job| job.from.as_deref()))),
        Column::Key => query.bind(sparse(round.iter().map(|job| job.row.subject_id.as_ref().map(plain)))),
        Column::Kind => query.bind(all(round, |row| row.kind)),
        Column::Machine => query.bind(all(round, |row| row.machine)),
        Column::Event => query.bind(texts(round, |row| &row.event)),
        Column::Properties => query.bind(jsons(round, |row| &row.properties)),
        Column::RefusedBy => query.bind(texts(round, |row| &row.refused_by)),
        Column::Refusal => query.bind(texts(round, |row| &row.refusal)),
        Column::Parameters => query.bind(jsons(round, |row| &row.parameters)),
    }
}

fn all<'r, T>(round: &'r [Job], column: impl Fn(&'r Row) -> T) -> Vec<T> {
    round.iter().map(|job| column(&job.row)).collect()
}

fn texts(round: &[Job], column: impl Fn(&Row) -> &Option<String>) -> Option<Vec<Option<&str>>> {
    sparse(round.iter().map(|job| column(&job.row).as_deref()))
}

fn jsons(round: &[Job], column: impl Fn(&Row) -> &Option<String>) -> Option<Vec<Option<Json<'_>>>> {
    sparse(round.iter().map(|job| column(&job.row).as_deref().map(Json)))
}

fn digests(round: &[Job], column: impl Fn(&Row) -> &Option<Digest>) -> Option<Vec<Option<&[u8]>>> {
    sparse(round.iter().map(|job| column(&job.row).as_ref().map(|digest| &digest.as_bytes()[..])))
}

/// Returns `None` for a column without values: `unnest` returns nulls for it, and neither side processes an array.
fn sparse<T>(values: impl ExactSizeIterator<Item = Option<T>> + Clone) -> Option<Vec<Option<T>>> {
    values.clone().any(|value| value.is_some()).then(|| values.collect())
}
