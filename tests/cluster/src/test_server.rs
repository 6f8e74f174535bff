//! The server that a test starts with. A test without one panics: if none is installed, the build script of its package
//! has marked the test as ignored.

use crate::{Cluster, ClusterError, shared};

/// Returns the URL of a database that no other test has, on the server that this program shares.
///
/// ```no_run
/// let url = tollgate_cluster::database("orders");
/// ```
///
/// # Panics
///
/// If there is no server, or if the server fails.
#[must_use]
pub fn database(hint: &str) -> String {
    let server = match shared() {
        Ok(server) => server,
        Err(error @ ClusterError::NotInstalled) => panic!("{error}; or name one in TOLLGATE_TEST_POSTGRES"),
        Err(error) => panic!("{error}"),
    };
    server.fresh_database(hint).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns a server for one test, with these settings: the test may kill and stop it.
///
/// ```no_run
/// let cluster = tollgate_cluster::own(&[("max_connections", "10")]);
/// ```
///
/// # Panics
///
/// If no server is installed, or if it does not start.
#[must_use]
pub fn own(settings: &[(&str, &str)]) -> Cluster {
    Cluster::with(settings).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the port of a `PgBouncer` in transaction mode in front of this server, with so many connections to each database.
///
/// # Panics
///
/// If `PgBouncer` is not installed, or if it does not start.
#[must_use]
pub fn pgbouncer(cluster: &Cluster, connections: usize) -> u16 {
    let port = cluster.pgbouncer(connections).unwrap_or_else(|error| panic!("{error}"));
    port.unwrap_or_else(|| panic!("PgBouncer is not installed (Debian: apt-get install pgbouncer)"))
}
