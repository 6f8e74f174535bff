//! Statements on Postgres.

use crate::Error;
use crate::Postgres;
use crate::backend::edges::EdgeTable;
use crate::backend::{Executor, READING};
use crate::row::sql_row::FromRow;
use crate::schema::sql::{Dialect, Statement, Value};

impl Executor for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn edges(&self) -> &EdgeTable {
        self.known_edges()
    }

    async fn fetch<T: FromRow>(&self, statement: Statement) -> Result<Vec<T>, Error> {
        let text: std::sync::Arc<str> = statement.text.into();
        let query = || {
            let query = sqlx::query(sqlx::AssertSqlSafe(std::sync::Arc::clone(&text)));
            statement.values.iter().fold(query, |query, value| match value {
                Value::Integer(value) => query.bind(value),
                Value::BigInt(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Id(value) => query.bind(value),
                Value::Time(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            })
        };
        self.rows(READING, query).await?.iter().map(T::from_row).collect()
    }
}
