//! The cache of edges: the process keeps the names of each edge that it has read, because an edge never changes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use tollgate::chart::Chart;
use tollgate::{Digest, Record};

use super::{Executor, registration};
use crate::Error;
use crate::row::decode;
use crate::row::sql_row::{FromRow, SqlRow, not_null};
use crate::schema::names::{of_chart, state_name};
use crate::schema::sql::{self, Dialect, Which};

/// An edge, as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    pub(crate) id: i32,
    /// The machine's recorded name in the edge's chart.
    name: Cow<'static, str>,
    chart: Digest,
    pub(crate) transition: Cow<'static, str>,
    /// `None` for a creation.
    pub(crate) from: Option<Cow<'static, str>>,
    pub(crate) to: Cow<'static, str>,
}

impl FromRow for Edge {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        let text =
            |at| Ok::<_, crate::row::sql_row::DecodeError>(row.text(at)?.map(|text| Cow::Owned(text.to_owned())));
        Ok(Self {
            id: not_null(row.integer(0)?)?,
            name: not_null(text(1)?)?,
            chart: not_null(decode::digest(row, 2)?)?,
            transition: not_null(text(3)?)?,
            from: text(4)?,
            to: not_null(text(5)?)?,
        })
    }
}

impl Edge {
    /// Sets the names of the record to those of the edge.
    pub(crate) fn name(&self, record: &mut Record) {
        record.machine = Some(self.name.clone());
        record.chart = Some(self.chart);
        record.transition = Some(self.transition.clone());
        record.from.clone_from(&self.from);
        record.to = Some(self.to.clone());
    }

    /// Replaces the names by the chart's static texts, which are cheap to copy.
    fn in_words_of(mut self, chart: &'static Chart) -> Self {
        for name in [&mut self.name, &mut self.transition, &mut self.to].into_iter().chain(&mut self.from) {
            *name = of_chart(chart, name);
        }
        self
    }

    /// Whether the edge ends in the state in which it begins.
    pub(crate) fn stays(&self, chart: &'static Chart) -> bool {
        self.from.as_ref().is_some_and(|from| state_name(chart, from) == state_name(chart, &self.to))
    }
}

/// A stored machine, with the edges of all its charts.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) id: i32,
    last_chart: i32,
    pub(crate) edges: Vec<Arc<Edge>>,
}

impl Machine {
    /// Returns the ids of the edges for which `holds` is true.
    pub(crate) fn edges_that(&self, holds: impl Fn(&Edge) -> bool) -> Vec<i32> {
        self.edges.iter().filter(|edge| holds(edge)).map(|edge| edge.id).collect()
    }

    /// Returns the edges that end in the state in which they begin.
    pub(crate) fn loops(&self, chart: &'static Chart) -> Vec<i32> {
        self.edges_that(|edge| edge.stays(chart))
    }
}

/// The edges that this process has read.
#[derive(Debug, Default)]
pub(crate) struct EdgeTable {
    by_id: RwLock<HashMap<i32, Arc<Edge>>>,
    machines: RwLock<HashMap<Digest, Arc<Machine>>>,
    /// The last chart of the database from which they were read.
    #[cfg(feature = "sqlite")]
    of: std::sync::Mutex<Option<Registry>>,
}

/// The last stored chart, which identifies the set of charts: its id, its fingerprint and the time of its registration.
#[cfg(feature = "sqlite")]
pub(crate) type Registry = (i64, Vec<u8>, String);

/// The last chart of a machine.
struct LastChart {
    machine: i32,
    chart: i32,
}

impl FromRow for LastChart {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        Ok(Self { machine: not_null(row.integer(0)?)?, chart: not_null(row.integer(1)?)? })
    }
}

/// Returns the machine of this chart, with its present edges; `None` if none of its charts is stored.
///
/// Another program may have registered another chart in the meantime. Each call therefore reads the last chart, which costs
/// a round trip.
pub(crate) async fn machine<E: Executor>(executor: &E, chart: &'static Chart) -> Result<Option<Arc<Machine>>, Error> {
    let names = registration::names(chart);
    let found = executor.fetch::<LastChart>(sql::machines(executor.dialect(), &names)).await?;
    let last = match found.as_slice() {
        [] => return Ok(None),
        [last] => last,
        several => {
            let charts = executor.fetch(sql::charts(executor.dialect(), &names)).await?;
            let machine = registration::machine_of(&charts, chart)?;
            let Some(last) = several.iter().find(|last| Some(last.machine) == machine) else { return Ok(None) };
            last
        }
    };
    let edges = executor.edges();
    if let Some(machine) = edges.machine(chart).filter(|machine| machine.last_chart == last.chart) {
        return Ok(Some(machine));
    }
    let read = executor.fetch::<Edge>(sql::edges(executor.dialect(), Which::Machine(last.machine))).await?;
    let read = edges.add(read.into_iter().map(|edge| edge.in_words_of(chart)));
    let machine = Arc::new(Machine { id: last.machine, last_chart: last.chart, edges: read });
    edges.machines.write().unwrap_or_else(PoisonError::into_inner).insert(chart.fingerprint, Arc::clone(&machine));
    Ok(Some(machine))
}

/// Returns the machine of this chart from the cache: its id does not change.
///
/// On SQLite it is read again, because a backup that is restored into the open file may give its id to another machine. The
/// read is cheap there.
pub(crate) async fn machine_before<E: Executor>(
    executor: &E,
    chart: &'static Chart,
) -> Result<Option<Arc<Machine>>, Error> {
    match executor.edges().machine(chart) {
        Some(machine) if executor.dialect() != Dialect::Sqlite => Ok(Some(machine)),
        _ => machine(executor, chart).await,
    }
}

/// Returns the edges of these ids; those that are not in the cache are read.
pub(crate) async fn named<E: Executor>(
    executor: &E,
    ids: impl Iterator<Item = i32> + Send,
) -> Result<HashMap<i32, Arc<Edge>>, Error> {
    let ids: HashSet<i32> = ids.collect();
    let edges = executor.edges();
    let (mut known, unknown) = edges.known(&ids);
    if !unknown.is_empty() {
        let read = executor.fetch::<Edge>(sql::edges(executor.dialect(), Which::Ids(&unknown))).await?;
        known.extend(edges.add(read.into_iter()).into_iter().map(|edge| (edge.id, edge)));
    }
    Ok(known)
}

impl EdgeTable {
    /// Clears the cache if the stored charts differ: a backup may have been restored.
    #[cfg(feature = "sqlite")]
    pub(crate) fn keep_if_of(&self, registry: Option<Registry>) {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if *of != registry {
            *of = registry;
            self.by_id.write().unwrap_or_else(PoisonError::into_inner).clear();
            self.machines.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// Clears the cache: its ids are those of another database.
    #[cfg_attr(
        not(feature = "postgres"),
        allow(dead_code, reason = "only a server can be restored while a store is open")
    )]
    pub(crate) fn forget(&self) {
        self.machines.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.by_id.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn machine(&self, chart: &Chart) -> Option<Arc<Machine>> {
        self.machines.read().unwrap_or_else(PoisonError::into_inner).get(&chart.fingerprint).cloned()
    }

    /// Returns the edges that are in the cache, and the other ids.
    fn known(&self, ids: &HashSet<i32>) -> (HashMap<i32, Arc<Edge>>, Vec<i32>) {
        let edges = self.by_id.read().unwrap_or_else(PoisonError::into_inner);
        let known = ids.iter().filter_map(|id| edges.get(id).map(|edge| (*id, Arc::clone(edge)))).collect();
        (known, ids.iter().copied().filter(|id| !edges.contains_key(id)).collect())
    }

    fn add(&self, read: impl Iterator<Item = Edge>) -> Vec<Arc<Edge>> {
        let mut edges = self.by_id.write().unwrap_or_else(PoisonError::into_inner);
        let added = read.map(Arc::new).inspect(|edge| {
            edges.insert(edge.id, Arc::clone(edge));
        });
        added.collect()
    }
}
