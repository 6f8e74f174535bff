// A database for the guide's examples. Each example includes this file: a doctest is a separate program.

include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/machine.rs"));

use rusqlite::Connection;
use tollgate::sink::{Offer, Receipt};
use tollgate::{AsyncSink, Record};
use tollgate_store::Store;

/// A folder with a database that holds report 7 as a draft, your connection to it, and the store.
async fn open() -> Result<(tempfile::TempDir, Connection, Store), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("app.db");
    let store = Store::open(&format!("sqlite://{}", path.display())).await?;
    let mut app = Connection::open(path)?;
    app.execute("CREATE TABLE reports (id INTEGER PRIMARY KEY, title TEXT NOT NULL, state TEXT, version INTEGER)", [])?;
    let mut transaction = app.transaction()?;
    transaction.execute("INSERT INTO reports (id, title) VALUES (7, 'Street trees')", [])?;
    let report = Report { id: 7, title: "Street trees".into() };
    ReportMachine::create(report).by("ann").commit(&mut store.within(&mut transaction))?;
    transaction.commit()?;
    Ok((folder, app, store))
}

/// Reads the row of a report.
fn row(app: &Connection, id: i64) -> rusqlite::Result<Report> {
    app.query_row("SELECT id, title FROM reports WHERE id = ?1", [id], |row| {
        Ok(Report { id: row.get(0)?, title: row.get(1)? })
    })
}

/// Writes each record, and loses the first answer as a broken connection does.
struct Broken<'s> {
    store: &'s Store,
    has_lost: bool,
}

impl AsyncSink for Broken<'_> {
    type Error = tollgate_store::Error;

    async fn on_success(&mut self, record: &Record) -> Result<(), Self::Error> {
        self.accept(Offer::new(record)).await.map(drop)
    }

    async fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Self::Error> {
        let receipt = self.store.accept(offer).await?;
        if std::mem::replace(&mut self.has_lost, true) {
            return Ok(receipt);
        }
        Err(Self::Error::Unknown { record: offer.record().id, cause: "connection reset".into() })
    }
}

/// The machine above with a state that has, or had, another name.
macro_rules! chart {
    ($module:ident: $review:ident was $was:literal) => {
        mod $module {
            use super::Report;

            #[derive(tollgate::StateMachine)]
            #[machine(subject = Report)]
            #[transition(submit,  from = Draft,   to = $review)]
            #[transition(approve, from = $review, to = Published, requires(actor))]
            #[transition(comment, from = _,       to = _)]
            pub(crate) enum ReportState {
                #[state(initial)]
                Draft,
                #[state(record, was = $was)]
                $review { reviewer: String },
                #[state(terminal)]
                Published,
            }
        }
    };
}

chart!(first: Review was "InReview");
chart!(then: InReview was "Review");
