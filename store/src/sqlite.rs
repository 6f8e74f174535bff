//! The store on Sqlite.

use tollgate::__private::{Declaration, Declarations, Heads};
use tollgate::uuid::Uuid;
use tollgate::{Digest, Id, Record};

use crate::error::Error;
use crate::options::Options;
use crate::registered::Known;
use crate::row::Stored;
use crate::verdict::Last;

/// A store on Sqlite.
#[derive(Debug, Clone)]
pub struct Sqlite {}

/// What is kept beside each machine.
#[derive(Debug)]
pub(crate) struct Statements {}

impl Sqlite {
    pub(crate) fn known_edges(&self) -> &crate::query::Edges { unimplemented!() }
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        _job: impl FnOnce(&rusqlite::Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> { Err(Error::Closed) }
    pub(crate) fn read_blocking<T: Send + 'static>(
        &self,
        _job: impl FnOnce(&rusqlite::Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> { Err(Error::Closed) }

    pub(crate) fn open_with(_options: Options) -> Result<Self, Error> {
        Err(Error::Closed)
    }

    pub(crate) async fn register(&self, _of: &'static Declaration) -> Result<Known<Statements>, Error> {
        Err(Error::Closed)
    }

    pub(crate) async fn commit(
        &self,
        _record: &Record,
        _of: Option<&'static Declaration>,
    ) -> Result<Option<Digest>, Error> {
        Err(Error::Closed)
    }

    pub(crate) async fn commit_all(&self, _records: &[Record], _of: Declarations<'_>) -> Result<Heads, Error> {
        Err(Error::Closed)
    }

    pub(crate) async fn last(&self, _of: &'static Declaration, _subject: &Id) -> Result<Last, Error> {
        Err(Error::Closed)
    }

    pub(crate) async fn outcome(&self, _record: Uuid) -> Result<Option<Stored>, Error> {
        Err(Error::Closed)
    }
}
