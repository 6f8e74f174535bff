//! What a machine knows of its subject's records: how many there are, when the last was made, and its digest.

use crate::record::{Digest, Timestamp};

/// Where the subject's records have come to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Past {
    /// The version of the last record: 0 before the creation.
    pub(crate) version: u64,
    /// When it was made, if that is known.
    pub(crate) last_at: Option<Timestamp>,
    /// Its digest, where the sink that accepted it keeps a chain.
    pub(crate) head: Option<Digest>,
}

/// What a sink's acceptance adds.
#[derive(Debug, Clone, Copy)]
pub struct Accepted {
    pub(crate) at: Timestamp,
    pub(crate) head: Option<Digest>,
}

impl Past {
    pub(crate) const NONE: Self = Self::of(0);

    /// A subject whose records are known by their number alone.
    #[inline]
    pub(crate) const fn of(version: u64) -> Self {
        Self { version, last_at: None, head: None }
    }

    /// A subject whose last record is known.
    #[inline]
    pub(crate) const fn at(version: u64, at: Timestamp, head: Option<Digest>) -> Self {
        Self { version, last_at: Some(at), head }
    }

    /// The same, where a record of this time is known as well.
    pub(crate) fn not_before(self, at: Timestamp) -> Self {
        Self { last_at: self.last_at.max(Some(at)), ..self }
    }

    /// Returns the version after the last, if there is one. A program cannot count to the last `u64`, but it can give it
    /// to `resume`.
    #[inline]
    pub(crate) const fn next_version(&self) -> Option<u64> {
        self.version.checked_add(1)
    }

    /// With one step more. The head is that of its record, if the sink keeps a chain.
    #[inline]
    pub(crate) fn and(self, accepted: Accepted) -> Self {
        let Accepted { at, head } = accepted;
        Self::at(self.next_version().expect("a commit refuses the last version"), at, head)
    }
}
