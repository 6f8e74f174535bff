//! One round: the records of one statement, and what becomes of each.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use tollgate::Digest;
use tollgate::chrono::{DateTime, Utc};
use tollgate::uuid::Uuid;

use super::{Answer, Form, Job};
use crate::Error;
use crate::postgres::Postgres;
use crate::postgres::denied::TRIES;
use crate::postgres::failure::{Fate, fate};
use crate::postgres::held::Held;
use crate::postgres::json::Json;
use crate::postgres::read::plain;
use crate::postgres::statements::{Key, others};
use crate::postgres::write::split;
use crate::row::Row;

impl Postgres {
    /// Writes what can be written, and answers all. A statement that one record spoils is halved until it is found.
    pub(super) async fn write_round(&self, round: Vec<Job>) {
        let mut rounds = vec![round];
        while let Some(mut round) = rounds.pop() {
            // Nobody waits for it any more, and nothing has been sent.
            round.retain(|job| !job.answer.is_closed());
            if round.is_empty() {
                continue;
            }
            if let Some(spoilt) = self.write_joined(round).await {
                rounds.extend(halves(spoilt));
            }
        }
    }

    /// Gives the jobs back if the server refuses the statement, and with it all of them.
    async fn write_joined(&self, round: Vec<Job>) -> Option<Vec<Job>> {
        let mut open: Option<Arc<sqlx::Error>> = None;
        for tries in 0..TRIES {
            let connection = if open.is_some() { self.living().await } else { self.connection().await };
            let mut connection: Held<'_> = match connection {
                Ok(connection) => connection,
                Err(error) => {
                    fail(round, open.as_ref(), &Arc::new(error));
                    return None;
                }
            };
            let error = match execute(&mut connection, &round).await {
                Ok(written) => {
                    connection.release();
                    answer(round, &written, open.as_ref());
                    return None;
                }
                Err(error) => error,
            };
            match fate(&error) {
                Fate::Lost if open.is_some() => {
                    fail(round, open.as_ref(), &Arc::new(Error::Closed));
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
        answer(round, &[], open.as_ref());
        None
    }
}

fn halves(mut round: Vec<Job>) -> [Vec<Job>; 2] {
    let second = round.split_off(round.len() / 2);
    // They are taken from the end.
    [second, round]
}

/// Those that were not written are offered again by who waits for them, to hear what is the matter.
fn answer(round: Vec<Job>, written: &[Uuid], open: Option<&Arc<sqlx::Error>>) {
    // Which they are is of interest only where some are missing.
    let are_all = written.len() == round.len();
    let written: HashSet<&Uuid> = if are_all { HashSet::new() } else { written.iter().collect() };
    for job in round {
        let answer = if are_all || written.contains(&job.row.id) {
            if let Some(known) = &job.known {
                known.1.committed.saw(&job.row, job.to.as_ref());
            }
            Answer::Written
        } else {
            Answer::Alone(open.map(|error| Box::new(Arc::clone(error)).into()))
        };
        // Whoever has stopped waiting does not hear it.
        let _ = job.answer.send(answer);
    }
}

fn fail(round: Vec<Job>, open: Option<&Arc<sqlx::Error>>, error: &Arc<Error>) {
    for job in round {
        let error = match open {
            Some(lost) => Error::Unknown { record: job.row.id, source: Box::new(Arc::clone(lost)) },
            None => Error::Database { what: "joining commits".into(), source: Box::new(Arc::clone(error)) },
        };
        let _ = job.answer.send(Answer::Failed(error));
    }
}

/// Writes them, and says which were written.
async fn execute<'r>(connection: &mut PgConnection, round: &'r [Job]) -> Result<Vec<Uuid>, sqlx::Error> {
    let first = &round[0];
    let statements = first.known.as_ref().map(|known| &known.1);
    let query = match (first.form, statements) {
        (Form::Creation, Some(statements)) => sqlx::query(AssertSqlSafe(statements.creations.clone())),
        (Form::Transition, Some(statements)) => {
            let all = round.iter().map(|job| (&*job.row, job.from.as_deref()));
            sqlx::query(AssertSqlSafe(statements.transitions_of(all).clone()))
        }
        _ => sqlx::query(AssertSqlSafe(others())),
    };
    let query = bound(query, round);
    let query = if first.form == Form::Other {
        query
            .bind(all(round, |row| row.kind))
            .bind(all(round, |row| row.machine))
            .bind(texts(round, |row| &row.event))
            .bind(jsons(round, |row| &row.properties))
            .bind(texts(round, |row| &row.refused_by))
            .bind(texts(round, |row| &row.refusal))
    } else {
        let has_key = statements.is_some_and(|statements| statements.key == Some(Key::Other));
        let key = |job: &'r Job| job.row.subject_id.as_ref().filter(|_| has_key).map(plain);
        query
            .bind(round.iter().map(|job| job.to.as_deref()).collect::<Vec<_>>())
            .bind(sparse(round.iter().map(|job| job.from.as_deref())))
            .bind(sparse(round.iter().map(key)))
    };
    let written: Option<Vec<Uuid>> = query.fetch_one(connection).await?.try_get(0)?;
    Ok(written.unwrap_or_default())
}

/// The first sixteen parameters, the same everywhere.
fn bound<'q>(
    query: Query<'q, sqlx::Postgres, PgArguments>,
    round: &'q [Job],
) -> Query<'q, sqlx::Postgres, PgArguments> {
    let (at, nanos): (Vec<DateTime<Utc>>, Vec<i16>) = round.iter().map(|job| split(job.row.at)).unzip();
    query
        .bind(all(round, |row| row.id))
        .bind(at)
        .bind(nanos)
        .bind(texts(round, |row| &row.subject_kind))
        .bind(texts(round, |row| &row.subject))
        .bind(all(round, |row| row.edge))
        .bind(all(round, |row| row.version))
        .bind(all(round, |row| row.actor_kind))
        .bind(texts(round, |row| &row.actor))
        .bind(texts(round, |row| &row.actor_name))
        .bind(jsons(round, |row| &row.on_behalf_of))
        .bind(texts(round, |row| &row.reason))
        .bind(jsons(round, |row| &row.context))
        .bind(jsons(round, |row| &row.data))
        .bind(digests(round, |row| &row.prev))
        .bind(digests(round, |row| &row.digest))
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

/// A column without a value is sent as none: `unnest` makes nulls of it, and neither side has to go through them.
fn sparse<T>(values: impl ExactSizeIterator<Item = Option<T>> + Clone) -> Option<Vec<Option<T>>> {
    values.clone().any(|value| value.is_some()).then(|| values.collect())
}
