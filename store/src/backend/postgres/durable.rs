//! That a record which can be read also survives a failover.

use sqlx::PgConnection;

use super::execute;

/// Waits until all that was committed before is as durable as a commit of this session: with a synchronous standby, on that.
///
/// A commit is visible to others from the moment at which its wait for a standby ends, also if an administrator ended the
/// wait or its backend. So a record that is found was committed, and may be lost with the server. A transaction that writes
/// waits for all of the log up to its end. This one writes a message into the log and into no table. A standby cannot write,
/// and what it shows has been replicated.
pub(super) async fn confirm(connection: &mut PgConnection, is_pooled: bool) -> Result<(), sqlx::Error> {
    let message = "SELECT CASE WHEN pg_is_in_recovery() THEN NULL
                   ELSE pg_logical_emit_message(true, 'tollgate', 'confirm') END::text";
    execute::rows(connection, sqlx::query(message), is_pooled).await.map(drop)
}
