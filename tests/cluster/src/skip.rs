//! What a test begins with, and how one without a server is skipped: loudly for a user, and never in CI.

use std::env;
use std::io::Write;

use crate::{Cluster, ClusterError, shared};

/// A database that no other test has, on the server that this program shares. Nothing where there is no server: the
/// test is then skipped, which stands on stderr.
///
/// ```no_run
/// let Some(url) = tollgate_cluster::database("orders") else { return };
/// ```
///
/// # Panics
///
/// If there is no server in CI, or if there is one and it fails.
#[must_use]
pub fn database(hint: &str) -> Option<String> {
    let server = match shared() {
        Ok(server) => server,
        Err(ClusterError::NotInstalled) => {
            return skipped(&format!("{}; or name one in TOLLGATE_TEST_POSTGRES", ClusterError::NotInstalled));
        }
        Err(error) => panic!("{error}"),
    };
    Some(server.fresh_database(hint).unwrap_or_else(|error| panic!("{error}")))
}

/// A server of the test's own with these settings, to kill and to stop. Nothing where none is installed: the test is
/// then skipped, which stands on stderr.
///
/// ```no_run
/// let Some(cluster) = tollgate_cluster::own(&[("max_connections", "10")]) else { return };
/// ```
///
/// # Panics
///
/// If none is installed in CI, or if one is and does not start.
#[must_use]
pub fn own(settings: &[(&str, &str)]) -> Option<Cluster> {
    match Cluster::with(settings) {
        Ok(cluster) => Some(cluster),
        Err(error @ ClusterError::NotInstalled) => skipped(&error.to_string()),
        Err(error) => panic!("{error}"),
    }
}

/// The port of a `PgBouncer` in transaction mode before this server, with so many connections to each database. Nothing where
/// it is not installed: the test is then skipped, which stands on stderr.
///
/// # Panics
///
/// If it is not installed in CI, or if it is and does not start.
#[must_use]
pub fn pgbouncer(cluster: &Cluster, connections: usize) -> Option<u16> {
    let port = cluster.pgbouncer(connections).unwrap_or_else(|error| panic!("{error}"));
    port.or_else(|| skipped("PgBouncer is not installed (Debian: apt-get install pgbouncer)"))
}

fn skipped<T>(why: &str) -> Option<T> {
    assert!(env::var_os("CI").is_none_or(|ci| ci.is_empty()), "{why}");
    // Not by `eprintln!`, which the harness keeps to itself while the test passes.
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
    None
}
