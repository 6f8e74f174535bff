//! The service's own tables: rows are inserted here, in one transaction with their first records, and read.

mod postgres;
mod sqlite;

use tollgate::commit::CompleteSteps;
use tollgate::sink::Scope;
use tollgate_store::Store;

use self::postgres::Postgres;
use self::sqlite::Sqlite;
use super::order::Order;
use super::payment::Payment;
use super::problem::Problem;
use super::shipment::Shipment;

/// The tables, each with the two columns that the store writes. `{key}` numbers the orders.
const TABLES: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS orders (
        id       {key},
        customer TEXT NOT NULL,
        item     TEXT NOT NULL,
        state    TEXT,
        version  BIGINT
    )",
    "CREATE TABLE IF NOT EXISTS payments (
        order_id BIGINT PRIMARY KEY REFERENCES orders,
        amount   BIGINT NOT NULL,
        state    TEXT,
        version  BIGINT
    )",
    "CREATE TABLE IF NOT EXISTS shipments (
        order_id BIGINT PRIMARY KEY REFERENCES orders,
        state    TEXT,
        version  BIGINT
    )",
];
const NEW_ORDER: &str = "INSERT INTO orders (customer, item) VALUES ($1, $2) RETURNING id";
const NEW_PAYMENT: &str = "INSERT INTO payments (order_id, amount) VALUES ($1, $2)";
const NEW_SHIPMENT: &str = "INSERT INTO shipments (order_id) VALUES ($1) ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT o.customer, o.item, p.amount, s.order_id FROM orders o
    JOIN payments p ON p.order_id = o.id LEFT JOIN shipments s ON s.order_id = o.id WHERE o.id = $1";

/// Rows that do not exist yet.
#[derive(Debug, Clone)]
pub(crate) enum New {
    /// An order and its payment; the database numbers it.
    Order { customer: String, item: String, amount: i64 },
    /// The shipment of an order.
    Shipment { order: i64 },
}

/// The rows of an order.
pub(crate) struct Rows {
    pub(crate) order: Order,
    pub(crate) payment: Payment,
    pub(crate) shipment: Option<Shipment>,
}

/// The tables, in the store's database, by a separate connection.
#[derive(Debug, Clone)]
pub(crate) enum Tables {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Tables {
    /// Creates the tables that are missing.
    pub(crate) async fn open(url: &str) -> Result<Self, Problem> {
        match url.strip_prefix("sqlite:") {
            Some(path) => Ok(Self::Sqlite(Sqlite::open(path.strip_prefix("//").unwrap_or(path))?)),
            None => Ok(Self::Postgres(Postgres::open(url).await?)),
        }
    }

    /// Inserts the rows and commits the steps on them, in one transaction. The closure that makes the steps gets the order's
    /// number.
    pub(crate) async fn insert<S: CompleteSteps<To: Send> + Send + 'static>(
        &self,
        new: New,
        steps: impl FnOnce(i64) -> S + Send + 'static,
        store: &Store,
        scope: &Scope,
    ) -> Result<S::To, Problem> {
        match self {
            Self::Sqlite(sqlite) => sqlite.insert(new, steps, store, scope).await,
            Self::Postgres(postgres) => postgres.insert(new, steps, store, scope).await,
        }
    }

    pub(crate) async fn find(&self, order: i64) -> Result<Option<Rows>, Problem> {
        let found = match self {
            Self::Sqlite(sqlite) => sqlite.find(order).await,
            Self::Postgres(postgres) => postgres.find(order).await,
        };
        Ok(found?.map(|(customer, item, amount, shipment)| Rows {
            order: Order { id: order, customer, item },
            payment: Payment { order, amount },
            shipment: shipment.map(|order| Shipment { order }),
        }))
    }
}

/// A row of `FIND`.
type OrderRow = (String, String, i64, Option<i64>);
