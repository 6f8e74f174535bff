//! How long subjects stay in states: one subject's stays, and those of all in numbers.

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

/// A subject's time in a state, from its coming to its going. A transition that stays in the state does not end it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stay {
    /// The recorded name of the state: the present one.
    pub state: Cow<'static, str>,
    /// When it came.
    pub since: DateTime<Utc>,
    /// When it left; none where it is there still.
    pub until: Option<DateTime<Utc>>,
    /// The transition by which it came; `create` at its creation.
    pub entered_by: Cow<'static, str>,
    /// The transition by which it left.
    pub left_by: Option<Cow<'static, str>>,
}

impl Stay {
    /// How long it was, or is by this time.
    #[must_use]
    pub fn lasted(&self, now: DateTime<Utc>) -> Duration {
        (self.until.unwrap_or(now) - self.since).to_std().unwrap_or_default()
    }
}

/// The stays of all subjects in a state, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeInState {
    /// The recorded name of the state: the present one.
    pub state: Cow<'static, str>,
    /// How many stays have ended.
    pub ended: u64,
    /// The number of stays that have not ended.
    pub open: u64,
    /// How long the ended ones were together.
    pub total: Duration,
    /// How long the longest of the ended ones was; at most 285 years.
    pub longest: Duration,
}

impl TimeInState {
    /// How long an ended stay was in the mean; none where none has ended.
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

/// The time that all subjects of a machine spend in its states; see [`time_in_states`](Store::time_in_states).
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

    /// Only the stays that began at this time or later.
    pub fn since(mut self, time: DateTime<Utc>) -> Self {
        self.range.since = Some(time);
        self
    }

    /// Only the stays that began before this time.
    pub fn until(mut self, time: DateTime<Utc>) -> Self {
        self.range.until = Some(time);
        self
    }

    /// Each state in the order of the chart, also those in which no subject was; then those that the chart lost.
    ///
    /// # Errors
    ///
    /// Errors of the database.
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

    /// Returns the output of the database's `EXPLAIN` for this query.
    ///
    /// # Errors
    ///
    /// Errors of the database.
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

/// The stays of one subject.
pub(crate) async fn stays<E: Executor>(executor: &E, chart: &'static Chart, subject: &Id) -> Result<Vec<Stay>, Error> {
    let Some(machine) = edges::machine_before(executor, chart).await? else { return Ok(Vec::new()) };
    let subject = id_text::to_text(subject).into_owned();
    if executor.dialect() == Dialect::Postgres && subject.contains('\0') {
        // No text of Postgres has one.
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
