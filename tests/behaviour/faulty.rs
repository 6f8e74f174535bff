//! Sinks that fail, each in one of the ways in which sinks fail.

use std::fmt;

use tollgate::{AsyncSink, Record, Sink};

/// The error of these sinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Down;

impl fmt::Display for Down {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the log is down")
    }
}

impl std::error::Error for Down {}

/// Refuses everything, and keeps what it was offered.
#[derive(Debug, Default)]
pub(crate) struct Refusing {
    pub(crate) offered: Vec<Record>,
}

impl Sink for Refusing {
    type Error = Down;

    fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        self.offered.push(record.clone());
        Err(Down)
    }
}

impl AsyncSink for Refusing {
    type Error = Down;

    async fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        Sink::on_success(self, record)
    }
}

/// Keeps refusals and successes separately, and can fail to keep either.
#[derive(Debug, Default)]
pub(crate) struct Both {
    pub(crate) successes: Vec<Record>,
    pub(crate) refusals: Vec<Record>,
    pub(crate) is_down: bool,
}

impl Sink for Both {
    type Error = Down;

    fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        if self.is_down {
            return Err(Down);
        }
        self.successes.push(record.clone());
        Ok(())
    }

    fn on_refusal(&mut self, record: &Record) -> Result<(), Down> {
        if self.is_down {
            return Err(Down);
        }
        self.refusals.push(record.clone());
        Ok(())
    }
}

/// Writes the record and then returns an error. A record that it already has, by its id,
/// is not written again.
#[derive(Debug, Default)]
pub(crate) struct LosingAnswers {
    pub(crate) log: Vec<Record>,
    /// The number of successes that will still be reported as errors.
    pub(crate) to_lose: u32,
    /// The number of calls.
    pub(crate) asked: u32,
}

impl Sink for LosingAnswers {
    type Error = Down;

    fn on_success(&mut self, record: &Record) -> Result<(), Down> {
        self.asked += 1;
        if self.log.iter().all(|held| held.id != record.id) {
            self.log.push(record.clone());
        }
        if self.to_lose > 0 {
            self.to_lose -= 1;
            return Err(Down);
        }
        Ok(())
    }
}

/// A sink that panics instead of refusing.
#[derive(Debug, Default)]
pub(crate) struct Panicking {
    pub(crate) log: Vec<Record>,
}

impl Sink for Panicking {
    type Error = Down;

    fn on_success(&mut self, _: &Record) -> Result<(), Down> {
        panic!("the sink panics");
    }
}

/// Holds one record for each machine, subject and version, as a store with a unique index does.
#[derive(Debug, Default)]
pub(crate) struct Unique {
    pub(crate) log: Vec<Record>,
}

/// Another record has this version already.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) version: Option<u64>,
}

impl fmt::Display for Conflict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "there is a version {} already", self.version.unwrap_or_default())
    }
}

impl std::error::Error for Conflict {}

impl Sink for Unique {
    type Error = Conflict;

    fn on_success(&mut self, record: &Record) -> Result<(), Conflict> {
        let key = |record: &Record| (record.machine.clone(), record.subject.clone(), record.version);
        if self.log.iter().any(|held| key(held) == key(record)) {
            return Err(Conflict { version: record.version });
        }
        self.log.push(record.clone());
        Ok(())
    }
}
