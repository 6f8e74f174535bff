//! The fill of a database before a measurement: the subjects, and the length of their histories.

use crate::report::Place;

/// The records are written in rounds: the first of every subject, then the second. So a history is scattered over the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) subjects: u64,
    /// The records of each subject.
    pub(crate) versions: u64,
    /// Whether records carry digests.
    pub(crate) keeps_chain: bool,
    /// Into a table without triggers, next to the store's.
    pub(crate) by_hand: bool,
}

impl Plan {
    pub(crate) fn records(&self) -> u64 {
        self.subjects * self.versions
    }

    /// The subjects of a client: evenly spread, and no other client's.
    pub(crate) fn shares(&self, clients: usize, each: usize) -> Vec<Vec<Place>> {
        let wanted = (clients * each) as u64;
        let stride = (self.subjects / wanted).max(1);
        let share = |client: usize| {
            let numbers = (0..each).map(move |turn| ((turn * clients + client) as u64 * stride) % self.subjects);
            numbers.map(|number| self.place(number)).collect()
        };
        (0..clients).map(share).collect()
    }

    /// The state and version in which the fill leaves the subject with this number, counted from 0.
    fn place(&self, number: u64) -> Place {
        let last = (self.versions - 1) * self.subjects + number;
        Place {
            id: number.cast_signed() + 1,
            version: self.versions.cast_signed(),
            head: self.keeps_chain.then(|| format!("{last:032}").into_bytes()),
        }
    }
}

/// The table of the hand-written floors: the same columns and indexes as `tollgate_record`, and no triggers.
pub(crate) const BY_HAND: &str = "floor_record";
pub(crate) const OURS: &str = "tollgate_record";
