//! The machines that this process has registered, each with the statements of its backend.

use std::ptr;
use std::sync::{Arc, PoisonError, RwLock};

use tollgate::Record;
use tollgate::machine::Declaration;

use super::edges::EdgeTable;
use crate::Error;
use crate::schema::registered::Registered;

/// The machines that this process has registered. `S` is the type of the statements that a backend keeps for each.
#[derive(Debug)]
pub(crate) struct Catalog<S> {
    known: RwLock<Vec<Known<S>>>,
    /// The edges that queries have read.
    pub(crate) edges: EdgeTable,
}

/// A registered machine, and a backend's statements for it.
pub(crate) type Known<S> = Arc<(Registered, S)>;

impl<S> Default for Catalog<S> {
    fn default() -> Self {
        Self { known: RwLock::default(), edges: EdgeTable::default() }
    }
}

impl<S> Catalog<S> {
    /// The machine of this declaration, if it was registered.
    pub(crate) fn get(&self, declaration: &Declaration) -> Option<Known<S>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        // Each commit looks its machine up among a few: comparing addresses takes less time than hashing a fingerprint.
        let same_address = known.iter().find(|known| ptr::eq(known.0.declaration, declaration));
        same_address.or_else(|| known.iter().find(|known| is_same(known.0.declaration, declaration))).cloned()
    }

    /// The machine of a record that comes without its declaration: one of its chart.
    pub(crate) fn of(&self, record: &Record) -> Result<Known<S>, Error> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|known| record.chart == Some(known.0.declaration.chart().fingerprint));
        found
            .cloned()
            .ok_or_else(|| Error::NotRegistered { machine: record.machine.as_deref().unwrap_or_default().to_owned() })
    }

    /// Removes what was read of another database, or of this one before it was restored.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "only a server is restored under a living store"))]
    pub(crate) fn forget(&self, known: &Known<S>) {
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|other| !Arc::ptr_eq(other, known));
        drop(all);
        self.edges.forget();
    }

    pub(crate) fn add(&self, registered: Registered, statements: S) -> Known<S> {
        let known = Arc::new((registered, statements));
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|other| !is_same(other.0.declaration, known.0.declaration));
        all.push(Arc::clone(&known));
        known
    }
}

/// Two subjects may share a chart, and not a table.
fn is_same(one: &Declaration, other: &Declaration) -> bool {
    one.chart().fingerprint == other.chart().fingerprint && one.table() == other.table()
}
