//! The columns of a subject's table: their types, and whether each keeps the values that the store writes.

use std::collections::HashMap;

use sqlx::{PgConnection, Row as _};
use tollgate::Table;
use tollgate::machine::Declaration;

use super::database;
use super::execute::unnamed;
use super::statements::{TableColumns, quoted_path};
use crate::backend::registration::{NO_TABLE, no_column};
use crate::error::Error;

const FAILED: &str = "registering a machine";

/// Selects each column with its type, and with the base type of its domains. The second column omits the length of the type:
/// a cast to a type with a length would truncate a name without an error.
const TYPES: &str = "WITH RECURSIVE typed AS (
        SELECT a.attname::text AS name, a.atttypid AS declared, a.atttypmod AS shown, a.atttypid AS base, a.atttypmod AS modifier
        FROM pg_attribute a WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT d.name, d.declared, d.shown, t.typbasetype, t.typtypmod
        FROM typed d JOIN pg_type t ON t.oid = d.base WHERE t.typtype = 'd')
    SELECT d.name, format_type(d.declared, -1), format_type(d.declared, d.shown), t.typname::text, t.typcategory::text,
           d.modifier, ARRAY(SELECT l.enumlabel::text FROM pg_enum l WHERE l.enumtypid = d.base)
    FROM typed d JOIN pg_type t ON t.oid = d.base WHERE t.typtype <> 'd'";

#[derive(Debug)]
struct TableColumn {
    name: String,
    /// The type for casts in statements.
    of_type: String,
    /// The declared type, with its length.
    shown: String,
    /// The base type of all domains, and the server's category for it: `S` for texts, `E` for enumerations.
    base: String,
    category: String,
    /// The length of `varchar(n)` or `char(n)`; negative without a length.
    length: i32,
    /// The labels of an enumeration.
    labels: Vec<String>,
}

/// Returns the types of the columns in the subject's table. Refuses a column that would change a written value.
pub(super) async fn columns(
    connection: &mut PgConnection,
    of: &'static Declaration,
) -> Result<Option<TableColumns>, Error> {
    let Some(table) = of.table().copied() else { return Ok(None) };
    let refuse = |why: String| Error::Table { machine: of.chart().machine, table: table.name, why };
    let columns = read(connection, table.name).await.map_err(database(FAILED))?;
    if columns.is_empty() {
        return Err(refuse(NO_TABLE.to_owned()));
    }
    let find =
        |name: &str| columns.get(name).ok_or_else(|| refuse(no_column(name, columns.keys().map(String::as_str))));
    let Table { id, state, version, .. } = table;
    let (id, state, version) = (find(id)?, find(state)?, version.map(find).transpose()?);
    let states: Vec<&str> = of.chart().states.iter().map(|state| state.name).collect();
    check_id(id).and_then(|()| check_state(state, &states)).map_err(refuse)?;
    version.map_or(Ok(()), check_version).map_err(refuse)?;
    let (id, state) = (id.of_type.clone(), state.of_type.clone());
    let most = version.and_then(|version| match &*version.base {
        "int2" => Some(i16::MAX.into()),
        "int4" => Some(i32::MAX.into()),
        _ => None,
    });
    Ok(Some(TableColumns { table, id, state, version: version.map(|version| version.of_type.clone()), most }))
}

async fn read(connection: &mut PgConnection, table: &str) -> Result<HashMap<String, TableColumn>, sqlx::Error> {
    let rows = unnamed(TYPES).bind(quoted_path(table)).fetch_all(connection).await?;
    let column = |row: sqlx::postgres::PgRow| {
        let column = TableColumn {
            name: row.try_get(0)?,
            of_type: row.try_get(1)?,
            shown: row.try_get(2)?,
            base: row.try_get(3)?,
            category: row.try_get(4)?,
            // The modifier is the length plus four bytes for the header.
            length: row.try_get::<i32, _>(5)? - 4,
            labels: row.try_get(6)?,
        };
        Ok((column.name.clone(), column))
    };
    rows.into_iter().map(column).collect()
}

/// Refuses types that write one value in several ways: a row is found by the id's text, cast to the type of the column.
fn check_id(column: &TableColumn) -> Result<(), String> {
    let is_exact = match &*column.category {
        "N" => matches!(&*column.base, "int2" | "int4" | "int8" | "numeric"),
        // Texts, enumerations, and the category of other types, such as uuid.
        "S" | "E" | "U" => true,
        _ => false,
    };
    let TableColumn { name, shown, .. } = column;
    let why =
        || format!("`{name}` is {shown}, which does not keep an id as it is written; bigint, uuid or text would work");
    if is_exact { Ok(()) } else { Err(why()) }
}

fn check_state(column: &TableColumn, states: &[&str]) -> Result<(), String> {
    let TableColumn { name, shown, base, category, length, labels, .. } = column;
    match &**category {
        "E" => match states.iter().find(|state| !labels.iter().any(|label| label == *state)) {
            Some(state) => Err(format!(
                "`{name}` is {shown}, which lacks the state `{state}`; `ALTER TYPE {shown} ADD VALUE '{}'` adds it",
                state.replace('\'', "''")
            )),
            None => Ok(()),
        },
        "S" => {
            let is_kept = |state: &&&str| match &**base {
                "name" => state.len() < 64,
                "bpchar" if state.ends_with(' ') => false,
                "bpchar" | "varchar" => {
                    usize::try_from(*length).is_ok_and(|most| state.chars().count() <= most) || *length < 0
                }
                _ => true,
            };
            match states.iter().find(|state| !is_kept(state)) {
                Some(state) => {
                    Err(format!("`{name}` is {shown}, which would not keep the state `{state}`; text would work"))
                }
                None => Ok(()),
            }
        }
        _ => Err(format!(
            "`{name}` is {shown}, which does not hold the name of a state; text or an enumeration of the states would work"
        )),
    }
}

fn check_version(column: &TableColumn) -> Result<(), String> {
    let TableColumn { name, shown, base, .. } = column;
    match &**base {
        "int2" | "int4" | "int8" | "numeric" => Ok(()),
        _ => Err(format!("`{name}` is {shown}, which does not count versions exactly; bigint would work")),
    }
}
