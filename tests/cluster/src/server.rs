//! The server that all tests of a program share.

use std::env;
use std::sync::OnceLock;

use crate::{Cluster, ClusterError, Psql, database};

/// Names a server, by the URL of a superuser's database.
const NAMED: &str = "TOLLGATE_TEST_POSTGRES";

/// One server for a whole program: the one that `TOLLGATE_TEST_POSTGRES` names, or a new cluster.
#[derive(Debug)]
pub struct Server {
    url: String,
    psql: Psql,
    /// Never dropped: its keeper ends it.
    _own: Option<Cluster>,
}

impl Server {
    /// Makes a new database, named after the hint, and returns its URL. On a named server it is kept.
    ///
    /// # Errors
    ///
    /// The error of the server.
    pub fn fresh_database(&self, hint: &str) -> Result<String, ClusterError> {
        database::fresh(&self.psql, &self.url, hint)
    }

    /// Returns `psql`, for SQL without a driver.
    #[must_use]
    pub fn psql(&self) -> &Psql {
        &self.psql
    }
}

/// Returns the server of this program. The first call starts it.
///
/// # Errors
///
/// [`ClusterError::NotInstalled`]; or, if it did not start, the end of its log.
pub fn shared() -> Result<&'static Server, &'static ClusterError> {
    static SHARED: OnceLock<Result<Server, ClusterError>> = OnceLock::new();
    SHARED.get_or_init(named_or_own).as_ref()
}

fn named_or_own() -> Result<Server, ClusterError> {
    if let Some(url) = env::var(NAMED).ok().filter(|url| !url.is_empty()) {
        return Ok(Server { url, psql: Psql::find(), _own: None });
    }
    let own = Cluster::start()?;
    Ok(Server { url: own.url("postgres"), psql: own.psql(), _own: Some(own) })
}
