//! Postgres servers for tests, examples and benchmarks: started from the installed programs, killed and paused for
//! real, and gone with the process that started them. What is asked of them is not here.
//!
//! For Linux, where `/proc` tells one process from another.
//!
//! | variable | |
//! | --- | --- |
//! | `TOLLGATE_TEST_POSTGRES` | the URL of a superuser's database, used by [`shared`] in place of a server of its own |
//! | `TOLLGATE_TEST_POSTGRES_BIN` | the directory of the server's programs, if they are not to be looked for |
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
