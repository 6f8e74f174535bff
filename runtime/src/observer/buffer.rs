//! The records of a write that is not committed yet: delivered after the commit, and dropped after a rollback.

use std::fmt;

use super::list::{AnyObserver, notify_isolated};
use super::{AsyncObserver, Fault, Observer, ObserverError};
use crate::record::{Printable, Record};

/// Gathers the records of a write, and delivers them to an observer after the write has committed.
///
/// Inside a transaction a sink accepts a record before the transaction commits. An observer that is notified at that
/// moment would see changes that may be rolled back. Add the buffer as the sink's observer, and deliver its records
/// after the commit:
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
///     for failure in buffer.deliver(plugins) {
///         eprintln!("{failure}"); // the write is committed; `failure.record` can be delivered again
///     }
///     Ok(())
/// }
/// #
/// # let mut received = 0;
/// # install(&mut Database(Vec::new()), &mut |_: &Record| received += 1)?;
/// # assert_eq!(received, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A buffer that is dropped notifies no observer. So a `?` or a panic before the commit drops the records too.
///
/// Use a [`savepoint`](Buffer::savepoint) for a part of the write that can be rolled back separately.
///
/// A buffer keeps records, but not the numbers of dropped records ([`Observer::missed`]). Put a queue that drops records
/// behind the buffer, as the observer of [`deliver`](Buffer::deliver), and not between the sink and the buffer.
#[derive(Debug, Default)]
#[must_use = "a buffer that is dropped notifies no observer"]
pub struct Buffer {
    records: Vec<Record>,
}

/// A part of a write that can be rolled back separately; see [`Buffer::savepoint`].
#[derive(Debug)]
#[must_use = "a savepoint that is dropped drops its records"]
pub struct Savepoint<'b> {
    records: &'b mut Vec<Record>,
    /// The index of its first record.
    start: usize,
}

/// A record that could not be delivered to an observer; see [`Buffer::deliver`].
#[derive(Debug)]
#[non_exhaustive]
pub struct DeliveryFailure {
    /// The name of the observer.
    pub observer: String,
    /// The record, which can be delivered again.
    pub record: Record,
    /// How the observer failed.
    pub fault: Fault,
}

impl Buffer {
    /// Returns an empty buffer.
    pub const fn new() -> Self {
        Self { records: Vec::new() }
    }

    /// Opens a part of the write that can be rolled back separately. Its records keep their position among the others if
    /// it is [kept](Savepoint::keep). If it is dropped, only its records are dropped.
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

    /// Returns the records, in the order in which they will be delivered.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Notifies the observer of all records, in order, after the write has committed, and returns its failures.
    ///
    /// The result is not a `Result`, because the write is committed. If the observer fails on a record, it is notified of
    /// the next one, and the list has the failed record, the observer's name and the fault. The list has at most one
    /// entry for each record. Records can be delivered again from it.
    ///
    /// [`Observers`](crate::observer::Observers) and a [`Hub`](crate::Hub) isolate their own observers: they count and
    /// report those failures themselves. A hub fails only on events that are not registered in it.
    pub fn deliver<O: Observer + ?Sized>(self, observer: &mut O) -> Vec<DeliveryFailure> {
        let mut failures = Vec::new();
        for record in self.records {
            if let Err(fault) = notify_isolated(observer, &record) {
                failures.push(DeliveryFailure { observer: observer.name().into_owned(), record, fault });
            }
        }
        failures
    }

    /// Delivers to an asynchronous observer; see [`deliver`](Buffer::deliver). If the future is dropped, the records
    /// after the current one are dropped.
    pub async fn deliver_async<O: AsyncObserver>(self, observer: &mut O) -> Vec<DeliveryFailure> {
        let name = observer.name().into_owned();
        let mut observer = AnyObserver::asynchronous(observer.by_ref());
        let mut failures = Vec::new();
        for record in self.records {
            if let Err(fault) = observer.notify(&record).await {
                failures.push(DeliveryFailure { observer: name.clone(), record, fault });
            }
        }
        failures
    }
}

impl fmt::Display for DeliveryFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "observer `{}` {}, on record {}", Printable(&self.observer), self.fault, self.record.id)
    }
}

impl Savepoint<'_> {
    /// Opens a nested savepoint.
    pub fn savepoint(&mut self) -> Savepoint<'_> {
        Savepoint { start: self.records.len(), records: self.records }
    }

    /// Keeps the records of this part: they are delivered with the rest.
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
