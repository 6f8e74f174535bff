//! The confirmation that a record that can be read also survives a failover.

use sqlx::PgConnection;

use super::execute;

/// Waits until all earlier commits are as durable as a commit of this session: with a synchronous standby, on that standby.
///
/// A commit becomes visible when its wait for a standby ends, even if an administrator cancelled the wait or ended its
/// backend. Such a record is committed, but may be lost with the server. A transaction that writes waits for the whole log
/// up to its end. This transaction writes only a message to the log, and not to a table. A standby cannot write, and
/// its records have been replicated.
pub(super) async fn confirm(connection: &mut PgConnection, is_pooled: bool) -> Result<(), sqlx::Error> {
    let message = "SELECT CASE WHEN pg_is_in_recovery() THEN NULL
                   ELSE pg_logical_emit_message(true, 'tollgate', 'confirm') END::text";
    execute::rows(connection, sqlx::query(message), is_pooled).await.map(drop)
}
