//! The connection that writes, and its thread: group commit, which writes all queued commits in one transaction.
//!
//! With eight threads and `synchronous = FULL` this is 2.6 times as fast as a transaction for each commit, with the connection
//! behind a mutex (`tests/store_benches/STORE.md`).

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::files::Files;
use super::group::write_group;
use super::write::{Change, WriteOutcome};
use crate::Error;

/// A job for the connection other than a commit.
type Call = Box<dyn FnOnce(&Connection) + Send>;

/// The outcome of a commit, with the changes that were submitted.
pub(crate) type Reply = (Vec<Change>, WriteOutcome);

enum Job {
    Commit(Vec<Change>, oneshot::Sender<Reply>),
    Call(Call),
}

/// The thread that writes. When this is dropped, queued jobs are finished first.
pub(crate) struct Writer {
    /// None once the store is dropped, which ends the thread.
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(connection: Connection, files: Option<Arc<Files>>) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        let thread = thread::Builder::new().name("tollgate-sqlite-writer".into());
        let thread = thread.spawn(move || serve(&connection, files.as_deref(), &receiver))?;
        Ok(Self { jobs: Some(sender), thread: Some(thread) })
    }

    /// Commits, and blocks the calling thread until the outcome is known.
    pub(crate) fn commit_blocking(&self, changes: Vec<Change>) -> Result<Reply, Error> {
        let (sender, receiver) = oneshot::channel();
        self.submit(Job::Commit(changes, sender))?;
        receiver.recv().map_err(|_| Error::StoreClosed)
    }

    /// Commits. Once this is polled the commit continues, even if the future is dropped.
    pub(crate) async fn commit(&self, changes: Vec<Change>) -> Result<Reply, Error> {
        let (sender, receiver) = oneshot::channel();
        self.submit(Job::Commit(changes, sender))?;
        receiver.await.map_err(|_| Error::StoreClosed)
    }

    /// Queues a commit for the writer's thread. No caller waits for the answer.
    pub(crate) fn commit_later(&self, changes: Vec<Change>) -> Result<(), Error> {
        let (sender, _) = oneshot::channel();
        self.submit(Job::Commit(changes, sender))
    }

    /// Runs a job on the connection, outside of a transaction, and blocks the calling thread until it is done.
    pub(crate) fn call_blocking<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (call, receiver) = answered(call);
        self.submit(Job::Call(call))?;
        receiver.recv().map_err(|_| Error::StoreClosed)?
    }

    /// Runs a job on the connection, outside of a transaction.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (call, receiver) = answered(call);
        self.submit(Job::Call(call))?;
        receiver.await.map_err(|_| Error::StoreClosed)?
    }

    fn submit(&self, job: Job) -> Result<(), Error> {
        let jobs = self.jobs.as_ref().ok_or(Error::StoreClosed)?;
        jobs.send(job).map_err(|_| Error::StoreClosed)
    }
}

fn answered<T: Send + 'static>(
    call: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
) -> (Call, oneshot::Receiver<Result<T, Error>>) {
    let (sender, receiver) = oneshot::channel();
    // The caller may have stopped waiting.
    let call = move |connection: &Connection| drop(sender.send(call(connection)));
    (Box::new(call), receiver)
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        let Some(thread) = self.thread.take() else { return };
        // A job may hold the last handle of the store: then this is the writer's thread, which ends after this.
        if thread.thread().id() != thread::current().id() {
            let _ = thread.join();
        }
    }
}

fn serve(connection: &Connection, files: Option<&Files>, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let (mut commits, mut senders) = (Vec::new(), Vec::new());
        for job in std::iter::once(first).chain(jobs.try_iter()) {
            match job {
                Job::Call(call) => call(connection),
                Job::Commit(changes, sender) => {
                    commits.push(changes);
                    senders.push(sender);
                }
            }
        }
        if commits.is_empty() {
            continue;
        }
        let outcomes = write_group(connection, files, &commits);
        for ((sender, changes), outcome) in senders.into_iter().zip(commits).zip(outcomes) {
            // The caller may have stopped waiting; the commit stays.
            let _ = sender.send((changes, outcome));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use rusqlite::Connection;

    use super::Writer;
    use crate::Error;

    fn panics(_: &Connection) -> Result<(), Error> {
        panic!("as a bug would")
    }

    #[test]
    fn panic_on_the_writer_closes_the_store_and_fails_queued_calls() {
        let writer = Writer::start(Connection::open_in_memory().expect("it opens"), None).expect("a thread starts");
        let (go, waits) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            // The writer is held until another call is queued behind this one.
            let first = scope.spawn(|| {
                writer.call_blocking(move |connection| {
                    waits.recv().expect("the test continues");
                    panics(connection)
                })
            });
            let queued = scope.spawn(|| writer.call_blocking(|_| Ok(())));
            go.send(()).expect("the first call waits");
            assert!(matches!(first.join().expect("the panic stays on the writer"), Err(Error::StoreClosed)));
            let queued = queued.join().expect("it does not panic");
            assert!(matches!(queued, Ok(()) | Err(Error::StoreClosed)), "it may have come before the first");
        });
        assert!(matches!(writer.call_blocking(|_| Ok(())), Err(Error::StoreClosed)));
    }
}
