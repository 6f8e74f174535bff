//! Postgres servers for tests, examples and benchmarks: started from the installed programs, killed and paused for
//! real, and removed with the process that started them.
//!
//! For Linux, because it reads `/proc`.
//!
//! | variable | |
//! | --- | --- |
//! | `TOLLGATE_TEST_POSTGRES` | the URL of a superuser's database, used by [`shared`] instead of a new server |
//! | `TOLLGATE_TEST_POSTGRES_BIN` | the directory of the server's programs; without it they are searched |
//! | `CI` | set and not empty, it makes an error of a test that would be skipped for want of a server |

mod cluster;
mod database;
mod error;
mod keeper;
mod process;
mod programs;
mod server;
mod skip;

pub use cluster::Cluster;
pub use database::Psql;
pub use error::ClusterError;
pub use server::{Server, shared};
pub use skip::{database, own, pgbouncer};
