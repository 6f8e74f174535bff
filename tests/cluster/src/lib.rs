//! Postgres servers for tests, examples and benchmarks: started from the installed programs, killed and paused for
//! real, and removed with the process that started them.
//!
//! For Linux, because it reads `/proc`.
//!
//! | variable | |
//! | --- | --- |
//! | `TOLLGATE_TEST_POSTGRES` | the URL of a superuser's database, used by [`shared`] instead of a new server |
//! | `TOLLGATE_TEST_POSTGRES_BIN` | the directory of the server's programs; without it they are searched |
//! | `CI` | set and not empty, it makes a test that lacks a server fail; otherwise the test is ignored |

mod cluster;
mod database;
mod error;
mod installed;
mod keeper;
mod process;
mod programs;
mod server;
mod test_server;

pub use cluster::Cluster;
pub use database::Psql;
pub use error::ClusterError;
pub use installed::ignore_tests_that_lack_programs;
pub use server::{Server, shared};
pub use test_server::{database, own, pgbouncer};
