//! What a machine knows of its subject's records: how many there are, when the last was made, and its digest.

use chrono::Utc;

use crate::record::{Digest, Timestamp};

/// Where the subject's records have come to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Past {
    /// The version of the last record: 0 before the creation.
    pub(crate) version: u64,
    /// When it was made, if that is known.
    last_at: Option<Timestamp>,
    /// Whether the subject moved since then, with a sink that reads no clock.
    is_undated: bool,
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
        Self { version, last_at: None, is_undated: false, head: None }
    }

    /// A subject whose last record is known.
    #[inline]
    pub(crate) const fn at(version: u64, at: Timestamp, head: Option<Digest>) -> Self {
        Self { version, last_at: Some(at), is_undated: false, head }
    }

    /// The same, where a record of this time is known as well.
    pub(crate) fn not_before(self, at: Timestamp) -> Self {
        Self { last_at: self.last_at.max(Some(at)), ..self }
    }

    /// The time that the next record cannot be before. After a move that was not recorded that is the present: the move
    /// was not later.
    #[inline]
    pub(crate) fn last_at(&self) -> Option<Timestamp> {
        if self.is_undated { self.last_at.max(Some(Utc::now())) } else { self.last_at }
    }

    /// The version after the last. Nobody gets to the last `u64` by counting, but `resume` may be given it.
    #[inline]
    pub(crate) const fn next_version(&self) -> u64 {
        self.version.saturating_add(1)
    }

    /// With one record more. Where nothing was recorded there is nothing to chain the next one to.
    #[inline]
    pub(crate) fn and(self, accepted: Option<Accepted>) -> Self {
        let version = self.next_version();
        match accepted {
            Some(Accepted { at, head }) => Self::at(version, at, head),
            None => Self { version, is_undated: true, head: None, ..self },
        }
    }
}
