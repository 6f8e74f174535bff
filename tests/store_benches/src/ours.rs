//! Tollgate's side: commits into a store, as its users write them.

use std::time::Duration;

use tokio::runtime::Handle;
use tollgate::AsyncSink;
use tollgate_store::{Batching, Options, Sqlite, Store};

use crate::Result;
use crate::load::{AsyncClient, Check, Client, Tasks, Threads};
use crate::plan::Plan;
use crate::report::{AnyReport, Place, Report, ReportState};

/// A store on a database that was filled.
pub(crate) struct Ours<'a> {
    pub(crate) url: &'a str,
    pub(crate) plan: Plan,
    pub(crate) runtime: &'a Handle,
    pub(crate) check: Check,
}

impl Ours<'_> {
    /// Opens the store as it was filled: with or without the chain.
    pub(crate) fn open(&self, set: impl FnOnce(Options) -> Options) -> Result<Store> {
        let options = set(Store::options(self.url).machine::<ReportState>().timeout(Duration::from_mins(1)));
        let options = if self.plan.keeps_chain { options } else { options.without_chain() };
        Ok(self.runtime.block_on(options.open())?)
    }

    /// Tasks that commit one by one into sinks that this makes.
    pub(crate) fn tasks<S: CommitsTo>(
        self,
        name: impl Into<String>,
        store: &Store,
        clients: usize,
        each: usize,
        sink: impl FnMut() -> S,
    ) -> Result<Tasks<Single<S>>> {
        let made = self.singles(store, clients, each, sink)?;
        Ok(Tasks::new(name, self.runtime, made, self.check))
    }

    /// Threads that commit one by one, and block.
    pub(crate) fn threads(
        self,
        name: impl Into<String>,
        store: &Store,
        clients: usize,
        each: usize,
    ) -> Result<Threads<Single<Sqlite>>> {
        let sqlite = store.as_sqlite().ok_or("threads commit into SQLite")?;
        let made = self.singles(store, clients, each, || sqlite.clone())?;
        Ok(Threads::new(name, made, self.check))
    }

    fn singles<S>(
        &self,
        store: &Store,
        clients: usize,
        each: usize,
        mut sink: impl FnMut() -> S,
    ) -> Result<Vec<Single<S>>> {
        let shares = self.plan.shares(clients, each);
        self.runtime.block_on(async {
            let mut all = Vec::new();
            for (number, places) in shares.into_iter().enumerate() {
                all.push(Single {
                    sink: sink(),
                    reports: resumed(store, &places).await?,
                    turn: 0,
                    request: 0,
                    actor: format!("user-{number}"),
                });
            }
            Ok(all)
        })
    }
}

async fn resumed(store: &Store, places: &[Place]) -> Result<Vec<Option<AnyReport>>> {
    let mut reports = Vec::new();
    for place in places {
        let report = Report { id: place.id };
        reports.push(Some(store.resume::<ReportState>(report).await?));
    }
    Ok(reports)
}

/// A client that commits one by one.
pub(crate) struct Single<S> {
    sink: S,
    reports: Vec<Option<AnyReport>>,
    turn: usize,
    request: u64,
    actor: String,
}

impl<S: CommitsTo> AsyncClient for Single<S> {
    async fn work(&mut self) -> Result<u64> {
        self.turn = (self.turn + 1) % self.reports.len();
        self.request += 1;
        let report = self.reports[self.turn].take().ok_or("a commit failed before, and its report is gone")?;
        self.reports[self.turn] = Some(self.sink.step(report, &self.actor, self.request).await?);
        Ok(1)
    }
}

impl Client for Single<Sqlite> {
    fn work(&mut self) -> Result<()> {
        self.turn = (self.turn + 1) % self.reports.len();
        self.request += 1;
        let report = self.reports[self.turn].take().ok_or("a commit failed before, and its report is gone")?;
        let (sink, by, request) = (&self.sink, self.actor.as_str(), self.request);
        self.reports[self.turn] = Some(match report {
            AnyReport::Draft(report) => report.submit().by(by).with("request", request).commit(sink)?.into(),
            AnyReport::Review(report) => report.publish().by(by).with("request", request).commit(sink)?.into(),
            AnyReport::Published(report) => report.retract().by(by).with("request", request).commit(sink)?.into(),
        });
        Ok(())
    }
}

/// The sink of a step.
pub(crate) trait CommitsTo: Clone + Send + 'static {
    /// Moves the report to its next state.
    fn step(&self, report: AnyReport, actor: &str, request: u64) -> impl Future<Output = Result<AnyReport>> + Send;
}

impl CommitsTo for Store {
    async fn step(&self, report: AnyReport, actor: &str, request: u64) -> Result<AnyReport> {
        step(self, report, actor, request).await
    }
}

impl CommitsTo for Batching {
    async fn step(&self, report: AnyReport, actor: &str, request: u64) -> Result<AnyReport> {
        step(self, report, actor, request).await
    }
}

/// The next step of a report, into any sink.
pub(crate) async fn step<K: AsyncSink<Error = tollgate_store::Error>>(
    sink: K,
    report: AnyReport,
    actor: &str,
    request: u64,
) -> Result<AnyReport> {
    Ok(match report {
        AnyReport::Draft(report) => report.submit().by(actor).with("request", request).commit_async(sink).await?.into(),
        AnyReport::Review(report) => {
            report.publish().by(actor).with("request", request).commit_async(sink).await?.into()
        }
        AnyReport::Published(report) => {
            report.retract().by(actor).with("request", request).commit_async(sink).await?.into()
        }
    })
}
