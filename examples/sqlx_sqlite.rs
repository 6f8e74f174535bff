//! A store of your own over sqlx's SQLite: the row, the record and a chain in one transaction, with public items only.

use std::error::Error;

use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, SqlitePool};
use tollgate::machine::resume_from;
use tollgate::sink::{Offer, Receipt};
use tollgate::{AsyncSink, Digest, Record, StateMachine, Subject};

#[derive(Subject)]
#[subject(table = "reports", state = "state")]
struct Report(#[subject(id)] i64);

#[derive(StateMachine)]
#[machine(subject = Report)]
#[transition(publish, from = Draft, to = Published, requires(actor))]
enum ReportState {
    #[state(initial)]
    Draft,
    #[state(terminal)]
    Published,
}

struct Store(SqlitePool);

impl AsyncSink for &Store {
    type Error = sqlx::Error;
    async fn on_success(&mut self, record: &Record) -> Result<(), sqlx::Error> {
        self.accept(Offer::new(record)).await.map(drop)
    }

    async fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, sqlx::Error> {
        let (record, line) = (offer.record(), offer.record().canonical());
        let digest: [u8; 32] = Sha256::digest(&line).into();
        let subject = record.subject.as_ref().map(|subject| subject.id.to_string());
        let mut transaction = self.0.begin().await?;
        if let Some(table) = offer.table() {
            // These names come from the declaration, never from a request.
            let sql = format!("UPDATE {} SET {} = ? WHERE {} = ?", table.name, table.state, table.id);
            let update = sqlx::query(AssertSqlSafe(sql)).bind(record.to.as_deref()).bind(&subject);
            if update.execute(&mut *transaction).await?.rows_affected() != 1 {
                return Err(sqlx::Error::RowNotFound);
            }
        }
        // If two callers write one version, the second gets an error, and neither its row nor its record is written.
        let insert =
            sqlx::query("INSERT INTO history (machine, subject, version, line, digest) VALUES (?, ?, ?, ?, ?)");
        let insert = insert.bind(record.machine.as_deref()).bind(subject).bind(record.version.map(u64::cast_signed));
        insert.bind(line).bind(&digest[..]).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Receipt::with_head(Digest::new(digest)))
    }
}

impl Store {
    async fn resume<M: StateMachine>(&self, subject: M::Subject) -> Result<M::Any, Box<dyn Error>> {
        let sql = "SELECT line, digest FROM history WHERE machine = ? AND subject = ? ORDER BY version DESC";
        let last = sqlx::query_as(sql).bind(M::CHART.machine).bind(M::subject_ref(&subject).id.to_string());
        let (line, digest): (Vec<u8>, Vec<u8>) = last.fetch_one(&self.0).await?;
        let head = Digest::new(digest.try_into().map_err(|_| "a digest has 32 bytes")?);
        Ok(resume_from::<M>(subject, &serde_json::from_slice(&line)?, Some(head))?)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = Store(sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?);
    let tables = "CREATE TABLE reports (id INTEGER PRIMARY KEY, state TEXT); INSERT INTO reports VALUES (7, NULL);
        CREATE TABLE history (machine, subject, version, line, digest, UNIQUE (machine, subject, version))";
    sqlx::raw_sql(tables).execute(&store.0).await?;
    ReportMachine::create(Report(7)).commit_async(&store).await?;
    let AnyReport::Draft(draft) = store.resume::<ReportState>(Report(7)).await? else { return Err("a draft".into()) };
    draft.publish().by("ann").commit_async(&store).await?;
    let sql = "SELECT state, (SELECT count(*) FROM history WHERE line LIKE '%\"prev\":%') FROM reports";
    let rows: (String, i64) = sqlx::query_as(sql).fetch_one(&store.0).await?;
    assert_eq!(rows, ("Published".to_owned(), 1), "the row was updated, and the second record is chained to the first");
    Ok(())
}
