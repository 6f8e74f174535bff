//! Connections that only read: on the thread of a caller that blocks, or on one of two threads for tasks.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::connect::{self, Settings};
use super::files::Files;
use crate::Error;

/// The number of connections that are kept open while nothing is read.
const IDLE: usize = 4;
const THREADS: usize = 2;

type Call = Box<dyn FnOnce(Result<&Connection, Error>) + Send>;

/// The connections that read, and the threads that read for tasks.
pub(crate) struct Readers {
    pool: Arc<Pool>,
    /// None once the store is dropped, which ends the threads.
    calls: Option<Sender<Call>>,
    threads: Vec<JoinHandle<()>>,
}

struct Pool {
    settings: Settings,
    files: Arc<Files>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) fn start(settings: Settings, files: Arc<Files>) -> std::io::Result<Self> {
        let pool = Arc::new(Pool { settings, files, idle: Mutex::default() });
        let (sender, receiver) = mpsc::channel();
        let mut readers = Self { pool, calls: Some(sender), threads: Vec::new() };
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..THREADS {
            let (pool, receiver) = (Arc::clone(&readers.pool), Arc::clone(&receiver));
            let thread = thread::Builder::new().name("tollgate-sqlite-reader".into());
            readers.threads.push(thread.spawn(move || serve(&pool, &receiver))?);
        }
        Ok(readers)
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, receiver) = oneshot::channel();
        // The caller may have stopped waiting.
        let call = move |connection: Result<&Connection, Error>| drop(sender.send(connection.and_then(read)));
        let calls = self.calls.as_ref().ok_or(Error::StoreClosed)?;
        calls.send(Box::new(call)).map_err(|_| Error::StoreClosed)?;
        receiver.await.map_err(|_| Error::StoreClosed)?
    }

    pub(crate) fn read_blocking<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        self.pool.with_connection(|connection| connection.and_then(read))
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.calls = None;
        for thread in self.threads.drain(..) {
            // A read may hold the last handle of the store: then this is its thread, which ends after this.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

fn serve(pool: &Pool, calls: &Mutex<Receiver<Call>>) {
    loop {
        let call = lock(calls).recv();
        let Ok(call) = call else { return };
        pool.with_connection(call);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    fn with_connection<T>(&self, read: impl FnOnce(Result<&Connection, Error>) -> T) -> T {
        let idle = lock(&self.idle).pop();
        let connection = idle.map_or_else(|| connect::reader(&self.settings), Ok);
        // After the opening: a connection that was opened later than the writer's may be to another file.
        let connection = match self.files.check().map_err(Error::from).and(connection) {
            Ok(connection) => connection,
            Err(error) => return read(Err(error)),
        };
        let answer = read(Ok(&connection));
        let mut idle = lock(&self.idle);
        // A transaction that was left open would always read the same snapshot.
        if idle.len() < IDLE && connection.is_autocommit() {
            idle.push(connection);
        }
        answer
    }
}
