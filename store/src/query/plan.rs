//! How a database would answer, in its own words.

use super::ask::Ask;
use super::sql::{Dialect, Statement};
use crate::Error;
use crate::cells::{Cells, Item};

/// A line of a plan, which stands in a different column in each database.
struct Line<const COLUMN: usize>(String);

impl<const COLUMN: usize> Item for Line<COLUMN> {
    fn of(row: &impl Cells) -> Result<Self, Error> {
        Ok(Self(row.text(COLUMN)?.unwrap_or_default().to_owned()))
    }
}

/// The plan of a statement, a line each step. Empty where nothing need be asked.
pub(crate) async fn plan<A: Ask>(ask: &A, statement: Option<Statement>) -> Result<String, Error> {
    let Some(statement) = statement else { return Ok(String::new()) };
    let statement = statement.plan(ask.dialect());
    let lines: Vec<String> = match ask.dialect() {
        Dialect::Sqlite => ask.ask::<Line<3>>(statement).await?.into_iter().map(|line| line.0).collect(),
        Dialect::Postgres => ask.ask::<Line<0>>(statement).await?.into_iter().map(|line| line.0).collect(),
    };
    Ok(lines.join("\n"))
}
