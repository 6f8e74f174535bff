//! Clients that work for a given time, as tasks or threads, and the amount of their work.

use std::future::Future;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::Result;

/// A contender with its own database, which gets turns.
pub(crate) trait Contender {
    /// The name of its row.
    fn name(&self) -> &str;

    /// Works for this time.
    fn turn(&mut self, time: Duration) -> Result<Done>;

    /// Fails unless every acknowledged record is there, and rows agree with records.
    fn check(&mut self) -> Result<()>;
}

/// The amount of work and its duration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done {
    pub(crate) count: u64,
    pub(crate) seconds: f64,
}

impl Done {
    pub(crate) fn per_second(self) -> f64 {
        self.count as f64 / self.seconds
    }
}

/// A client that waits in a task.
pub(crate) trait AsyncClient: Send + 'static {
    /// Does one piece of work, and returns how many records it had: a batch has several.
    fn work(&mut self) -> impl Future<Output = Result<u64>> + Send;
}

/// A client that blocks its thread.
pub(crate) trait Client: Send {
    /// Does one piece of work.
    fn work(&mut self) -> Result<()>;
}

/// The check of the database after the last turn. Its argument is the number of all records.
pub(crate) type Check = Box<dyn FnMut(u64) -> Result<()>>;

/// Clients that are tasks of a runtime.
pub(crate) struct Tasks<C> {
    name: String,
    runtime: Handle,
    clients: Vec<C>,
    done: u64,
    check: Check,
}

impl<C> Tasks<C> {
    pub(crate) fn new(name: impl Into<String>, runtime: &Handle, clients: Vec<C>, check: Check) -> Self {
        Self { name: name.into(), runtime: runtime.clone(), clients, done: 0, check }
    }
}

impl<C: AsyncClient> Contender for Tasks<C> {
    fn name(&self) -> &str {
        &self.name
    }

    fn turn(&mut self, time: Duration) -> Result<Done> {
        let clients = std::mem::take(&mut self.clients);
        let started = Instant::now();
        let until = started + time;
        let count = self.runtime.block_on(async {
            let tasks: Vec<_> = clients.into_iter().map(|client| tokio::spawn(work_until(client, until))).collect();
            let mut count = 0;
            for task in tasks {
                let (client, did) = task.await??;
                self.clients.push(client);
                count += did;
            }
            Result::Ok(count)
        })?;
        self.done += count;
        Ok(Done { count, seconds: started.elapsed().as_secs_f64() })
    }

    fn check(&mut self) -> Result<()> {
        (self.check)(self.done).map_err(|error| format!("{}: {error}", self.name).into())
    }
}

async fn work_until<C: AsyncClient>(mut client: C, until: Instant) -> Result<(C, u64)> {
    let mut count = 0;
    while Instant::now() < until {
        count += client.work().await?;
    }
    Ok((client, count))
}

/// Clients that are threads.
pub(crate) struct Threads<C> {
    name: String,
    clients: Vec<C>,
    done: u64,
    check: Check,
}

impl<C> Threads<C> {
    pub(crate) fn new(name: impl Into<String>, clients: Vec<C>, check: Check) -> Self {
        Self { name: name.into(), clients, done: 0, check }
    }
}

impl<C: Client> Contender for Threads<C> {
    fn name(&self) -> &str {
        &self.name
    }

    fn turn(&mut self, time: Duration) -> Result<Done> {
        let started = Instant::now();
        let until = started + time;
        let counts: Vec<Result<u64>> = thread::scope(|scope| {
            let each = |client| {
                scope.spawn(move || {
                    let client: &mut C = client;
                    let mut count = 0;
                    while Instant::now() < until {
                        client.work()?;
                        count += 1;
                    }
                    Ok(count)
                })
            };
            let threads: Vec<_> = self.clients.iter_mut().map(each).collect();
            let joined =
                threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a client panicked".into())));
            joined.collect()
        });
        let seconds = started.elapsed().as_secs_f64();
        let count = counts.into_iter().sum::<Result<u64>>()?;
        self.done += count;
        Ok(Done { count, seconds })
    }

    fn check(&mut self) -> Result<()> {
        (self.check)(self.done).map_err(|error| format!("{}: {error}", self.name).into())
    }
}
