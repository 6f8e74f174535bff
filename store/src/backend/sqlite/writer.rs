//! The connection that writes, and who leads: one writes for all that wait, on its own thread or on the writer's.
//!
//! A caller that blocks takes the connection where it lies idle: waking another thread would cost a third of the commit.
//! Where it is in use the commit is queued, and whoever has it wakes the thread when it is done, if anybody waits by then.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::files::Files;
use super::group::write_group;
use super::write::{Change, WriteOutcome};
use crate::Error;

/// What is done with the connection beside commits.
type Call = Box<dyn FnOnce(&Connection) + Send>;

/// A commit's answer, with what was to be written.
pub(crate) type Reply = (Vec<Change>, WriteOutcome);

enum Job {
    Commit(Vec<Change>, oneshot::Sender<Reply>),
    Call(Call),
}

#[derive(Default)]
struct Queue {
    jobs: Vec<Job>,
    /// Here while nobody leads.
    connection: Option<Connection>,
    is_closing: bool,
    /// A leader panicked, and its connection is gone.
    is_broken: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    files: Option<Arc<Files>>,
    work: Condvar,
}

/// The one that writes. When it is dropped, what was queued is done first.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(connection: Connection, files: Option<Arc<Files>>) -> std::io::Result<Self> {
        let queue = Queue { connection: Some(connection), ..Queue::default() };
        let shared = Arc::new(Shared { queue: Mutex::new(queue), files, work: Condvar::new() });
        let led = Arc::clone(&shared);
        let thread = thread::Builder::new().name("tollgate-sqlite-writer".into()).spawn(move || led.serve())?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Commits, and waits for the answer by blocking the thread.
    pub(crate) fn commit_blocking(&self, changes: Vec<Change>) -> Result<Reply, Error> {
        let (sender, receiver) = oneshot::channel();
        self.shared.submit(Job::Commit(changes, sender), true)?;
        receiver.recv().map_err(|_| Error::StoreClosed)
    }

    /// Commits. Once this is polled the commit goes on, whether or not somebody waits for it.
    pub(crate) async fn commit(&self, changes: Vec<Change>) -> Result<Reply, Error> {
        let (sender, receiver) = oneshot::channel();
        self.shared.submit(Job::Commit(changes, sender), false)?;
        receiver.await.map_err(|_| Error::StoreClosed)
    }

    /// Queues a commit for the writer's thread. No caller waits for the answer.
    pub(crate) fn commit_later(&self, changes: Vec<Change>) -> Result<(), Error> {
        let (sender, _) = oneshot::channel();
        self.shared.submit(Job::Commit(changes, sender), false)
    }

    /// Does something with the connection, outside of a transaction, and waits by blocking the thread.
    pub(crate) fn call_blocking<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (call, receiver) = answered(call);
        self.shared.submit(Job::Call(call), true)?;
        receiver.recv().map_err(|_| Error::StoreClosed)?
    }

    /// Does something with the connection, outside of a transaction.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (call, receiver) = answered(call);
        self.shared.submit(Job::Call(call), false)?;
        receiver.await.map_err(|_| Error::StoreClosed)?
    }
}

fn answered<T: Send + 'static>(
    call: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
) -> (Call, oneshot::Receiver<Result<T, Error>>) {
    let (sender, receiver) = oneshot::channel();
    // Nobody has to be there for the answer.
    let call = move |connection: &Connection| drop(sender.send(call(connection)));
    (Box::new(call), receiver)
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.lock().is_closing = true;
        self.shared.work.notify_all();
        let Some(thread) = self.thread.take() else { return };
        // A call may have held the last handle: then this is that thread, and it ends after this.
        if thread.thread().id() != thread::current().id() {
            // That it panicked was said to whoever waited for it.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues the job, or leads it and all that is queued on this thread, where that may block.
    fn submit(&self, job: Job, may_block: bool) -> Result<(), Error> {
        let mut queue = self.lock();
        if queue.is_broken {
            return Err(Error::StoreClosed);
        }
        queue.jobs.push(job);
        if !may_block {
            // Whoever leads looks at the queue when it is done.
            if queue.connection.is_some() {
                drop(queue);
                self.work.notify_one();
            }
            return Ok(());
        }
        if let Some(connection) = queue.connection.take() {
            let jobs = std::mem::take(&mut queue.jobs);
            drop(queue);
            self.lead(connection, jobs);
        }
        Ok(())
    }

    /// The writer's thread.
    fn serve(&self) {
        let mut queue = self.lock();
        loop {
            if queue.is_broken {
                return;
            }
            if !queue.jobs.is_empty() {
                if let Some(connection) = queue.connection.take() {
                    let jobs = std::mem::take(&mut queue.jobs);
                    drop(queue);
                    self.lead(connection, jobs);
                    queue = self.lock();
                    continue;
                }
            } else if queue.is_closing {
                return;
            }
            queue = self.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lead(&self, connection: Connection, jobs: Vec<Job>) {
        let leader = Leader { shared: self, connection: Some(connection) };
        let (mut commits, mut senders) = (Vec::with_capacity(jobs.len()), Vec::with_capacity(jobs.len()));
        for job in jobs {
            match job {
                Job::Call(call) => leader.with(|connection| call(connection)),
                Job::Commit(changes, sender) => {
                    commits.push(changes);
                    senders.push(sender);
                }
            }
        }
        let outcomes = if commits.is_empty() {
            Vec::new()
        } else {
            leader.with(|connection| write_group(connection, self.files.as_deref(), &commits))
        };
        // The next one may begin while the answers go out.
        leader.finish();
        for ((sender, changes), outcome) in senders.into_iter().zip(commits).zip(outcomes) {
            // Whoever asked may be gone; what was done is done.
            let _ = sender.send((changes, outcome));
        }
    }
}

/// Who has the connection. Gone without giving it back, by a panic, it leaves nobody waiting.
struct Leader<'s> {
    shared: &'s Shared,
    connection: Option<Connection>,
}

impl Leader<'_> {
    fn with<T>(&self, work: impl FnOnce(&Connection) -> T) -> T {
        work(self.connection.as_ref().expect("a leader has the connection until it has finished"))
    }

    fn finish(mut self) {
        let mut queue = self.shared.lock();
        queue.connection = self.connection.take();
        let is_awaited = !queue.jobs.is_empty() || queue.is_closing;
        drop(queue);
        if is_awaited {
            self.shared.work.notify_one();
        }
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        if self.connection.is_some() {
            let mut queue = self.shared.lock();
            queue.is_broken = true;
            // Without their senders, all that wait are answered.
            let forgotten = std::mem::take(&mut queue.jobs);
            drop(queue);
            drop(forgotten);
            self.shared.work.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::mpsc;

    use rusqlite::Connection;

    use super::Writer;
    use crate::Error;

    fn panics(_: &Connection) -> Result<(), Error> {
        panic!("as a bug would")
    }

    #[test]
    fn after_a_panic_on_the_writers_thread_or_a_callers_the_store_is_closed_and_nobody_waits() {
        let open = || Writer::start(Connection::open_in_memory().expect("it opens"), None).expect("a thread starts");
        let led = open();
        let (busy, is_busy) = mpsc::channel();
        let (go, waits) = mpsc::channel();
        std::thread::scope(|scope| {
            // The leader is held back until others are queued behind it, and then panics on this thread of its own.
            let leader = scope.spawn(|| {
                catch_unwind(AssertUnwindSafe(|| {
                    led.call_blocking(move |connection| {
                        busy.send(()).expect("the test waits");
                        waits.recv().expect("the test goes on");
                        panics(connection)
                    })
                }))
            });
            is_busy.recv().expect("it leads");
            let queued = scope.spawn(|| led.call_blocking(|_| Ok(())));
            go.send(()).expect("it waits");
            assert!(leader.join().expect("the panic was caught").is_err());
            assert!(matches!(queued.join().expect("it does not panic"), Err(Error::StoreClosed)));
        });
        assert!(matches!(led.call_blocking(|_| Ok(())), Err(Error::StoreClosed)));

        let writer = open();
        let mut call = Box::pin(writer.call(panics));
        let waker = std::task::Waker::noop();
        while call.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_pending() {
            std::thread::yield_now();
        }
        assert!(matches!(writer.call_blocking(|_| Ok(())), Err(Error::StoreClosed)));
    }
}
