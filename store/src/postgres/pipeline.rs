//! Commits of concurrent tasks, joined into one statement.

mod round_trip;

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};
use tollgate::sink::Offer;
use tollgate::{Digest, Record, RecordKind};

use super::Postgres;
use super::commit::{Terms, chained, row_of};
use super::statements::Statements;
use super::write_error::{Denied, Open};
use crate::Error;
use crate::registered::Known;
use crate::row::Row;

/// How many connections write. Measured: with one the server waits for us, with four they wait for each other; two and three
/// do about the same in a second, three a little more.
const LANES: usize = 3;
/// How many records a statement has at most.
const MOST: usize = 256;
/// How many wait in a lane before those who come later wait to be let in.
const WAITING: usize = 4 * MOST;

/// The front of the tasks that write; they end when the last clone of it is gone, and what was queued is written.
#[derive(Debug, Clone)]
pub(crate) struct Joined {
    store: Postgres,
    lanes: Arc<Mutex<Vec<Lane>>>,
}

/// The way to a task that writes.
type Lane = mpsc::Sender<Job>;

/// A record that is to be written.
#[derive(Debug)]
struct Job {
    /// In a box, since a job goes through many hands.
    row: Box<Row>,
    known: Option<Known<Statements>>,
    form: Form,
    /// Tells its subject from others; two that share it by chance only wait for each other.
    subject: u64,
    from: Option<Cow<'static, str>>,
    to: Option<Cow<'static, str>>,
    answer: oneshot::Sender<Answer>,
}

/// Records of one form and machine go into one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Creation,
    Transition,
    Other,
}

#[derive(Debug)]
enum Answer {
    Written,
    /// It did not go through with the others: whoever waits for it is to offer it alone, and hears what is the matter.
    Alone(Option<Open>),
    Failed(Error),
}

impl Postgres {
    pub(crate) fn joined(&self) -> Joined {
        Joined { store: self.clone(), lanes: Arc::default() }
    }
}

impl Joined {
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
        let form = match record.kind {
            RecordKind::Creation => Form::Creation,
            RecordKind::Transition => Form::Transition,
            _ => Form::Other,
        };
        let subject = subject(record);
        let lane = self.lane(subject)?;
        let job = Job { row, known: known.clone(), form, subject, from, to: record.to.clone(), answer };
        lane.send(job).await.map_err(|_| Error::StoreClosed)?;
        match answered.await {
            Ok(Answer::Written) => Ok(digest),
            Ok(Answer::Alone(open)) => self.alone(record, known.as_ref(), open).await,
            Ok(Answer::Failed(error)) => Err(error),
            Err(gone) => Err(Error::Unknown { record: record.id, cause: Box::new(gone) }),
        }
    }

    /// In a box: the future of each commit would have room for this one, which few need.
    async fn alone(
        &self,
        record: &Record,
        known: Option<&Known<Statements>>,
        open: Option<Open>,
    ) -> Result<Option<Digest>, Error> {
        Box::pin(self.store.offer(record, known, open)).await
    }

    /// The row, and the name of the state that it leaves. None where it is to be offered alone: it follows nothing.
    async fn chained_row(
        &self,
        record: &Record,
        terms: Terms<'_>,
    ) -> Result<Option<(Box<Row>, Option<Cow<'static, str>>)>, Error> {
        let mut connection = self.store.living().await?;
        let chained = chained(&mut connection, record, terms).await.map_err(Denied::into_error)?;
        connection.release();
        chained.map(|record| Ok((Box::new(row_of(&record, terms)?), record.from.clone()))).transpose()
    }

    /// A subject is always in the same lane, so that two statements never wait for each other.
    fn lane(&self, subject: u64) -> Result<Lane, Error> {
        let lane = usize::try_from(subject % LANES as u64).expect("a remainder is small");
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        // They end with the runtime in which they were started, and this may be another.
        if lanes.get(lane).is_none_or(Lane::is_closed) {
            let runtime = tokio::runtime::Handle::try_current();
            let runtime = runtime.map_err(|error| Error::Database {
                what: "starting a task to join commits".into(),
                cause: Box::new(error),
            })?;
            *lanes = (0..LANES).map(|_| start(&self.store, &runtime)).collect();
        }
        Ok(lanes[lane].clone())
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

fn start(store: &Postgres, runtime: &tokio::runtime::Handle) -> Lane {
    let (sender, jobs) = mpsc::channel(WAITING);
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
        // Those who were answered a moment ago may have the next one ready.
        tokio::task::yield_now().await;
        while waiting.len() < MOST {
            let Ok(job) = jobs.try_recv() else { break };
            waiting.push_back(job);
        }
        store.write_round(next_round(&mut waiting)).await;
    }
}

/// The first of those that wait, and all that can go with it. A subject goes once: its second record waits.
fn next_round(waiting: &mut VecDeque<Job>) -> Vec<Job> {
    let mut subjects = HashSet::new();
    let mut round: Vec<Job> = Vec::with_capacity(waiting.len());
    for job in std::mem::take(waiting) {
        let fits = round.first().is_none_or(|first| first.goes_with(&job));
        // Asked of each, so that the third record of a subject does not overtake its second.
        if subjects.insert(job.subject) && fits { round.push(job) } else { waiting.push_back(job) }
    }
    round
}

impl Job {
    fn goes_with(&self, other: &Self) -> bool {
        self.form == other.form
            && (self.form == Form::Other && self.known.is_some() == other.known.is_some()
                || self.known.as_ref().map(Arc::as_ptr) == other.known.as_ref().map(Arc::as_ptr))
    }
}
