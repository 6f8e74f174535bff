//! The chain: each record carries the digest of the one before it.

use sha2::{Digest as _, Sha256};
use tollgate::sink::Receipt;
use tollgate::{Digest, Record};

/// The SHA-256 of the record as one line of JSON, its `prev` included.
pub(crate) fn digest(record: &Record) -> Digest {
    Digest::new(Sha256::digest(record.canonical()).into())
}

/// The head of each subject's chain after a batch, if the store keeps one.
pub(crate) type Heads = Vec<Option<Digest>>;

/// The receipts for a batch.
pub(crate) fn receipts(heads: Heads) -> Vec<Receipt> {
    heads.into_iter().map(Receipt::from).collect()
}
