//! The last record of a machine's subject: its version, its time and its digest.

use crate::record::{Digest, Timestamp};

/// The last record of a subject, as far as its machine knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LastRecord {
    /// Its version: 0 before the creation.
    pub(crate) version: u64,
    /// Its time, if that is known.
    pub(crate) last_at: Option<Timestamp>,
    /// Its digest, if the sink that accepted it keeps a chain.
    pub(crate) head: Option<Digest>,
}

/// The time and the digest of a record that a sink has accepted.
#[derive(Debug, Clone, Copy)]
pub struct Accepted {
    pub(crate) at: Timestamp,
    pub(crate) head: Option<Digest>,
}

impl LastRecord {
    pub(crate) const NONE: Self = Self::at_version(0);

    /// Returns a last record of which only the version is known.
    #[inline]
    pub(crate) const fn at_version(version: u64) -> Self {
        Self { version, last_at: None, head: None }
    }

    /// Returns a last record of this version, time and digest.
    #[inline]
    pub(crate) const fn new(version: u64, at: Timestamp, head: Option<Digest>) -> Self {
        Self { version, last_at: Some(at), head }
    }

    /// Returns the same record with this time, if its own time is earlier or unknown.
    pub(crate) fn not_before(self, at: Timestamp) -> Self {
        Self { last_at: self.last_at.max(Some(at)), ..self }
    }

    /// Returns the version after the last, if there is one. A program cannot count to the last `u64`, but it can give it
    /// to `resume`.
    #[inline]
    pub(crate) const fn next_version(&self) -> Option<u64> {
        self.version.checked_add(1)
    }

    /// Returns the record that follows.
    #[inline]
    pub(crate) fn next(self, accepted: Accepted) -> Self {
        let Accepted { at, head } = accepted;
        Self::new(self.next_version().expect("a commit refuses the last version"), at, head)
    }
}
