//! The last records of a machine that this store has seen committed: what follows one of them is written without a look
//! for it.
//!
//! A record is never changed and never deleted, so what was seen once is so for ever. That it is still the last one is
//! not said here: the row's version is, and the next version can be written once. If the database is restored, the machine is
//! registered again, and begins with an empty memory.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tollgate::chrono::{DateTime, Utc};
use tollgate::{Digest, Record};

use crate::name;
use crate::row::{Row, Stored};

/// How many subjects are remembered. With one more all are forgotten, and each is looked for once.
const MOST: usize = 1 << 16;

/// By the subject's name on record.
#[derive(Debug, Default)]
pub(super) struct Committed(Mutex<HashMap<String, Seen>>);

#[derive(Debug)]
struct Seen {
    version: i64,
    at: DateTime<Utc>,
    state: Cow<'static, str>,
    digest: Option<Digest>,
}

impl Committed {
    /// Whether the record that this one follows was seen: in version and time, and by the digest of a chain, or the state.
    pub(super) fn has_before(&self, row: &Row, from: Option<&str>) -> bool {
        let (Some(subject), Some(version)) = (&row.subject, row.version) else { return false };
        self.seen().get(subject).is_some_and(|seen| {
            seen.version == version - 1
                && seen.at <= row.at
                && seen.digest == row.prev
                && from.is_some_and(|from| seen.state == from)
        })
    }

    /// Remembers what was written, to this state.
    pub(super) fn saw(&self, row: &Row, to: Option<&Cow<'static, str>>) {
        let (Some(subject), Some(version), Some(to)) = (&row.subject, row.version, to) else { return };
        self.remember(subject, Seen { version, at: row.at, state: to.clone(), digest: row.digest });
    }

    /// Remembers what was read.
    pub(super) fn read(&self, stored: &Stored) {
        let Record { subject: Some(subject), version: Some(version), at, to: Some(to), .. } = &stored.record else {
            return;
        };
        let Ok(version) = i64::try_from(*version) else { return };
        let seen = Seen { version, at: *at, state: to.clone(), digest: stored.digest };
        self.remember(&name::to_text(&subject.id), seen);
    }

    fn remember(&self, subject: &str, seen: Seen) {
        let mut all = self.seen();
        match all.get_mut(subject) {
            // Two that were written one after the other may be told of in another order.
            Some(before) if before.version < seen.version => *before = seen,
            Some(_) => {}
            None => {
                if all.len() == MOST {
                    all.clear();
                }
                all.insert(subject.to_owned(), seen);
            }
        }
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<String, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
