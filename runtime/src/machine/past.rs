//! What a machine knows of its subject's records: how many there are, when the last was made, and its digest.

use crate::record::{Digest, Timestamp};

/// Where the subject's records have come to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Past {
    /// The version of the last record: 0 before the creation.
    pub(crate) version: u64,
    /// When it was made, where that is known.
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
    pub(crate) const NONE: Self = Self { version: 0, last_at: None, head: None };

    /// A subject whose records are known by their number alone.
    #[inline]
    pub(crate) const fn of(version: u64) -> Self {
        Self { version, last_at: None, head: None }
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
            Some(Accepted { at, head }) => Self { version, last_at: Some(at), head },
            None => Self { version, last_at: self.last_at, head: None },
        }
    }
}
