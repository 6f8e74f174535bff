//! State and record in one transaction, on SQLite or Postgres: the row and its history can never disagree.
#![doc = include_str!("../README.md")]
// Feature badges on docs.rs, which sets this cfg and builds with a nightly compiler.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod backend;
mod commit;
mod error;
#[cfg(feature = "sqlite")]
pub mod guide;
mod options;
mod query;
mod row;
mod schema;
mod store;

#[cfg(feature = "postgres")]
pub use crate::backend::postgres::Postgres;
#[cfg(feature = "sqlite")]
pub use crate::backend::sqlite::Sqlite;
pub use crate::commit::retry::{MayConflict, retry};
pub use crate::error::{Conflict, Disagreement, Error, StatesInUse, SubjectPlace, Unprotected, Unreadable};
pub use crate::options::{Options, Synchronous};
#[cfg(feature = "sqlite")]
pub use crate::query::Iter;
pub use crate::query::{
    Count, Counts, Cursor, InState, Listing, NotACursor, Page, Records, Stay, SubjectsIn, SubjectsPage, TimeInState,
    TimeInStates,
};
pub use crate::store::Store;
pub use crate::store::batching::Batching;
pub use crate::store::within::{Transaction, Within};
