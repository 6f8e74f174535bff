//! State and record in one transaction, on SQLite or Postgres: the row and its history can never disagree.
#![doc = include_str!("../README.md")]
// Feature badges on docs.rs, which sets this cfg and builds with a nightly compiler.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod batching;
mod chain;
mod decode;
mod diagnosis;
mod error;
#[cfg(feature = "sqlite")]
pub mod guide;
mod name;
mod options;
#[cfg(feature = "postgres")]
pub mod postgres;
mod query;
mod registered;
mod registration;
mod retry;
mod row;
mod sql_row;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod store;
mod within;

pub use crate::batching::Batching;
pub use crate::error::{Conflict, Disagreement, Error, StatesInUse, SubjectPlace, Unprotected, Unreadable};
pub use crate::options::{Options, Synchronous};
#[cfg(feature = "postgres")]
pub use crate::postgres::Postgres;
#[cfg(feature = "sqlite")]
pub use crate::query::Iter;
pub use crate::query::{
    Count, Counts, Cursor, InState, Listing, NotACursor, Page, Records, Stay, SubjectsIn, SubjectsPage, TimeInState,
    TimeInStates,
};
pub use crate::retry::{MayConflict, retry};
#[cfg(feature = "sqlite")]
pub use crate::sqlite::Sqlite;
pub use crate::store::Store;
pub use crate::within::{Transaction, Within};
