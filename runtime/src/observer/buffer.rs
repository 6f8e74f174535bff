//! Records of a write that is still under way: told when it has succeeded, and forgotten when it has not.

use super::list::{Kept, tell};
use super::{AsyncObserver, Failures, Observer, ObserverError};
use crate::record::Record;

/// Gathers the records of a write, and tells them when the write has succeeded.
///
/// Inside a transaction a sink accepts a record, and yet nothing has happened before the transaction commits. An
/// observer that is told at once would hear of what may never be. So let the buffer observe, and deliver it
/// afterwards:
///
/// ```
/// use tollgate::observer::{Buffer, Observer};
/// use tollgate::{Id, Record, Sink, StateMachine, sink};
///
/// # #[derive(StateMachine)]
/// # #[transition(open, from = Shut, to = Ajar)]
/// # enum DoorState { #[state(initial)] Shut, #[state(terminal)] Ajar }
/// # struct Database(Vec<Record>);
/// # struct Transaction<'a>(&'a mut Database, Vec<Record>);
/// # impl Database { fn transaction(&mut self) -> std::io::Result<Transaction<'_>> { Ok(Transaction(self, Vec::new())) } }
/// # impl Transaction<'_> { fn commit(self) -> std::io::Result<()> { self.0.0.extend(self.1); Ok(()) } }
/// # impl Sink for Transaction<'_> {
/// #     type Error = std::io::Error;
/// #     fn on_success(&mut self, record: &Record) -> Result<(), std::io::Error> { self.1.push(record.clone()); Ok(()) }
/// # }
/// fn install(database: &mut Database, plugins: &mut impl Observer) -> Result<(), Box<dyn std::error::Error>> {
///     let mut buffer = Buffer::new();
///     let mut transaction = database.transaction()?; // a sink: its record is written when it commits
///     {
///         let mut log = sink::adapt(&mut transaction).observed_by(buffer.by_ref());
///         let door = DoorMachine::create(Id::from(1)).commit(&mut log)?;
///         door.open().commit(&mut log)?;
///     }
///     transaction.commit()?;
///     buffer.deliver(plugins); // only now, and in order
///     Ok(())
/// }
/// #
/// # let mut told = 0;
/// # install(&mut Database(Vec::new()), &mut |_: &Record| told += 1)?;
/// # assert_eq!(told, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A buffer that is dropped tells nobody: so it is where a `?` or a panic leaves the write half done.
///
/// A part of the write that may fail by itself has a [`savepoint`](Buffer::savepoint).
#[derive(Debug, Default)]
#[must_use = "a buffer that is dropped tells nobody"]
pub struct Buffer {
    records: Vec<Record>,
}

/// A part of a write that may fail by itself; see [`Buffer::savepoint`].
#[derive(Debug)]
#[must_use = "a savepoint that is dropped forgets its records"]
pub struct Savepoint<'b> {
    records: &'b mut Vec<Record>,
    /// Where its own records begin.
    start: usize,
}

impl Buffer {
    /// Holds nothing yet.
    pub const fn new() -> Self {
        Self { records: Vec::new() }
    }

    /// A part of the write that may fail by itself. Its records stand where they were made, between those before and
    /// those after, if it is [kept](Savepoint::keep); if it is dropped, they alone are forgotten.
    ///
    /// ```
    /// # use tollgate::observer::{Buffer, Observer};
    /// # use tollgate::{Id, Record, StateMachine};
    /// # #[derive(StateMachine)]
    /// # #[transition(open, from = Shut, to = Ajar)]
    /// # enum DoorState { #[state(initial)] Shut, #[state(terminal)] Ajar }
    /// # let mut log: Vec<Record> = Vec::new();
    /// # DoorMachine::create(Id::from(1)).commit(&mut log)?.open().commit(&mut log)?;
    /// # DoorMachine::create(Id::from(2)).commit(&mut log)?;
    /// # let [before, body, after] = &log[..] else { panic!() };
    /// let mut buffer = Buffer::new();
    /// buffer.observe(before)?;
    /// let mut savepoint = buffer.savepoint();
    /// savepoint.observe(body)?;
    /// savepoint.keep();
    /// buffer.observe(after)?;
    /// assert_eq!(buffer.records(), &log[..]);
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
    pub fn savepoint(&mut self) -> Savepoint<'_> {
        Savepoint { start: self.records.len(), records: &mut self.records }
    }

    /// What it would deliver, in order.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Tells the observer of all records, in order: the write has succeeded.
    ///
    /// No error, for the write stands. Where the observer fails on a record it is told of the next one all the same,
    /// and what comes back says how often it failed. [`Observers`](crate::observer::Observers) report each failure,
    /// and tell several.
    pub fn deliver<O: Observer + ?Sized>(self, observer: &mut O) -> Failures {
        let mut failures = Failures::of(observer.name().into_owned());
        for record in &self.records {
            if let Err(fault) = tell(observer, record) {
                failures.count(fault, record, None);
            }
        }
        failures
    }

    /// [`deliver`](Buffer::deliver) to an observer that waits. Where the future is dropped, the records after the one
    /// that it was told of are forgotten.
    pub async fn deliver_async<O: AsyncObserver>(self, observer: &mut O) -> Failures {
        let mut failures = Failures::of(observer.name().into_owned());
        let mut observer = Kept::waiting(observer.by_ref());
        for record in &self.records {
            if let Err(fault) = observer.tell(record).await {
                failures.count(fault, record, None);
            }
        }
        failures
    }
}

impl Savepoint<'_> {
    /// A part of this part.
    pub fn savepoint(&mut self) -> Savepoint<'_> {
        Savepoint { start: self.records.len(), records: self.records }
    }

    /// This part has succeeded: its records are delivered if the whole is.
    pub fn keep(mut self) {
        self.start = self.records.len();
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        self.records.truncate(self.start);
    }
}

impl Observer for Buffer {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.records.push(record.clone());
        Ok(())
    }
}

impl Observer for Savepoint<'_> {
    fn observe(&mut self, record: &Record) -> Result<(), ObserverError> {
        self.records.push(record.clone());
        Ok(())
    }
}
