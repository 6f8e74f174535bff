//! The subjects that are in a state now.

use std::sync::Arc;

use tollgate::Id;
use tollgate::chart::Chart;
use tollgate::chrono::{DateTime, Utc};
use tollgate::uuid::Uuid;

use super::cursor::{Cursor, CursorPosition};
use super::listing::{Listing, RawPage};
use super::plan::plan;
use super::records::{CountRow, at_least_one};
use crate::backend::Executor;
use crate::backend::edges;
use crate::row::decode::{Decoded, named};
use crate::row::id_text;
use crate::row::sql_row::{DecodeError, FromRow, SqlRow, not_null};
use crate::schema::names::{no_state, state_name};
use crate::schema::sql::{Order, Subjects};
use crate::{Error, Store, Unreadable};

/// A subject, and the time since which it is in the state of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InState {
    /// The id of the subject.
    pub subject: Id,
    /// The time at which it entered the state. A transition that stays in the state does not change it.
    pub since: DateTime<Utc>,
    /// The version of its last record.
    pub version: u64,
}

/// A query for the subjects that are in one state now, in the order of their creations; see
/// [`subjects_in`](Store::subjects_in).
#[derive(Debug, Clone)]
#[must_use = "nothing is read until `page`, `stream`, `all` or `count` is called"]
pub struct SubjectsIn<S = Store> {
    source: S,
    state: StateFilter,
    after: Option<Cursor>,
}

/// The subjects of a page, those whose last record could not be read, and the cursor of the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubjectsPage {
    /// The subjects, in the order of their creations.
    pub subjects: Vec<InState>,
    /// The last records of the subjects that could not be read, in the same order. Only the id, the version and the time of
    /// the last record are read: its other columns may be unreadable.
    pub unreadable: Vec<Unreadable>,
    /// The cursor for [`after`](SubjectsIn::after); `None` if this was the last page.
    pub next: Option<Cursor>,
}

#[derive(Debug, Clone)]
struct StateFilter {
    chart: &'static Chart,
    state: String,
}

impl<S> SubjectsIn<S> {
    pub(crate) fn new(source: S, chart: &'static Chart, state: String) -> Self {
        Self { source, state: StateFilter { chart, state }, after: None }
    }

    /// Starts after the place at which a page ended.
    pub fn after(mut self, cursor: &Cursor) -> Self {
        self.after = Some(cursor.clone());
        self
    }
}

impl<S: Clone + Into<Store>> SubjectsIn<S> {
    /// Reads at most `limit` subjects, and the cursor of the next page.
    ///
    /// A subject that leaves the state while pages are read is returned only if its page is read before. A subject is
    /// returned at most once, even if its state changes while pages are read.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Query`] if the machine has no such state, the cursor is of another order or the limit is 0, and an
    /// error if the database fails.
    pub async fn page(&self, limit: u32) -> Result<SubjectsPage, Error> {
        let store: Store = self.source.clone().into();
        self.state.page(&store, self.after.as_ref(), limit).await.map(SubjectsPage::of)
    }

    /// Reads the subjects one by one, with at most one page in memory.
    pub fn stream(self) -> Listing<InState> {
        let (store, state): (Store, _) = (self.source.into(), self.state);
        Listing::new(self.after, false, move |after, limit| {
            let (store, state) = (store.clone(), state.clone());
            Box::pin(async move { state.page(&store, after.as_ref(), limit).await })
        })
    }

    /// Reads all subjects at once, as a single page: its `next` is `None`.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`page`](SubjectsIn::page).
    pub async fn all(&self) -> Result<SubjectsPage, Error> {
        let store: Store = self.source.clone().into();
        let subjects = self.state.subjects(&store, self.after.as_ref()).await?;
        let Some(subjects) = subjects else { return Ok(SubjectsPage::of((Vec::new(), None))) };
        let rows = store.fetch::<SubjectRow>(subjects.statement(store.dialect(), None)).await?;
        Ok(SubjectsPage::of((rows.into_iter().map(|row| row.subject).collect(), None)))
    }

    /// Returns the number of subjects.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`page`](SubjectsIn::page).
    pub async fn count(&self) -> Result<u64, Error> {
        let store: Store = self.source.clone().into();
        let Some(subjects) = self.state.subjects(&store, self.after.as_ref()).await? else { return Ok(0) };
        let numbers = store.fetch::<CountRow>(subjects.count(store.dialect())).await?;
        Ok(numbers.first().map_or(0, |number| number.0))
    }

    /// Returns the plan of the database for a page of 100: its output of `EXPLAIN`.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`page`](SubjectsIn::page).
    pub async fn explain(&self) -> Result<String, Error> {
        let store: Store = self.source.clone().into();
        let subjects = self.state.subjects(&store, self.after.as_ref()).await?;
        plan(&store, subjects.map(|subjects| subjects.statement(store.dialect(), Some(101)))).await
    }
}

impl SubjectsPage {
    fn of((found, next): RawPage<InState>) -> Self {
        let mut page = Self { subjects: Vec::with_capacity(found.len()), unreadable: Vec::new(), next };
        for found in found {
            match found {
                Ok(subject) => page.subjects.push(subject),
                Err(unreadable) => page.unreadable.push(*unreadable),
            }
        }
        page
    }
}

struct SubjectRow {
    /// The id of the creation, which gives the order.
    created: Uuid,
    subject: Result<InState, Box<Unreadable>>,
}

impl FromRow for SubjectRow {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        let id = not_null(row.uuid(0)?)?;
        let version = row.bigint(2)?;
        let subject = || {
            let subject = row.text(1).and_then(not_null).map_err(|why| named("subject", why))?;
            let since = row.time(3).and_then(not_null).map_err(|why| named("at", why))?;
            let version = version.and_then(|version| u64::try_from(version).ok());
            let version = version.ok_or_else(|| DecodeError::new("`version` is negative"))?;
            Ok(InState { subject: id_text::from_text(subject), since, version })
        };
        let created = not_null(row.uuid(5)?)?;
        Ok(Self { created, subject: subject().map_err(|why| Decoded::unreadable(id, version, why)) })
    }
}

impl StateFilter {
    /// Returns `None` if no edge leads to the state.
    async fn subjects<E: Executor>(&self, executor: &E, after: Option<&Cursor>) -> Result<Option<Subjects>, Error> {
        let Self { chart, state } = self;
        let position = after.map(|cursor| cursor.position_in(Order::Id, false)).transpose()?;
        let machine = edges::machine(executor, chart).await?;
        let leads = |edge: &edges::Edge| state_name(chart, &edge.to) == state_name(chart, state);
        let leading = machine.as_ref().map(|machine| machine.edges_that(leads)).unwrap_or_default();
        if leading.is_empty() && chart.state(state).is_none() {
            return Err(no_state(chart, state));
        }
        let after = position.and_then(|position| match position {
            CursorPosition::Id(id) => Some(id),
            CursorPosition::Version(_) => None,
        });
        let machine = machine.filter(|_| !leading.is_empty());
        let subjects = |machine: Arc<edges::Machine>| Subjects {
            machine: machine.id,
            loops: machine.loops(chart),
            leading,
            after,
        };
        Ok(machine.map(subjects))
    }

    async fn page<E: Executor>(
        &self,
        executor: &E,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<RawPage<InState>, Error> {
        at_least_one(limit)?;
        let Some(subjects) = self.subjects(executor, after).await? else { return Ok((Vec::new(), None)) };
        let mut rows =
            executor.fetch::<SubjectRow>(subjects.statement(executor.dialect(), Some(i64::from(limit) + 1))).await?;
        let is_last = rows.len() <= limit as usize;
        rows.truncate(limit as usize);
        let last = rows.last().filter(|_| !is_last);
        let next = last.map(|last| Cursor { newest_first: false, position: CursorPosition::Id(last.created) });
        Ok((rows.into_iter().map(|row| row.subject).collect(), next))
    }
}

#[cfg(feature = "sqlite")]
mod blocking {
    use super::{InState, SubjectsIn, SubjectsPage};
    use crate::backend::sqlite::{Blocking, ready_output};
    use crate::query::listing::Iter;
    use crate::{Error, Sqlite};

    impl SubjectsIn<Sqlite> {
        /// The same as [`page`](SubjectsIn::page), blocking.
        ///
        /// # Errors
        ///
        /// Returns the same errors as [`page`](SubjectsIn::page).
        pub fn page_blocking(&self, limit: u32) -> Result<SubjectsPage, Error> {
            ready_output(self.state.page(&Blocking(&self.source), self.after.as_ref(), limit)).map(SubjectsPage::of)
        }

        /// The same as [`stream`](SubjectsIn::stream), blocking.
        pub fn iter(&self) -> Iter<InState> {
            let (sqlite, state) = (self.source.clone(), self.state.clone());
            Iter::new(self.after.clone(), false, move |after, limit| {
                ready_output(state.page(&Blocking(&sqlite), after.as_ref(), limit))
            })
        }
    }

    impl IntoIterator for &SubjectsIn<Sqlite> {
        type Item = Result<InState, Error>;
        type IntoIter = Iter<InState>;

        fn into_iter(self) -> Iter<InState> {
            self.iter()
        }
    }
}
