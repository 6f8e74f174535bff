//! How a database is filled before anything is measured: so many subjects, each with so long a history.

use crate::report::Place;

/// The subjects go round in step: every one's first record, then every one's second. So a history lies scattered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) subjects: u64,
    /// How many records each subject has.
    pub(crate) versions: u64,
    /// Whether records carry digests.
    pub(crate) keeps_chain: bool,
    /// Into a table without triggers, beside the store's.
    pub(crate) by_hand: bool,
}

impl Plan {
    pub(crate) fn records(&self) -> u64 {
        self.subjects * self.versions
    }

    /// So many of the subjects, evenly spread, each client's own.
    pub(crate) fn shares(&self, clients: usize, each: usize) -> Vec<Vec<Place>> {
        let wanted = (clients * each) as u64;
        let stride = (self.subjects / wanted).max(1);
        let share = |client: usize| {
            let numbers = (0..each).map(move |turn| ((turn * clients + client) as u64 * stride) % self.subjects);
            numbers.map(|number| self.place(number)).collect()
        };
        (0..clients).map(share).collect()
    }

    /// Where the fill leaves the subject with this number, counted from 0.
    fn place(&self, number: u64) -> Place {
        let last = (self.versions - 1) * self.subjects + number;
        Place {
            id: number.cast_signed() + 1,
            version: self.versions.cast_signed(),
            head: self.keeps_chain.then(|| format!("{last:032}").into_bytes()),
        }
    }
}

/// Records of this table are written hand-written: the same columns and indexes as `tollgate_record`, and no triggers.
pub(crate) const BY_HAND: &str = "floor_record";
pub(crate) const OURS: &str = "tollgate_record";
