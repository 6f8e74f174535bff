//! The chain: each record carries the digest of the one before it.

use sha2::{Digest as _, Sha256};
use tollgate::{Digest, Record};

/// The SHA-256 of the record as one line of JSON, its `prev` included.
pub(crate) fn digest(record: &Record) -> Digest {
    Digest::new(Sha256::digest(record.canonical()).into())
}
