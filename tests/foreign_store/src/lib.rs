//! A store in memory, written against the public items of tollgate: it keeps each subject's row next to its records, a
//! chain for each subject, and takes batches. A separate crate, so that the compiler shows that no hidden item is needed.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use hmac_sha256::Hash;
use tollgate::chrono::{DateTime, Utc};
use tollgate::machine::{Declaration, resume_from};
use tollgate::sink::{Offer, Offers, Receipt};
use tollgate::uuid::Uuid;
use tollgate::{
    AsyncBatchSink, AsyncSink, BatchSink, Digest, NotAState, Record, RecordKind, Sink, StateMachine, SubjectRef,
    canonical,
};

/// A record as the store keeps it: the columns of a table.
#[derive(Debug, Clone)]
struct Stored {
    id: Uuid,
    at: DateTime<Utc>,
    subject: SubjectRef,
    machine: String,
    version: u64,
    state: String,
    digest: Digest,
}

/// The store.
#[derive(Debug, Default, Clone)]
pub struct Store {
    records: Vec<Stored>,
    /// The value of the state column, by table and id.
    rows: BTreeMap<(&'static str, String), String>,
    /// The number of registered edges of each chart.
    charts: HashMap<Digest, usize>,
}

/// The reason why the store refuses a record.
#[derive(Debug)]
pub enum Refusal {
    /// The record did not come from a commit of a machine.
    NoMachine,
    /// Another record of this version is in the store.
    Conflict,
    /// The record is not chained to the last one.
    Chain,
    /// The stored state cannot be restored.
    State(NotAState),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}

impl std::error::Error for Refusal {}

impl Store {
    /// Registers a machine before its first commit.
    pub fn register<M: StateMachine>(&mut self) {
        self.learn(Declaration::of::<M>());
    }

    fn learn(&mut self, declaration: &Declaration) {
        self.charts.insert(declaration.chart().fingerprint, declaration.chart().edges.len());
    }

    /// Returns the number of registered charts.
    #[must_use]
    pub fn charts(&self) -> usize {
        self.charts.len()
    }

    /// Returns the state column of a row.
    #[must_use]
    pub fn row(&self, table: &'static str, id: &str) -> Option<&str> {
        self.rows.get(&(table, id.to_owned())).map(String::as_str)
    }

    /// Returns the times of all records, as texts that sort.
    #[must_use]
    pub fn times(&self) -> Vec<String> {
        self.records.iter().map(|stored| canonical::time(&stored.at)).collect()
    }

    /// Returns a subject in the state of its last record.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no record of it, or its state cannot be restored.
    pub fn resume<M: StateMachine>(&self, subject: M::Subject) -> Result<M::Any, Refusal> {
        let machine = M::CHART.machine;
        let last = self.last(machine, &M::subject_ref(&subject)).ok_or(Refusal::NoMachine)?;
        resume_from::<M>(subject, &last.record(), Some(last.digest)).map_err(Refusal::State)
    }

    fn last(&self, machine: &str, name: &SubjectRef) -> Option<&Stored> {
        self.records.iter().rev().find(|stored| stored.machine == machine && stored.subject == *name)
    }

    fn write(&mut self, offer: Offer<'_>) -> Result<Receipt, Refusal> {
        let record = offer.record();
        let (Some(declaration), Some(name), Some(version)) = (offer.declaration(), &record.subject, record.version)
        else {
            return Err(Refusal::NoMachine);
        };
        self.learn(declaration);
        let machine = declaration.chart().machine;
        let last = self.last(machine, name);
        if last.map_or(0, |last| last.version) + 1 != version {
            return Err(Refusal::Conflict);
        }
        if last.map(|last| last.digest) != record.prev {
            return Err(Refusal::Chain);
        }
        let digest = Digest::new(Hash::hash(&record.canonical()));
        let state = record.to.as_deref().unwrap_or_default().to_owned();
        if let Some(table) = offer.table() {
            self.rows.insert((table.name, name.id.to_string()), state.clone());
        }
        let machine = machine.to_owned();
        self.records.push(Stored {
            id: record.id,
            at: record.at,
            subject: name.clone(),
            machine,
            version,
            state,
            digest,
        });
        Ok(Receipt::with_head(digest))
    }

    fn write_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Refusal> {
        let mut next = self.clone();
        let receipts = offers.iter().map(|offer| next.write(offer)).collect::<Result<_, _>>()?;
        *self = next;
        Ok(receipts)
    }
}

impl Stored {
    /// Returns the record that this row describes.
    fn record(&self) -> Record {
        let kind = if self.version == 1 { RecordKind::Creation } else { RecordKind::Transition };
        let mut record = Record::bare(self.id, self.at, kind);
        record.subject = Some(self.subject.clone());
        record.machine = Some(self.machine.clone().into());
        record.version = Some(self.version);
        record.to = Some(self.state.clone().into());
        record
    }
}

impl Sink for Store {
    type Error = Refusal;

    fn on_success(&mut self, record: &Record) -> Result<(), Refusal> {
        self.write(Offer::new(record)).map(drop)
    }

    fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Refusal> {
        self.write(offer)
    }
}

impl BatchSink for Store {
    fn on_success_all(&mut self, records: &[Record]) -> Result<(), Refusal> {
        self.write_all(Offers::new(records)).map(drop)
    }

    fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Refusal> {
        self.write_all(offers)
    }
}

impl AsyncSink for Store {
    type Error = Refusal;

    async fn on_success(&mut self, record: &Record) -> Result<(), Refusal> {
        self.write(Offer::new(record)).map(drop)
    }

    async fn accept(&mut self, offer: Offer<'_>) -> Result<Receipt, Refusal> {
        self.write(offer)
    }
}

impl AsyncBatchSink for Store {
    async fn on_success_all(&mut self, records: &[Record]) -> Result<(), Refusal> {
        self.write_all(Offers::new(records)).map(drop)
    }

    async fn accept_all(&mut self, offers: Offers<'_>) -> Result<Vec<Receipt>, Refusal> {
        self.write_all(offers)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use tollgate::machine::resume_from;
    use tollgate::{Cause, Id, StateMachine, Subject, commit_all, commit_all_async, sink};

    use super::{Refusal, Store};

    #[derive(Subject)]
    #[subject(table = "reports")]
    struct Report {
        #[subject(id)]
        id: u64,
    }

    #[derive(StateMachine)]
    #[machine(subject = Report)]
    #[transition(publish, from = Draft, to = Published)]
    enum ReportState {
        #[state(initial)]
        Draft,
        #[state(terminal)]
        Published,
    }

    #[derive(StateMachine)]
    #[transition(open, from = Shut, to = Ajar)]
    #[transition(shut, from = Ajar, to = Shut)]
    enum DoorState {
        #[state(initial)]
        Shut,
        Ajar,
    }

    type Tested = Result<(), Box<dyn Error>>;

    /// The sinks here are ready at once.
    fn ready<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("it waits"),
        }
    }

    #[test]
    fn commit_updates_the_row_of_the_machine_s_table() -> Tested {
        let mut store = Store::default();
        let report = ReportMachine::create(Report { id: 7 }).commit(&mut store)?;
        assert_eq!(store.row("reports", "7"), Some("Draft"));
        report.publish().commit(sink::adapt(&mut store).by("ann").redact(["token"]).observed_by(|_: &_| ()))?;
        assert_eq!(store.row("reports", "7"), Some("Published"));
        assert!(store.times().is_sorted());
        Ok(())
    }

    #[test]
    fn machine_carries_the_head_of_the_chain_through_every_kind_of_commit() -> Tested {
        let mut store = Store::default();
        store.register::<DoorState>();
        let one = DoorMachine::create(1).commit(&mut store)?;
        let two = ready(DoorMachine::create(2).commit_async(&mut store))?;
        let (one, two) = commit_all((one.open(), two.open()), &mut store)?;
        ready(commit_all_async((one.shut(), two.shut()), sink::adapt(&mut store).with("ip", "::1")))?;
        assert_eq!((store.records.len(), store.charts()), (6, 1));
        Ok(())
    }

    #[test]
    fn batch_with_a_conflict_writes_nothing() -> Tested {
        let mut store = Store::default();
        DoorMachine::create(1).commit(&mut store)?;
        let refused =
            commit_all((DoorMachine::create(2), DoorMachine::create(1)), &mut store).expect_err("door 1 exists");
        assert!(matches!(refused.cause(), Cause::Sink(Refusal::Conflict)));
        assert_eq!(store.records.len(), 1);
        Ok(())
    }

    #[test]
    fn resumed_machine_continues_its_chain() -> Tested {
        let mut store = Store::default();
        DoorMachine::create(1).commit(&mut store)?.open().commit(&mut store)?;
        let AnyDoor::Ajar(ajar) = store.resume::<DoorState>(Id::from(1))? else { panic!("it is ajar") };
        let shut = ajar.shut().commit(&mut store)?;
        assert_eq!((shut.version(), store.records.len()), (3, 3));
        Ok(())
    }

    #[test]
    fn record_of_another_subject_is_not_resumed() -> Tested {
        let mut store = Store::default();
        DoorMachine::create(1).commit(&mut store)?;
        assert!(matches!(store.resume::<DoorState>(Id::from(2)), Err(Refusal::NoMachine)));
        let last = store.records[0].record();
        let refused = resume_from::<DoorState>(Id::from(2), &last, None).err().ok_or("it is about door 1")?;
        assert!(refused.to_string().contains("another machine or subject"), "{refused}");
        let mut event = last.clone();
        event.version = None;
        let refused = resume_from::<DoorState>(Id::from(1), &event, None).err().ok_or("it changes nothing")?;
        assert!(refused.to_string().contains("not a creation or a transition"), "{refused}");
        Ok(())
    }
}
