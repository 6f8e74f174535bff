//! The number of times that each transition was made on each day.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tollgate::chart::Chart;
use tollgate::chrono::{DateTime, NaiveDate, Utc};

use super::plan::plan;
use super::range::Range;
use crate::backend::Executor;
use crate::backend::edges;
use crate::row::sql_row::{FromRow, SqlRow, not_null};
use crate::schema::names::transition_name;
use crate::schema::sql::{self, Condition, Order, Statement};
use crate::{Error, Store};

/// The number of times that a transition was made on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// The day in UTC.
    pub day: NaiveDate,
    /// The recorded name of the transition: the present one; `create` for creations.
    pub transition: Cow<'static, str>,
    /// The number of times.
    pub count: u64,
}

/// A query for the number of times that each transition of a machine was made, by day; see [`counts`](Store::counts).
#[derive(Debug, Clone)]
#[must_use = "nothing is read until `all` is called"]
pub struct Counts {
    store: Store,
    chart: &'static Chart,
    range: Range,
}

impl Counts {
    pub(crate) fn new(store: Store, chart: &'static Chart) -> Self {
        Self { store, chart, range: Range::default() }
    }

    /// Keeps only the transitions that were made at this time or later.
    pub fn since(mut self, time: DateTime<Utc>) -> Self {
        self.range.since = Some(time);
        self
    }

    /// Keeps only the transitions that were made before this time.
    pub fn until(mut self, time: DateTime<Utc>) -> Self {
        self.range.until = Some(time);
        self
    }

    /// Returns the counts by day, and within a day by the name of the transition. A transition that was not made on a day
    /// is left out, and so is a record whose time cannot be read.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn all(&self) -> Result<Vec<Count>, Error> {
        let Self { store, chart, .. } = self;
        let Some(statement) = self.statement().await? else { return Ok(Vec::new()) };
        let counted = store.fetch::<EdgeCount>(statement).await?;
        let edges = edges::named(store, counted.iter().map(|counted| counted.edge)).await?;
        let mut counts: BTreeMap<(NaiveDate, Cow<'static, str>), u64> = BTreeMap::new();
        for EdgeCount { edge, day, count } in counted {
            let (Some(edge), Some(day)) = (edges.get(&edge), day) else { continue };
            *counts.entry((day, transition_name(chart, &edge.transition))).or_default() += count;
        }
        Ok(counts.into_iter().map(|((day, transition), count)| Count { day, transition, count }).collect())
    }

    /// Returns the plan of the database for this query: its output of `EXPLAIN`.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn explain(&self) -> Result<String, Error> {
        plan(&self.store, self.statement().await?).await
    }

    async fn statement(&self) -> Result<Option<Statement>, Error> {
        let machine = edges::machine(&self.store, self.chart).await?;
        let edges = machine.map(|machine| machine.edges_that(|_| true)).unwrap_or_default();
        if edges.is_empty() {
            return Ok(None);
        }
        let mut conditions = vec![Condition::EachEdge(edges), Condition::Change];
        conditions.extend(self.range.conditions(Order::Id, false, None));
        Ok(Some(sql::counts(self.store.dialect(), &conditions)))
    }
}

struct EdgeCount {
    edge: i32,
    /// `None` if the time of the records cannot be read.
    day: Option<NaiveDate>,
    count: u64,
}

impl FromRow for EdgeCount {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        let count = row.bigint(2)?.and_then(|count| u64::try_from(count).ok()).unwrap_or_default();
        Ok(Self { edge: not_null(row.integer(0)?)?, day: row.day(1).unwrap_or_default(), count })
    }
}
