//! The plan of a database for a query.

use crate::Error;
use crate::backend::Executor;
use crate::row::sql_row::{FromRow, SqlRow};
use crate::schema::sql::{Dialect, Statement};

/// A line of a plan. Its column differs between the databases.
struct Line<const COLUMN: usize>(String);

impl<const COLUMN: usize> FromRow for Line<COLUMN> {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        Ok(Self(row.text(COLUMN)?.unwrap_or_default().to_owned()))
    }
}

/// Returns the plan of a statement, one line for each step; empty if there is no statement.
pub(crate) async fn plan<E: Executor>(executor: &E, statement: Option<Statement>) -> Result<String, Error> {
    let Some(statement) = statement else { return Ok(String::new()) };
    let statement = statement.plan(executor.dialect());
    let lines: Vec<String> = match executor.dialect() {
        Dialect::Sqlite => executor.fetch::<Line<3>>(statement).await?.into_iter().map(|line| line.0).collect(),
        Dialect::Postgres => executor.fetch::<Line<0>>(statement).await?.into_iter().map(|line| line.0).collect(),
    };
    Ok(lines.join("\n"))
}
