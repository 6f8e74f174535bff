//! The role that can only read and insert records.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use super::execute::unnamed;
use super::migrate::{BEGIN, LOCK};
use super::statements::quoted;
use super::{database, failure};
use crate::Error;

/// The tables and views that the role may read.
const READ: [&str; 8] = [
    "tollgate_schema",
    "tollgate_machine",
    "tollgate_chart",
    "tollgate_state",
    "tollgate_edge",
    "tollgate_record",
    "tollgate_history",
    "tollgate_current",
];

/// Creates the role if it is missing, and grants its rights. If it has them, nothing is written.
pub(super) async fn make(connection: &mut PgConnection, role: &str) -> Result<(), Error> {
    let failed = database("making the insert-only role");
    let mut transaction = connection.begin_with(BEGIN).await.map_err(&failed)?;
    unnamed(LOCK).execute(&mut *transaction).await.map_err(&failed)?;
    let schema = "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE c.oid = 'tollgate_record'::regclass";
    let schema = unnamed(schema).fetch_one(&mut *transaction).await;
    let schema: String = schema.and_then(|row| row.try_get(0)).map_err(&failed)?;
    create(&mut transaction, role).await?;
    if !has_rights(&mut transaction, role, &schema).await? {
        let (role, schema) = (quoted(role), quoted(&schema));
        let read: Vec<String> = READ.iter().map(|table| format!("{schema}.{table}")).collect();
        let grants = format!(
            "GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT SELECT ON {} TO {role};
             GRANT INSERT ON {schema}.tollgate_record TO {role}",
            read.join(", ")
        );
        sqlx::raw_sql(AssertSqlSafe(grants)).execute(&mut *transaction).await.map_err(&failed)?;
    }
    transaction.commit().await.map_err(failed)
}

/// Creates the role if it is missing.
///
/// Roles belong to the whole server: another program may create the same role on another database at the same time.
async fn create(connection: &mut PgConnection, role: &str) -> Result<(), Error> {
    let failed = database("making the insert-only role");
    let there = unnamed("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)").bind(role);
    if there.fetch_one(&mut *connection).await.and_then(|row| row.try_get(0)).map_err(&failed)? {
        return Ok(());
    }
    let mut savepoint = connection.begin().await.map_err(&failed)?;
    let create = AssertSqlSafe(format!("CREATE ROLE {} NOLOGIN", quoted(role)));
    match sqlx::raw_sql(create).execute(&mut *savepoint).await {
        Ok(_) => savepoint.commit().await.map_err(failed),
        Err(error) if failure::answer(&error).is_some_and(|answer| matches!(answer.code(), "42710" | "23505")) => {
            savepoint.rollback().await.map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

async fn has_rights(connection: &mut PgConnection, role: &str, schema: &str) -> Result<bool, Error> {
    let rights = "SELECT has_schema_privilege($1, $2, 'USAGE') AND has_table_privilege($1, 'tollgate_record', 'INSERT')
                  AND (SELECT bool_and(has_table_privilege($1, name, 'SELECT')) FROM unnest($3) name)";
    let rights = unnamed(rights).bind(role).bind(schema).bind(&READ[..]).fetch_one(connection).await;
    rights.and_then(|row| row.try_get(0)).map_err(database("looking at the rights of the insert-only role"))
}
