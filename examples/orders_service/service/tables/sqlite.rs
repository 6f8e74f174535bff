//! The tables on SQLite, by `rusqlite`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use tokio::task::spawn_blocking;
use tollgate::sink::{self, Scope};
use tollgate::{commit::CompleteSteps, commit_all};
use tollgate_store::Store;

use super::super::problem::Problem;
use super::{FIND, NEW_ORDER, NEW_PAYMENT, NEW_SHIPMENT, New, OrderRow, TABLES};

#[derive(Debug, Clone)]
pub(crate) struct Sqlite(Arc<Mutex<Connection>>);

impl Sqlite {
    pub(crate) fn open(path: &str) -> Result<Self, Problem> {
        let connection = Connection::open(path)?;
        // The store writes to the same file by another connection.
        connection.busy_timeout(Duration::from_secs(30))?;
        for table in TABLES {
            connection.execute(&table.replace("{key}", "INTEGER PRIMARY KEY"), [])?;
        }
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    pub(crate) async fn insert<S: CompleteSteps<To: Send> + Send + 'static>(
        &self,
        new: New,
        steps: impl FnOnce(i64) -> S + Send + 'static,
        store: &Store,
        scope: &Scope,
    ) -> Result<S::To, Problem> {
        let (store, scope) = (store.clone(), scope.clone());
        self.with(move |connection| {
            // An uncommitted transaction is rolled back when it is dropped.
            let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let order = insert(&transaction, new)?;
            let committed = commit_all(steps(order), sink::adapt(store.within(&mut transaction)).scoped(&scope))?;
            transaction.commit()?;
            Ok(committed)
        })
        .await
    }

    pub(crate) async fn find(&self, order: i64) -> Result<Option<OrderRow>, Problem> {
        self.with(move |connection| {
            let row =
                connection.query_row(FIND, [order], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
            Ok(row.optional()?)
        })
        .await
    }

    /// Runs it on one of the runtime's blocking threads.
    async fn with<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut Connection) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let connection = Arc::clone(&self.0);
        let asked = spawn_blocking(move || ask(&mut connection.lock().unwrap_or_else(PoisonError::into_inner)));
        asked.await.unwrap_or_else(|panicked| Err(Problem::Other(panicked.to_string())))
    }
}

/// Inserts the rows, and gives the number of the order.
fn insert(transaction: &Transaction<'_>, new: New) -> Result<i64, Problem> {
    match new {
        New::Order { customer, item, amount } => {
            let order = transaction.query_row(NEW_ORDER, (customer, item), |row| row.get(0))?;
            transaction.execute(NEW_PAYMENT, (order, amount))?;
            Ok(order)
        }
        New::Shipment { order } => {
            transaction.execute(NEW_SHIPMENT, [order])?;
            Ok(order)
        }
    }
}
