//! Databases with long histories, filled once for all measurements.

use std::collections::HashMap;

use crate::Result;
use crate::plan::Plan;

/// The records of each subject.
pub(crate) const VERSIONS: u64 = 20;

/// Databases by their number of records, and whether they are the floor's.
pub(crate) struct Grown<'a, D> {
    make: Box<dyn Fn(Plan) -> Result<D> + 'a>,
    filled: HashMap<(u64, bool), D>,
}

impl<'a, D: Clone> Grown<'a, D> {
    pub(crate) fn new(make: impl Fn(Plan) -> Result<D> + 'a) -> Self {
        Self { make: Box::new(make), filled: HashMap::new() }
    }

    /// Returns the database with this number of records.
    pub(crate) fn with(&mut self, records: u64, by_hand: bool) -> Result<D> {
        if let Some(filled) = self.filled.get(&(records, by_hand)) {
            return Ok(filled.clone());
        }
        let plan = Plan { subjects: (records / VERSIONS).max(1), versions: VERSIONS, keeps_chain: true, by_hand };
        let database = (self.make)(plan)?;
        self.filled.insert((records, by_hand), database.clone());
        Ok(database)
    }
}
