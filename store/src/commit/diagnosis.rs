//! The diagnosis of a commit that wrote nothing: the same record again, a conflict, or a row that disagrees.

use tollgate::chart::Chart;
use tollgate::machine::Declaration;
use tollgate::{Digest, Record, SubjectRef};

use crate::error::{Conflict, Disagreement, Error, SubjectPlace};
use crate::row::Stored;
use crate::row::decode::RowState;

/// The state of a subject: the last record of its history, and its row.
#[derive(Debug, Default)]
pub(crate) struct SubjectState {
    /// None if it has no history.
    pub(crate) stored: Option<Stored>,
    /// None if its table has no row of it, or it has no table.
    pub(crate) row: Option<RowState>,
}

/// The diagnosis of a commit that wrote nothing.
#[derive(Debug)]
pub(crate) enum Diagnosis {
    /// The very same record was written before, so the retry succeeds.
    Written(Option<Digest>),
    /// It is refused.
    Refused(Error),
    /// No obstacle is left: another commit came between, and is gone.
    Retry,
}

impl SubjectState {
    pub(crate) fn place(&self) -> SubjectPlace {
        match &self.stored {
            Some(Stored { record, .. }) => {
                SubjectPlace::new(record.version.unwrap_or_default(), record.to.as_deref().map(str::to_owned))
            }
            None => SubjectPlace::new(0, None),
        }
    }

    /// Compares the row with the history. A row under a former name of its state agrees.
    pub(crate) fn agree(&self, subject: &SubjectRef, of: &Declaration) -> Result<(), Error> {
        let Some(table) = of.table() else { return Ok(()) };
        let Some(row) = &self.row else {
            return Err(Error::NoRow { table: table.name, subject: subject.clone() });
        };
        let history = self.place();
        let states = (row.state.as_deref(), history.state.as_deref());
        let is_same_state = match states {
            (Some(row), Some(history)) => is_same(of.chart(), row, history),
            // Before the creation the row may have no state, or the initial one.
            (row, None) => row.is_none_or(|row| of.chart().state(row).is_some_and(|state| state.initial)),
            (None, Some(_)) => false,
        };
        let version = row.version.map(|version| u64::try_from(version).unwrap_or_default());
        let is_same_version = self.stored.is_none() || table.version.is_none() || version == Some(history.version);
        if is_same_state && is_same_version {
            return Ok(());
        }
        Err(Error::Disagreement(Box::new(Disagreement {
            table: table.name,
            subject: subject.clone(),
            row: (row.state.clone(), version),
            history,
        })))
    }
}

/// Whether two names are, or were, those of one state.
pub(crate) fn is_same(chart: &'static Chart, one: &str, other: &str) -> bool {
    one == other
        || match (chart.state(one), chart.state(other)) {
            (Some(one), Some(other)) => one.name == other.name,
            _ => false,
        }
}

fn unchained(record: &Record) -> Record {
    let mut record = record.clone();
    record.prev = None;
    record
}

/// Diagnoses a record whose id is already stored.
pub(crate) fn diagnose_duplicate(record: &Record, digest: Option<Digest>, same: &Stored) -> Diagnosis {
    let is_same = if digest.is_some() && same.digest.is_some() {
        digest == same.digest
    } else {
        unchained(record) == unchained(&same.record)
    };
    if is_same { Diagnosis::Written(same.digest) } else { Diagnosis::Refused(Error::OtherRecord { id: record.id }) }
}

/// Diagnoses a record that was not written. `same` is the stored record of its id, if there is one.
pub(crate) fn diagnose(
    record: &Record,
    digest: Option<Digest>,
    of: &Declaration,
    same: Option<&Stored>,
    last: &SubjectState,
) -> Diagnosis {
    if let Some(same) = same {
        return diagnose_duplicate(record, digest, same);
    }
    let (Some(subject), Some(version)) = (&record.subject, record.version) else { return Diagnosis::Retry };
    let expected = SubjectPlace::new(version.saturating_sub(1), record.from.as_deref().map(str::to_owned));
    let found = last.place();
    let is_same_state = match (&expected.state, &found.state) {
        (Some(expected), Some(found)) => is_same(of.chart(), expected, found),
        (expected, found) => expected == found,
    };
    if expected.version != found.version || !is_same_state {
        let machine = record.machine.as_deref().unwrap_or_default().to_owned();
        let since = last.stored.as_ref().map(|stored| stored.record.at);
        let conflict = Conflict { machine, subject: subject.clone(), expected, found, since };
        return Diagnosis::Refused(Error::Conflict(Box::new(conflict)));
    }
    if let Some(last) = last.stored.as_ref().filter(|last| record.at < last.record.at) {
        let why = format!("its time, {}, is before that of the record it follows, {}", record.at, last.record.at);
        return Diagnosis::Refused(Error::Unstorable { id: record.id, why });
    }
    if let Err(disagreement) = last.agree(subject, of) {
        return Diagnosis::Refused(disagreement);
    }
    let head = last.stored.as_ref().and_then(|stored| stored.digest);
    if digest.is_some() && head != record.prev {
        return Diagnosis::Refused(Error::OtherHistory { subject: subject.clone(), version: found.version });
    }
    Diagnosis::Retry
}
