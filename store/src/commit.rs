//! The meaning of a commit: whether it was written, conflicts, or may be tried again.

pub(crate) mod diagnosis;
pub(crate) mod retry;
pub(crate) mod sink;
