//! Queries: the records they find, their order, and the index they use.

mod documented;
mod explain;
mod filling;
mod filters;
mod memory;
mod names;
mod pages;
mod times;
mod world;

use std::sync::Arc;

use tollgate_store::Store;

/// The error of a test.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Makes two tests of each scenario: one on SQLite, in a new file, and one on Postgres, in a new database.
/// `on_each! { long; .. }` makes tests that only `.ci/run full` runs.
macro_rules! on_each {
    (long; $($scenario:ident)*) => {
        mod long {$(
            mod $scenario {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                #[ignore = "long: run by .ci/run full"]
                async fn sqlite() -> Result<(), $crate::queries::Failure> {
                    super::super::$scenario($crate::queries::Place::sqlite()?).await
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                #[ignore = "long: run by .ci/run full"]
                async fn postgres() -> Result<(), $crate::queries::Failure> {
                    super::super::$scenario($crate::queries::Place::postgres(stringify!($scenario))).await
                }
            }
        )*}
    };
    ($($scenario:ident)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $scenario() -> Result<(), $crate::queries::Failure> {
                    super::$scenario($crate::queries::Place::sqlite()?).await
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                #[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
                async fn $scenario() -> Result<(), $crate::queries::Failure> {
                    super::$scenario($crate::queries::Place::postgres(stringify!($scenario))).await
                }
            )*
        }
    };
}
pub(crate) use on_each;

/// A database that no other test uses.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) url: String,
    /// Keeps the file until the end of the test.
    directory: Option<Arc<tempfile::TempDir>>,
}

impl Place {
    pub(crate) fn sqlite() -> Result<Self, Failure> {
        let directory = tempfile::tempdir()?;
        let url = format!("sqlite://{}", directory.path().join("history.db").display());
        Ok(Self { url, directory: Some(Arc::new(directory)) })
    }

    pub(crate) fn postgres(hint: &str) -> Self {
        Self { url: tollgate_cluster::database(hint), directory: None }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.directory.is_none()
    }

    pub(crate) async fn open(&self) -> Result<Store, Failure> {
        Ok(Store::open(&self.url).await?)
    }

    /// Returns the path of a SQLite file.
    pub(crate) fn file(&self) -> &str {
        self.url.trim_start_matches("sqlite://")
    }
}
