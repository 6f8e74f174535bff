//! The plan of a database for a query.

use super::ask::Ask;
use super::sql::{Dialect, Statement};
use crate::Error;
use crate::cells::{Cells, Item};

/// A line of a plan. Its column differs between the databases.
struct Line<const COLUMN: usize>(String);

impl<const COLUMN: usize> Item for Line<COLUMN> {
    fn of(row: &impl Cells) -> Result<Self, Error> {
        Ok(Self(row.text(COLUMN)?.unwrap_or_default().to_owned()))
    }
}

/// Returns the plan of a statement, one line for each step; empty if there is no statement.
pub(crate) async fn plan<A: Ask>(ask: &A, statement: Option<Statement>) -> Result<String, Error> {
    let Some(statement) = statement else { return Ok(String::new()) };
    let statement = statement.plan(ask.dialect());
    let lines: Vec<String> = match ask.dialect() {
        Dialect::Sqlite => ask.ask::<Line<3>>(statement).await?.into_iter().map(|line| line.0).collect(),
        Dialect::Postgres => ask.ask::<Line<0>>(statement).await?.into_iter().map(|line| line.0).collect(),
    };
    Ok(lines.join("\n"))
}
