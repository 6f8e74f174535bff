//! The pipeline: joins the commits of concurrent tasks into one statement.

mod round_trip;

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};
use tollgate::sink::Offer;
use tollgate::{Digest, Record, RecordKind};

use super::Postgres;
use super::commit::{chained, row_of};
use super::statements::Statements;
use super::write::Terms;
use super::write_error::{LostAnswer, WriteError};
use crate::Error;
use crate::backend::catalog::Known;
use crate::row::Row;

/// The number of connections that write. Measured: with one, the server waits for the store; with four, the connections wait
/// for each other. Two and three have about the same throughput, three a little more.
const QUEUES: usize = 3;
/// The maximum number of records in a statement.
const MOST_RECORDS: usize = 256;
/// The maximum number of jobs in a queue. If it is full, callers wait.
const QUEUE_LENGTH: usize = 4 * MOST_RECORDS;

/// The handle to the tasks that write. When its last clone is dropped, they write the queued jobs and end.
#[derive(Debug, Clone)]
pub(crate) struct Pipeline {
    store: Postgres,
    queues: Arc<Mutex<Vec<JobQueue>>>,
}

/// The sender to a task that writes.
type JobQueue = mpsc::Sender<Job>;

/// A record in a queue.
#[derive(Debug)]
struct Job {
    /// In a box, because a job is moved several times.
    row: Box<Row>,
    known: Option<Known<Statements>>,
    statement: StatementKind,
    /// The hash of its subject. Two subjects with the same hash only wait for each other.
    subject: u64,
    from: Option<Cow<'static, str>>,
    to: Option<Cow<'static, str>>,
    answer: oneshot::Sender<Answer>,
}

/// The kind of statement. Records of one kind and one machine can share a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StatementKind {
    Creation,
    Transition,
    Other,
}

#[derive(Debug)]
enum Answer {
    Written,
    /// It was not written with the others: its caller offers it alone, and gets its error.
    Alone(Option<LostAnswer>),
    Failed(Error),
}

impl Postgres {
    pub(crate) fn pipeline(&self) -> Pipeline {
        Pipeline { store: self.clone(), queues: Arc::default() }
    }
}

impl Pipeline {
    pub(crate) async fn commit(&self, offer: Offer<'_>) -> Result<Option<Digest>, Error> {
        let (record, of) = (offer.record(), offer.declaration());
        let known = self.store.known(record, of).await?;
        if known.is_none() && record.machine.is_some() {
            return self.alone(record, None, None).await;
        }
        let terms = self.store.terms(known.as_ref());
        let needs_head = terms.keeps_chain && record.kind == RecordKind::Transition && record.prev.is_none();
        let row = if needs_head {
            Box::pin(self.chained_row(record, terms)).await?
        } else {
            Some((Box::new(row_of(record, terms)?), record.from.clone()))
        };
        let Some((row, from)) = row else {
            return self.alone(record, known.as_ref(), None).await;
        };
        let digest = row.digest;
        let (answer, answered) = oneshot::channel();
        let statement = match record.kind {
            RecordKind::Creation => StatementKind::Creation,
            RecordKind::Transition => StatementKind::Transition,
            _ => StatementKind::Other,
        };
        let subject = subject(record);
        let queue = self.queue(subject)?;
        let job = Job { row, known: known.clone(), statement, subject, from, to: record.to.clone(), answer };
        queue.send(job).await.map_err(|_| Error::StoreClosed)?;
        match answered.await {
            Ok(Answer::Written) => Ok(digest),
            Ok(Answer::Alone(open)) => self.alone(record, known.as_ref(), open).await,
            Ok(Answer::Failed(error)) => Err(error),
            Err(gone) => Err(Error::Unknown { record: record.id, cause: Box::new(gone) }),
        }
    }

    /// Offers the record alone. It is in a box, because otherwise the future of each commit would include this rare one.
    async fn alone(
        &self,
        record: &Record,
        known: Option<&Known<Statements>>,
        open: Option<LostAnswer>,
    ) -> Result<Option<Digest>, Error> {
        Box::pin(self.store.offer(record, known, open)).await
    }

    /// Returns the row and the state that it leaves; `None` if the record has no predecessor and is offered alone.
    async fn chained_row(
        &self,
        record: &Record,
        terms: Terms<'_>,
    ) -> Result<Option<(Box<Row>, Option<Cow<'static, str>>)>, Error> {
        let mut connection = self.store.living().await?;
        let chained = chained(&mut connection, record, terms).await.map_err(WriteError::into_error)?;
        connection.release();
        chained.map(|record| Ok((Box::new(row_of(&record, terms)?), record.from.clone()))).transpose()
    }

    /// Returns the queue of a subject. It is always the same, so that two statements never wait for each other.
    fn queue(&self, subject: u64) -> Result<JobQueue, Error> {
        let queue = usize::try_from(subject % QUEUES as u64).expect("the remainder is less than the number of queues");
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        // The tasks end with the runtime in which they were started, and this may be another runtime.
        if queues.get(queue).is_none_or(JobQueue::is_closed) {
            let runtime = tokio::runtime::Handle::try_current();
            let runtime = runtime.map_err(|error| Error::Database {
                what: "starting a task to join commits".into(),
                cause: Box::new(error),
            })?;
            *queues = (0..QUEUES).map(|_| start(&self.store, &runtime)).collect();
        }
        Ok(queues[queue].clone())
    }
}

fn subject(record: &Record) -> u64 {
    let mut hasher = DefaultHasher::new();
    match &record.subject {
        Some(subject) if record.is_change() => subject.id.hash(&mut hasher),
        _ => record.id.hash(&mut hasher),
    }
    hasher.finish()
}

fn start(store: &Postgres, runtime: &tokio::runtime::Handle) -> JobQueue {
    let (sender, jobs) = mpsc::channel(QUEUE_LENGTH);
    runtime.spawn(work(store.clone(), jobs));
    sender
}

async fn work(store: Postgres, mut jobs: mpsc::Receiver<Job>) {
    let mut waiting = VecDeque::new();
    loop {
        if waiting.is_empty() {
            let Some(job) = jobs.recv().await else { return };
            waiting.push_back(job);
        }
        // The callers that have just received an answer may send their next record.
        tokio::task::yield_now().await;
        while waiting.len() < MOST_RECORDS {
            let Ok(job) = jobs.try_recv() else { break };
            waiting.push_back(job);
        }
        store.write_round(next_round(&mut waiting)).await;
    }
}

/// Takes the first waiting job and all that can share its statement. The second record of a subject waits.
fn next_round(waiting: &mut VecDeque<Job>) -> Vec<Job> {
    let mut subjects = HashSet::new();
    let mut round: Vec<Job> = Vec::with_capacity(waiting.len());
    for job in std::mem::take(waiting) {
        let fits = round.first().is_none_or(|first| first.goes_with(&job));
        // The subject is inserted even if the job does not fit: its third record must not overtake its second.
        if subjects.insert(job.subject) && fits { round.push(job) } else { waiting.push_back(job) }
    }
    round
}

impl Job {
    fn goes_with(&self, other: &Self) -> bool {
        self.statement == other.statement
            && (self.statement == StatementKind::Other && self.known.is_some() == other.known.is_some()
                || self.known.as_ref().map(Arc::as_ptr) == other.known.as_ref().map(Arc::as_ptr))
    }
}
