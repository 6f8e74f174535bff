//! The floors on Postgres: code that uses the same driver and serves this one machine only.

use std::sync::Arc;

use sqlx::postgres::{PgArguments, PgPoolOptions};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection as _, Executor, PgConnection, PgPool, Postgres};

use super::Database;
use crate::Result;
use crate::hand::{Share, Written};
use crate::load::{AsyncClient, Tasks};
use crate::report::Place;

const UPDATE: &str = "UPDATE reports SET state = $1, version = $2 WHERE id = $3 AND state = $4 AND version = $2 - 1";

const INSERT: &str = "\
INSERT INTO floor_record (id, at, at_nanos, kind, subject_kind, subject, machine, edge, version, actor_kind, actor, context, \
prev, digest) \
VALUES ($1, $2, $3, 'transition', 'Report', $4, $5, $6, $7, 'user', $8, $9::json, $10, $11)";

const CTE: &str = "\
WITH moved AS (UPDATE reports SET state = $12, version = $7 WHERE id = $13 AND state = $14 AND version = $7 - 1 RETURNING 1) \
INSERT INTO floor_record (id, at, at_nanos, kind, subject_kind, subject, machine, edge, version, actor_kind, actor, context, \
prev, digest) \
SELECT $1, $2, $3, 'transition', 'Report', $4, $5, $6, $7, 'user', $8, $9::json, $10, $11 FROM moved";

const UNNEST: &str = "\
WITH step AS (SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::int2[], $4::text[], $5::int4[], $6::int8[], $7::text[], \
$8::text[], $9::bytea[], $10::bytea[], $11::text[], $12::int8[], $13::text[]) \
AS s(id, at, at_nanos, subject, edge, version, actor, context, prev, digest, to_state, report, from_state)), \
moved AS (UPDATE reports r SET state = s.to_state, version = s.version FROM step s \
WHERE r.id = s.report AND r.state = s.from_state AND r.version = s.version - 1 RETURNING r.id) \
INSERT INTO floor_record (id, at, at_nanos, kind, subject_kind, subject, machine, edge, version, actor_kind, actor, context, \
prev, digest) \
SELECT id, at, at_nanos, 'transition', 'Report', subject, $14, edge, version, 'user', actor, context::json, prev, digest \
FROM step s WHERE EXISTS (SELECT FROM moved m WHERE m.id = s.report)";

/// The statement on the table that holds this database's records: a plain one, or the store's own with its
/// triggers.
fn on_its_table(statement: &str, database: &Database) -> Arc<str> {
    statement.replace("floor_record", database.table()).into()
}

/// The form of a commit.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    /// `BEGIN`, the update, the insert, `COMMIT`: four round trips.
    FourTrips,
    /// One statement that is its own transaction.
    Cte,
    /// The same over a pool that pings a connection before it lends it, as pools do by default.
    Pooled,
}

/// Clients that commit one by one, each over its own connection.
pub(crate) fn singles(
    name: &str,
    database: &Database,
    clients: usize,
    each: usize,
    form: Form,
) -> Result<Tasks<Single>> {
    let made: Result<Vec<Single>> = database.runtime.block_on(async {
        let pool = PgPoolOptions::new().max_connections(u32::try_from(clients)?).connect(&database.url).await?;
        let mut all = Vec::new();
        for (number, places) in database.plan.shares(clients, each).into_iter().enumerate() {
            let link = match form {
                Form::Pooled => Link::Pool(pool.clone()),
                Form::FourTrips | Form::Cte => Link::Own(Box::new(PgConnection::connect(&database.url).await?)),
            };
            let share = Share::new(places, number, database.edges);
            let [insert, cte] = [INSERT, CTE].map(|statement| on_its_table(statement, database));
            all.push(Single { link, form, share, machine: database.machine, insert, cte });
        }
        Ok(all)
    });
    Ok(Tasks::new(name, &database.runtime, made?, database.check()))
}

/// A client that commits one by one.
pub(crate) struct Single {
    link: Link,
    form: Form,
    share: Share,
    machine: i32,
    insert: Arc<str>,
    cte: Arc<str>,
}

enum Link {
    Own(Box<PgConnection>),
    Pool(PgPool),
}

impl AsyncClient for Single {
    async fn work(&mut self) -> Result<u64> {
        let actor = self.share.actor.clone();
        let (place, written) = self.share.next();
        let machine = self.machine;
        let done = match (&mut self.link, self.form) {
            (Link::Own(own), Form::FourTrips) => {
                let mut transaction = own.begin().await?;
                let update =
                    sqlx::query(UPDATE).bind(written.to).bind(place.version + 1).bind(place.id).bind(written.from);
                let moved = update.execute(&mut *transaction).await?.rows_affected();
                insert(&self.insert, place, &written, machine, &actor).execute(&mut *transaction).await?;
                transaction.commit().await?;
                moved
            }
            (Link::Own(own), _) => one_statement(&mut **own, &self.cte, place, &written, machine, &actor).await?,
            (Link::Pool(pool), _) => one_statement(&*pool, &self.cte, place, &written, machine, &actor).await?,
        };
        if done != 1 {
            return Err("a hand-written step met a conflict, and no other client has this subject".into());
        }
        self.share.moved(written.digest);
        Ok(1)
    }
}

async fn one_statement<'c>(
    on: impl Executor<'c, Database = Postgres>,
    cte: &Arc<str>,
    place: &Place,
    written: &Written,
    machine: i32,
    actor: &str,
) -> Result<u64> {
    let statement = insert(cte, place, written, machine, actor).bind(written.to).bind(place.id).bind(written.from);
    Ok(statement.execute(on).await?.rows_affected())
}

fn insert<'q>(
    sql: &Arc<str>,
    place: &'q Place,
    written: &'q Written,
    machine: i32,
    actor: &'q str,
) -> Query<'q, Postgres, PgArguments> {
    sqlx::query(AssertSqlSafe(Arc::clone(sql)))
        .bind(written.id)
        .bind(written.at)
        .bind(written.nanos())
        .bind(&written.subject)
        .bind(machine)
        .bind(written.edge)
        .bind(place.version + 1)
        .bind(actor)
        .bind(&written.context)
        .bind(place.head.as_deref())
        .bind(written.digest.as_deref())
}

/// Writers of batches, each over its own connection. Each writes the steps of its share of the tasks. A task has
/// `each` subjects, and a batch has one step of each task whose turn it is.
pub(crate) fn batches(
    name: &str,
    database: &Database,
    writers: usize,
    tasks: usize,
    each: usize,
    size: usize,
) -> Result<Tasks<Batches>> {
    let shares = database.plan.shares(tasks, each).into_iter().enumerate();
    let mut shares: Vec<Share> =
        shares.map(|(number, places)| Share::new(places, number, database.edges).turned(number % each)).collect();
    let made: Result<Vec<Batches>> = database.runtime.block_on(async {
        let mut all = Vec::new();
        for writer in 0..writers {
            let connection = PgConnection::connect(&database.url).await?;
            let shares: Vec<Share> = shares.drain(..shares.len() / (writers - writer)).collect();
            let size = size.min(shares.len());
            let unnest = on_its_table(UNNEST, database);
            all.push(Batches { connection, shares, turn: 0, size, machine: database.machine, unnest });
        }
        Ok(all)
    });
    Ok(Tasks::new(name, &database.runtime, made?, database.check()))
}

/// A client that writes batches.
pub(crate) struct Batches {
    connection: PgConnection,
    shares: Vec<Share>,
    turn: usize,
    size: usize,
    machine: i32,
    unnest: Arc<str>,
}

/// A step of a batch.
struct Step {
    place: Place,
    written: Written,
    actor: String,
}

impl Batches {
    /// The next step of the next tasks.
    fn steps(&mut self) -> Vec<Step> {
        let mut steps = Vec::with_capacity(self.size);
        for _ in 0..self.size {
            self.turn = (self.turn + 1) % self.shares.len();
            let share = &mut self.shares[self.turn];
            let actor = share.actor.clone();
            let (place, written) = share.next();
            let place = place.clone();
            share.moved(written.digest.clone());
            steps.push(Step { place, written, actor });
        }
        steps
    }
}

impl AsyncClient for Batches {
    async fn work(&mut self) -> Result<u64> {
        let steps = self.steps();
        let done = unnest(&self.unnest, &steps, self.machine).execute(&mut self.connection).await?.rows_affected();
        if done != steps.len() as u64 {
            return Err("a hand-written batch met a conflict, and no other client has these subjects".into());
        }
        Ok(done)
    }
}

fn unnest<'q>(sql: &Arc<str>, steps: &'q [Step], machine: i32) -> Query<'q, Postgres, PgArguments> {
    fn column<'q, T>(steps: &'q [Step], of: impl Fn(&'q Step) -> T) -> Vec<T> {
        steps.iter().map(of).collect()
    }
    sqlx::query(AssertSqlSafe(Arc::clone(sql)))
        .bind(column(steps, |step| step.written.id))
        .bind(column(steps, |step| step.written.at))
        .bind(column(steps, |step| step.written.nanos()))
        .bind(column(steps, |step| step.written.subject.as_str()))
        .bind(column(steps, |step| step.written.edge))
        .bind(column(steps, |step| step.place.version + 1))
        .bind(column(steps, |step| step.actor.as_str()))
        .bind(column(steps, |step| step.written.context.as_str()))
        .bind(column(steps, |step| step.place.head.as_deref()))
        .bind(column(steps, |step| step.written.digest.as_deref()))
        .bind(column(steps, |step| step.written.to))
        .bind(column(steps, |step| step.place.id))
        .bind(column(steps, |step| step.written.from))
        .bind(machine)
}
