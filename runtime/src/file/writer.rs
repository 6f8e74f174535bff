//! Group commit: the thread of a log writes all commits that wait for it by one write and one sync.
//!
//! A commit serialises its records on the calling thread, sends them, and waits for the answer. If each commit had its own
//! sync, eight threads would wait 2.8 times as long for a commit, on a disk that syncs in 0.2 ms.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::batch::Batch;
use super::current::CurrentFile;
use super::error::{FileError, Operation};
use super::notify::{Notification, Notifier, lock};
use super::options::Durability;
use crate::sink::Offers;

/// The handle of the thread, for the commits.
pub(super) struct Writer {
    path: PathBuf,
    durability: Durability,
    is_chained: bool,
    state: Arc<WriterState>,
    /// `None` after the log was closed.
    requests: Option<Sender<Request>>,
    thread: Option<JoinHandle<()>>,
}

/// The part of a log that its thread and the commits share.
#[derive(Default)]
struct WriterState {
    /// The buffer of `OnFlush`.
    buffer: Mutex<Batch>,
    notifier: Notifier,
}

/// A request to the thread. With `OnFlush` there are no `Commit`s, and otherwise there is nothing else.
enum Request {
    Commit(PendingCommit),
    /// Writes the buffer if it is full.
    WriteBuffer(Answer),
    /// Writes the buffer, and makes it durable.
    Flush(Answer),
}

struct PendingCommit {
    batch: Batch,
    notifications: Vec<Notification>,
    answer: Answer,
}

type Answer = oneshot::Sender<Result<(), FileError>>;
type PendingAnswer = oneshot::Receiver<Result<(), FileError>>;

/// The size at which the buffer of `OnFlush` is written.
const CAPACITY: usize = 64 * 1024;

const ANSWERED: &str = "the thread answers each request before it ends";

impl Writer {
    /// Starts the thread.
    pub(super) fn start(file: CurrentFile, durability: Durability) -> Result<Self, FileError> {
        let (path, is_chained) = (file.path().to_owned(), file.is_chained());
        let state = Arc::<WriterState>::default();
        let (requests, received) = channel();
        let mut worker = Worker { file, durability, state: Arc::clone(&state) };
        let thread = thread::Builder::new()
            .name("tollgate-file".to_owned())
            .spawn(move || worker.run(&received))
            .map_err(|cause| FileError::io(Operation::StartWriter, &path, cause))?;
        Ok(Self { path, durability, is_chained, state, requests: Some(requests), thread: Some(thread) })
    }

    pub(super) fn notifier(&self) -> &Notifier {
        &self.state.notifier
    }

    /// Accepts these records as one, and returns when they are as durable as the options state.
    pub(super) fn commit(&self, offers: Offers<'_>) -> Result<(), FileError> {
        self.check(offers)?;
        if offers.is_empty() {
            return Ok(());
        }
        if self.durability == Durability::OnFlush {
            let mut batch = Batch::of(offers, self.is_chained);
            while let Some(full) = self.buffer(batch, offers) {
                self.send(Request::WriteBuffer).recv().expect(ANSWERED)?;
                batch = full;
            }
            return Ok(());
        }
        self.send_commit(offers).recv().expect(ANSWERED)
    }

    /// [`commit`](Writer::commit) for a task.
    pub(super) async fn commit_async(&self, offers: Offers<'_>) -> Result<(), FileError> {
        self.check(offers)?;
        if offers.is_empty() {
            return Ok(());
        }
        if self.durability == Durability::OnFlush {
            let mut batch = Batch::of(offers, self.is_chained);
            while let Some(full) = self.buffer(batch, offers) {
                self.send(Request::WriteBuffer).await.expect(ANSWERED)?;
                batch = full;
            }
            return Ok(());
        }
        self.send_commit(offers).await.expect(ANSWERED)
    }

    /// Makes every accepted record durable.
    pub(super) fn flush(&self) -> Result<(), FileError> {
        if self.durability != Durability::OnFlush {
            return Ok(());
        }
        self.send(Request::Flush).recv().expect(ANSWERED)
    }

    fn check(&self, offers: Offers<'_>) -> Result<(), FileError> {
        if self.state.notifier.waits_for_this_thread() {
            return Err(FileError::FromObserver { path: self.path.clone() });
        }
        for record in offers.records() {
            let refused = |cause| FileError::Unrecordable { path: self.path.clone(), id: record.id, cause };
            record.check_for_line().map_err(refused)?;
        }
        Ok(())
    }

    fn send_commit(&self, offers: Offers<'_>) -> PendingAnswer {
        let batch = Batch::of(offers, self.is_chained);
        let notifications = self.state.notifier.notifications(offers.records());
        self.send(|answer| Request::Commit(PendingCommit { batch, notifications, answer }))
    }

    fn send(&self, request: impl FnOnce(Answer) -> Request) -> PendingAnswer {
        let (answer, waiting) = oneshot::channel();
        let requests = self.requests.as_ref().expect("a log is closed when it is dropped");
        requests.send(request(answer)).expect("the thread runs until the log is closed");
        waiting
    }

    /// Adds the records to the buffer, which is written later. Returns them if the buffer is full.
    fn buffer(&self, batch: Batch, offers: Offers<'_>) -> Option<Batch> {
        // Observers are notified in the order of the buffer.
        let mut observers = self.state.notifier.lock();
        {
            let mut buffer = lock(&self.state.buffer);
            if buffer.lines.len() >= CAPACITY {
                return Some(batch);
            }
            buffer.append(batch);
        }
        if let Some(observers) = &mut observers {
            self.state.notifier.notify_of(observers, offers.records());
        }
        None
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.requests.take());
        // The log may be dropped by a task that the thread itself has woken.
        if let Some(thread) = self.thread.take().filter(|own| own.thread().id() != thread::current().id()) {
            let _ = thread.join();
        }
    }
}

/// The thread.
struct Worker {
    file: CurrentFile,
    durability: Durability,
    state: Arc<WriterState>,
}

impl Worker {
    /// Answers requests until the log is closed. Then it writes the rest of the buffer, as a `BufWriter` does.
    fn run(&mut self, requests: &Receiver<Request>) {
        while let Ok(request) = requests.recv() {
            match request {
                Request::Commit(commit) => {
                    let mut commits = vec![commit];
                    if self.durability == Durability::Grouped {
                        while let Ok(Request::Commit(next)) = requests.try_recv() {
                            commits.push(next);
                        }
                    }
                    self.commit(commits);
                }
                Request::WriteBuffer(answer) => send(answer, self.write_buffer(CAPACITY)),
                Request::Flush(answer) => send(answer, self.write_buffer(1).and_then(|()| self.file.sync())),
            }
        }
        let _ = self.write_buffer(1);
    }

    fn commit(&mut self, commits: Vec<PendingCommit>) {
        let (mut batch, mut pending) = (Batch::default(), Vec::with_capacity(commits.len()));
        for commit in commits {
            batch.append(commit.batch);
            pending.push((commit.notifications, commit.answer));
        }
        let written = self.file.write(&mut batch, true);
        for (notifications, _) in pending.iter().take(written.parts) {
            self.state.notifier.notify(notifications);
        }
        for (index, (_, answer)) in pending.into_iter().enumerate() {
            send(answer, written.of_part(index));
        }
    }

    /// Writes the buffer if it has this many bytes. Records that could not be written stay in it, before newer ones.
    fn write_buffer(&mut self, least: usize) -> Result<(), FileError> {
        let mut batch = {
            let mut buffer = lock(&self.state.buffer);
            if buffer.lines.len() < least {
                return Ok(());
            }
            std::mem::take(&mut *buffer)
        };
        let written = self.file.write(&mut batch, false);
        let Some(error) = written.refused else { return Ok(()) };
        batch.remove_first(written.parts);
        let mut buffer = lock(&self.state.buffer);
        batch.append(std::mem::take(&mut *buffer));
        *buffer = batch;
        Err(error)
    }
}

/// Wakes the commit. This runs code of a task's runtime: a panic in it must not end the thread.
fn send(answer: Answer, result: Result<(), FileError>) {
    // A task that was dropped does not wait for it.
    let _ = catch_unwind(AssertUnwindSafe(|| answer.send(result)));
}
