//! Connections that only read: two threads of their own for tasks, and the caller's thread for whoever blocks.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::connect::{self, Settings};
use super::files::Files;
use crate::Error;

/// How many connections are kept open while nobody reads.
const IDLE: usize = 4;
const THREADS: usize = 2;

type Call = Box<dyn FnOnce(Result<&Connection, Error>) + Send>;

struct Shared {
    settings: Settings,
    files: Arc<Files>,
    idle: Mutex<Vec<Connection>>,
    queue: Mutex<Queue>,
    work: Condvar,
}

#[derive(Default)]
struct Queue {
    calls: VecDeque<Call>,
    is_closing: bool,
    is_broken: bool,
}

/// Those that read.
pub(crate) struct Readers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    pub(crate) fn start(settings: Settings, files: Arc<Files>) -> std::io::Result<Self> {
        let (idle, queue) = (Mutex::default(), Mutex::default());
        let shared = Arc::new(Shared { settings, files, idle, queue, work: Condvar::new() });
        let mut readers = Self { shared, threads: Vec::new() };
        for _ in 0..THREADS {
            let serving = Arc::clone(&readers.shared);
            let thread = thread::Builder::new().name("tollgate-sqlite-reader".into()).spawn(move || serving.serve())?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, receiver) = oneshot::channel();
        // Nobody has to be there for the answer.
        let call = move |connection: Result<&Connection, Error>| drop(sender.send(connection.and_then(read)));
        self.shared.submit(Box::new(call))?;
        receiver.await.map_err(|_| Error::StoreClosed)?
    }

    pub(crate) fn read_blocking<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        self.shared.with_connection(|connection| connection.and_then(read))
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        lock(&self.shared.queue).is_closing = true;
        self.shared.work.notify_all();
        for thread in self.threads.drain(..) {
            // A call may have held the last handle: then this is that thread, and it ends after this.
            if thread.thread().id() != thread::current().id() {
                // That it panicked was said to whoever waited for it.
                let _ = thread.join();
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn submit(&self, call: Call) -> Result<(), Error> {
        let mut queue = lock(&self.queue);
        if queue.is_broken {
            return Err(Error::StoreClosed);
        }
        queue.calls.push_back(call);
        drop(queue);
        self.work.notify_one();
        Ok(())
    }

    fn serve(&self) {
        let whole = Whole(self);
        loop {
            let mut queue = lock(&self.queue);
            let call = loop {
                if let Some(call) = queue.calls.pop_front() {
                    break call;
                }
                if queue.is_closing || queue.is_broken {
                    return std::mem::forget(whole);
                }
                queue = self.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
            };
            drop(queue);
            self.with_connection(call);
        }
    }

    fn with_connection<T>(&self, read: impl FnOnce(Result<&Connection, Error>) -> T) -> T {
        let idle = lock(&self.idle).pop();
        let connection = idle.map_or_else(|| connect::reader(&self.settings), Ok);
        // Afterwards: a connection that was opened later than the one that writes may be to another file.
        let connection = match self.files.check().map_err(Error::from).and(connection) {
            Ok(connection) => connection,
            Err(error) => return read(Err(error)),
        };
        let answer = read(Ok(&connection));
        let mut idle = lock(&self.idle);
        // A transaction that was left open would read the same for ever.
        if idle.len() < IDLE && connection.is_autocommit() {
            idle.push(connection);
        }
        answer
    }
}

/// Gone by a panic, a thread leaves nobody waiting.
struct Whole<'s>(&'s Shared);

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        let mut queue = lock(&self.0.queue);
        queue.is_broken = true;
        let forgotten = std::mem::take(&mut queue.calls);
        drop(queue);
        drop(forgotten);
        self.0.work.notify_all();
    }
}
