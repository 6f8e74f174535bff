//! How records name a machine's subject.

use super::table::Table;
use super::tracked::Subject;
use crate::record::{Id, SubjectRef};

/// How records name a subject, and where its rows are.
#[doc(hidden)]
#[derive(Debug)]
pub struct Naming<S> {
    kind: &'static str,
    id: fn(&S) -> Id,
    table: Option<Table>,
}

impl<S> Naming<S> {
    #[inline]
    pub(super) fn of(&self, subject: &S) -> SubjectRef {
        SubjectRef { kind: self.kind.into(), id: (self.id)(subject) }
    }

    pub(super) const fn table(&self) -> Option<Table> {
        self.table
    }
}

/// Returns the naming of a type that implements [`Subject`].
#[doc(hidden)]
#[must_use]
pub const fn naming<S: Subject>() -> Naming<S> {
    Naming { kind: S::KIND, id: S::id, table: S::TABLE }
}

/// Returns the naming of a bare id. Its kind is the name of the machine.
#[doc(hidden)]
#[must_use]
pub const fn bare_naming(machine: &'static str) -> Naming<Id> {
    Naming { kind: machine, id: Id::clone, table: None }
}
