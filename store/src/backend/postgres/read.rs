//! Reads records and the rows of subjects.

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use tollgate::Id;
use tollgate::uuid::Uuid;

use super::statements::{RECORD, Statements};
use super::{database, execute, storable};
use crate::Error;
use crate::commit::diagnosis::SubjectState;
use crate::row::decode::{self, STORED};
use crate::row::id_text;
use crate::row::sql_row::SqlRow as _;
use crate::schema::registered::Registered;

/// Reads the record with this id.
pub(super) async fn try_by_id(
    connection: &mut PgConnection,
    id: Uuid,
    is_pooled: bool,
) -> Result<Option<PgRow>, sqlx::Error> {
    let sql = format!(
        "SELECT {} FROM tollgate_record r LEFT JOIN tollgate_edge e ON e.id = r.edge
         LEFT JOIN tollgate_chart c ON c.id = e.chart WHERE r.id = $1",
        *RECORD
    );
    Ok(execute::rows(connection, sqlx::query(AssertSqlSafe(sql)).bind(id), is_pooled).await?.pop())
}

/// Reads the last record of the subject and its row in one statement.
///
/// Returns `None` if the table cannot hold the subject's id: there is no row and no history.
pub(super) async fn try_last(
    connection: &mut PgConnection,
    registered: &Registered,
    statements: &Statements,
    subject: &Id,
    is_pooled: bool,
) -> Result<Option<PgRow>, sqlx::Error> {
    if storable::misfit(registered, statements, subject).is_some() {
        return Ok(None);
    }
    let on_record = id_text::to_text(subject);
    if on_record.contains('\0') {
        // No column contains a NUL, and the server would refuse the query.
        return Ok(None);
    }
    let query = sqlx::query(AssertSqlSafe(statements.last.clone())).bind(&*on_record);
    let query = match statements.key {
        None => query,
        Some(key) if key.is_plain() => query.bind(plain(subject)),
        Some(_) => query.bind(&*on_record),
    };
    Ok(execute::rows(connection, query, is_pooled).await?.pop())
}

/// Whether [`try_last`] read the database in which the machine was registered.
pub(super) fn is_same_database(row: &PgRow) -> Result<bool, Error> {
    row.try_get(STORED + 3).map_err(database("reading a subject"))
}

/// Decodes the row that [`try_last`] found.
pub(super) fn into_last(row: &PgRow) -> Result<SubjectState, Error> {
    let has_record = row.uuid(0)?.is_some();
    let has_row: bool = row.try_get(STORED).map_err(database("reading a subject"))?;
    Ok(SubjectState {
        stored: has_record.then(|| decode::stored(row)).transpose()?,
        row: has_row.then(|| decode::row_state(row, STORED + 1)).transpose()?,
    })
}

/// Returns an id in the form of the subject's table, without the quotes of a record.
pub(super) fn plain(id: &Id) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}
