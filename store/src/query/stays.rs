//! The time that subjects spend in states: the stays of one subject, and totals for all subjects.

use std::borrow::Cow;
use std::time::Duration;

use tollgate::Id;
use tollgate::chart::Chart;
use tollgate::chrono::{DateTime, Utc};
use tollgate::uuid::Uuid;

use super::plan::plan;
use super::range::Range;
use crate::backend::Executor;
use crate::backend::edges;
use crate::row::decode::{Decoded, named};
use crate::row::id_text;
use crate::row::sql_row::{DecodeError, FromRow, SqlRow, not_null};
use crate::schema::names::{state_name, transition_name};
use crate::schema::sql::{self, Dialect, Statement};
use crate::{Error, Store};

/// The time of a subject in a state, from entering it to leaving it. A transition that stays in the state does not end it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stay {
    /// The recorded name of the state: the present one.
    pub state: Cow<'static, str>,
    /// The time at which the subject entered the state.
    pub since: DateTime<Utc>,
    /// The time at which it left; `None` if it is still in the state.
    pub until: Option<DateTime<Utc>>,
    /// The transition by which it entered; `create` for its creation.
    pub entered_by: Cow<'static, str>,
    /// The transition by which it left; `None` if it is still in the state.
    pub left_by: Option<Cow<'static, str>>,
}

impl Stay {
    /// Returns the length of the stay; one that has not ended is measured until `now`.
    #[must_use]
    pub fn lasted(&self, now: DateTime<Utc>) -> Duration {
        (self.until.unwrap_or(now) - self.since).to_std().unwrap_or_default()
    }
}

/// The totals of the stays of all subjects in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeInState {
    /// The recorded name of the state: the present one.
    pub state: Cow<'static, str>,
    /// The number of stays that have ended.
    pub ended: u64,
    /// The number of stays that have not ended.
    pub open: u64,
    /// The sum of the lengths of the ended stays.
    pub total: Duration,
    /// The length of the longest ended stay; at most 285 years.
    pub longest: Duration,
}

impl TimeInState {
    /// Returns the mean length of the ended stays; `None` if no stay has ended.
    #[must_use]
    pub fn mean(&self) -> Option<Duration> {
        let nanos = self.total.as_nanos().checked_div(self.ended.into())?;
        let seconds = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
        Some(Duration::new(seconds, u32::try_from(nanos % 1_000_000_000).unwrap_or_default()))
    }

    fn none(state: Cow<'static, str>) -> Self {
        Self { state, ended: 0, open: 0, total: Duration::ZERO, longest: Duration::ZERO }
    }
}

/// A query for the time that all subjects of a machine spend in its states; see
/// [`time_in_states`](Store::time_in_states).
#[derive(Debug, Clone)]
#[must_use = "nothing is read until `all` is called"]
pub struct TimeInStates {
    store: Store,
    chart: &'static Chart,
    range: Range,
}

impl TimeInStates {
    pub(crate) fn new(store: Store, chart: &'static Chart) -> Self {
        Self { store, chart, range: Range::default() }
    }

    /// Keeps only the stays that began at this time or later.
    pub fn since(mut self, time: DateTime<Utc>) -> Self {
        self.range.since = Some(time);
        self
    }

    /// Keeps only the stays that began before this time.
    pub fn until(mut self, time: DateTime<Utc>) -> Self {
        self.range.until = Some(time);
        self
    }

    /// Returns each state of the chart in its order, including unused states, then former states that the chart lacks.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn all(&self) -> Result<Vec<TimeInState>, Error> {
        let Self { store, chart, .. } = self;
        let mut states: Vec<_> = chart.states.iter().map(|state| TimeInState::none(state.name.into())).collect();
        let Some(machine) = edges::machine(store, chart).await? else { return Ok(states) };
        let statement = self.statement(&machine);
        let times = store.fetch::<EdgeTime>(statement).await?;
        let edges = edges::named(store, times.iter().map(|time| time.edge)).await?;
        for time in times {
            let Some(edge) = edges.get(&time.edge) else { continue };
            let name = state_name(chart, &edge.to);
            let place = states.iter().position(|state| state.state == name).unwrap_or_else(|| {
                states.push(TimeInState::none(name));
                states.len() - 1
            });
            let state = &mut states[place];
            state.ended += time.ended;
            state.open += time.open;
            state.total = state.total.saturating_add(time.total);
            state.longest = state.longest.max(time.longest);
        }
        Ok(states)
    }

    /// Returns the plan of the database for this query: its output of `EXPLAIN`.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn explain(&self) -> Result<String, Error> {
        let machine = edges::machine(&self.store, self.chart).await?;
        plan(&self.store, machine.map(|machine| self.statement(&machine))).await
    }

    fn statement(&self, machine: &edges::Machine) -> Statement {
        sql::times(self.store.dialect(), machine.id, machine.loops(self.chart), &self.range.exactly())
    }
}

/// The stays that began along one edge.
struct EdgeTime {
    edge: i32,
    ended: u64,
    open: u64,
    total: Duration,
    longest: Duration,
}

impl FromRow for EdgeTime {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        let number = |at| Ok::<_, Error>(u64::try_from(row.bigint(at)?.unwrap_or_default()).unwrap_or_default());
        let nanos = i128::from(row.bigint(3)?.unwrap_or_default()) * 1_000_000_000;
        let nanos = u128::try_from(nanos + i128::from(row.bigint(4)?.unwrap_or_default())).unwrap_or_default();
        let (seconds, nanos) = (nanos / 1_000_000_000, u32::try_from(nanos % 1_000_000_000).unwrap_or_default());
        Ok(Self {
            edge: not_null(row.integer(0)?)?,
            ended: number(1)?,
            open: number(2)?,
            total: Duration::new(u64::try_from(seconds).unwrap_or(u64::MAX), nanos),
            longest: Duration::from_nanos(number(5)?),
        })
    }
}

/// A change in the history of a subject.
struct ChangeRow {
    id: Uuid,
    version: Option<i64>,
    edge: i32,
    at: Result<DateTime<Utc>, DecodeError>,
}

impl FromRow for ChangeRow {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        let at = row.time(1).and_then(not_null).map_err(|why| named("at", why));
        Ok(Self { edge: not_null(row.integer(0)?)?, at, id: not_null(row.uuid(3)?)?, version: row.bigint(4)? })
    }
}

/// Returns the stays of one subject.
pub(crate) async fn stays<E: Executor>(executor: &E, chart: &'static Chart, subject: &Id) -> Result<Vec<Stay>, Error> {
    let Some(machine) = edges::machine_before(executor, chart).await? else { return Ok(Vec::new()) };
    let subject = id_text::to_text(subject).into_owned();
    if executor.dialect() == Dialect::Postgres && subject.contains('\0') {
        // A text of Postgres cannot contain a NUL.
        return Ok(Vec::new());
    }
    let statement = sql::way(executor.dialect(), machine.id, subject);
    let way = executor.fetch::<ChangeRow>(statement).await?;
    let edges = edges::named(executor, way.iter().map(|change| change.edge)).await?;
    let mut stays: Vec<Stay> = Vec::new();
    for change in way {
        let Some(edge) = edges.get(&change.edge) else { continue };
        if edge.stays(chart) {
            continue;
        }
        let at = change.at.map_err(|why| Decoded::unreadable(change.id, change.version, why))?;
        let transition = transition_name(chart, &edge.transition);
        if let Some(left) = stays.last_mut() {
            left.until = Some(at);
            left.left_by = Some(transition.clone());
        }
        let state = state_name(chart, &edge.to);
        stays.push(Stay { state, since: at, until: None, entered_by: transition, left_by: None });
    }
    Ok(stays)
}
