//! The tables on Postgres, by `sqlx`.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use tollgate::sink::{self, Scope};
use tollgate::{commit::CompleteSteps, commit_all_async};
use tollgate_store::Store;

use super::super::problem::Problem;
use super::{FIND, NEW_ORDER, NEW_PAYMENT, NEW_SHIPMENT, New, OrderRow, TABLES};

#[derive(Debug, Clone)]
pub(crate) struct Postgres(PgPool);

impl Postgres {
    pub(crate) async fn open(url: &str) -> Result<Self, Problem> {
        let pool = PgPool::connect(url).await?;
        for table in TABLES {
            let table = table.replace("{key}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY");
            // The text is two constants of this program, joined.
            sqlx::query(AssertSqlSafe(table)).execute(&pool).await?;
        }
        Ok(Self(pool))
    }

    pub(crate) async fn insert<S: CompleteSteps<To: Send> + Send + 'static>(
        &self,
        new: New,
        steps: impl FnOnce(i64) -> S + Send + 'static,
        store: &Store,
        scope: &Scope,
    ) -> Result<S::To, Problem> {
        // An uncommitted transaction is rolled back when it is dropped.
        let mut transaction = self.0.begin().await?;
        let order = insert(&mut transaction, new).await?;
        let committed =
            commit_all_async(steps(order), sink::adapt(store.within(&mut transaction)).scoped(scope)).await?;
        transaction.commit().await?;
        Ok(committed)
    }

    pub(crate) async fn find(&self, order: i64) -> Result<Option<OrderRow>, Problem> {
        Ok(sqlx::query_as(FIND).bind(order).fetch_optional(&self.0).await?)
    }
}

/// Inserts the rows, and gives the number of the order.
async fn insert(transaction: &mut PgConnection, new: New) -> Result<i64, Problem> {
    match new {
        New::Order { customer, item, amount } => {
            let order = sqlx::query_scalar(NEW_ORDER).bind(customer).bind(item);
            let order = order.fetch_one(&mut *transaction).await?;
            sqlx::query(NEW_PAYMENT).bind(order).bind(amount).execute(transaction).await?;
            Ok(order)
        }
        New::Shipment { order } => {
            sqlx::query(NEW_SHIPMENT).bind(order).execute(transaction).await?;
            Ok(order)
        }
    }
}
