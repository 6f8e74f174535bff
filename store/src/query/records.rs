//! `Records`: the query for records, and its pages.

use tollgate::chrono::{DateTime, Utc};
use tollgate::{Actor, Id, Record, RecordKind, StateMachine};

use super::cursor::{Cursor, CursorPosition};
use super::edge_names::with_edge_names;
use super::filter::{Filter, Scope};
use super::listing::{Listing, RawPage};
use super::plan::plan;
use crate::backend::Executor;
use crate::row::decode::Decoded;
use crate::row::sql_row::{FromRow, SqlRow};
use crate::schema::sql::Order;
use crate::{Error, Store, Unreadable};

/// A query for records: which ones, and in which order.
///
/// It begins with all records, from the oldest to the newest. Each filter narrows it, and all filters apply together.
/// Names are recorded names. A record under a former name (`was`) is found by the present name and by the former name.
///
/// ```
/// # use tollgate::{Id, StateMachine};
/// # #[derive(StateMachine)]
/// # #[transition(pay, from = Open, to = Paid)]
/// # enum OrderState {
/// #     #[state(initial)]
/// #     Open,
/// #     #[state(terminal)]
/// #     Paid,
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use tollgate_store::Store;
/// let store = Store::open("sqlite::memory:").await?;
/// let order = OrderMachine::create(Id::from(7)).by("ann").commit_async(&store).await?;
/// order.pay().by("bob").commit_async(&store).await?;
///
/// let paid = store.records().machine::<OrderState>().transition("pay").newest_first();
/// let page = paid.page(20).await?;
/// assert_eq!(page.records[0].to.as_deref(), Some("Paid"));
/// assert!(page.next.is_none());
///
/// let mut all = store.records().by("ann").stream();
/// while let Some(record) = all.next().await {
///     println!("{}", record?.id);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Order
///
/// The id of a record begins with its time, so the order of ids is the order of time. The history of a subject is in the
/// order of its versions. You can read pages from oldest to newest while records are written: each record that existed
/// when the first page was read is returned once. A record that is committed meanwhile is returned if it comes after the
/// cursor.
///
/// # Unreadable records
///
/// A database may hold a record that this build cannot read, for example because another program inserted it. Such a
/// record does not end a listing: a page reports it in [`unreadable`](Page::unreadable), a stream yields it as
/// [`Error::Unreadable`], and both continue with the next record. [`strict`](Records::strict) stops at the first one.
#[derive(Debug, Clone)]
#[must_use = "nothing is read until `page`, `stream`, `all` or `count` is called"]
pub struct Records<S = Store> {
    source: S,
    filter: Filter,
    is_strict: bool,
}

/// The records of a page, those that could not be read, and the cursor of the next page.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// The records, in the order of the query.
    pub records: Vec<Record>,
    /// The records of this page that cannot be read, in the same order. Empty unless another program wrote a row.
    pub unreadable: Vec<Unreadable>,
    /// The cursor for [`after`](Records::after); `None` if this was the last page. A page that holds only unreadable records
    /// has a cursor too, if more records follow.
    pub next: Option<Cursor>,
}

impl<S> Records<S> {
    pub(crate) fn new(source: S) -> Self {
        Self { source, filter: Filter::default(), is_strict: false }
    }

    /// Keeps only the changes of one subject, in the order of its versions. [`kind`](Records::kind) selects its refusals.
    pub fn of<M: StateMachine>(mut self, subject: impl Into<Id>) -> Self {
        self.filter.scope = Scope::Subject(M::CHART, subject.into());
        self
    }

    /// Keeps only the records of one machine: changes and refusals.
    pub fn machine<M: StateMachine>(mut self) -> Self {
        self.filter.scope = match self.filter.scope {
            Scope::Subject(chart, subject) if chart.fingerprint == M::CHART.fingerprint => {
                Scope::Subject(chart, subject)
            }
            _ => Scope::Machine(M::CHART),
        };
        self
    }

    /// Keeps only the records of one actor, by its kind and id; its display name is ignored.
    pub fn by(mut self, actor: impl Into<Actor>) -> Self {
        self.filter.by(&actor.into());
        self
    }

    /// Keeps only the records of one transition of the machine, made or refused; a creation is `create`.
    pub fn transition(mut self, name: impl Into<String>) -> Self {
        self.filter.transition = Some(name.into());
        self
    }

    /// Keeps only the records that led to this state of the machine.
    pub fn state(mut self, name: impl Into<String>) -> Self {
        self.filter.state = Some(name.into());
        self
    }

    /// Keeps only the records of one kind.
    pub fn kind(mut self, kind: RecordKind) -> Self {
        self.filter.kind = Some(kind);
        self
    }

    /// Keeps only the records of this time and later.
    pub fn since(mut self, time: DateTime<Utc>) -> Self {
        self.filter.range.since = Some(time);
        self
    }

    /// Keeps only the records before this time.
    pub fn until(mut self, time: DateTime<Utc>) -> Self {
        self.filter.range.until = Some(time);
        self
    }

    /// Orders the records from the newest to the oldest.
    pub fn newest_first(mut self) -> Self {
        self.filter.newest_first = true;
        self
    }

    /// Stops at the first record that cannot be read, instead of reporting it and continuing.
    ///
    /// `page` and `all` then fail with [`Error::Unreadable`]. A stream yields the records before that one, then the error,
    /// and ends.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use tollgate_store::Store;
    /// # let store = Store::open("sqlite::memory:").await?;
    /// let every_record = store.records().strict().all().await?.records;
    /// assert!(every_record.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// Starts after the place at which a page ended.
    pub fn after(mut self, cursor: &Cursor) -> Self {
        self.filter.after = Some(cursor.clone());
        self
    }
}

impl<S: Clone + Into<Store>> Records<S> {
    /// Reads at most `limit` records, readable or not, and the cursor of the next page.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Query`] if the machine has no such state or transition, the filters contradict each other, the
    /// cursor is of another order or the limit is 0. Returns [`Error::Unreadable`] if the query is
    /// [`strict`](Records::strict) and a record cannot be read. Returns another error if the database fails.
    pub async fn page(&self, limit: u32) -> Result<Page, Error> {
        let store: Store = self.source.clone().into();
        Page::of(self.filter.page(&store, limit).await?, self.is_strict)
    }

    /// Reads the records one by one, with at most one page in memory.
    ///
    /// A record that cannot be read is an [`Error::Unreadable`], after which the stream continues. Any other error ends
    /// the stream.
    pub fn stream(self) -> Listing<Record> {
        let (store, mut filter): (Store, _) = (self.source.into(), self.filter);
        Listing::new(filter.after.take(), self.is_strict, move |after, limit| {
            let (store, filter) = (store.clone(), Filter { after, ..filter.clone() });
            Box::pin(async move { filter.page(&store, limit).await })
        })
    }

    /// Reads all records at once, as a single page: its `next` is `None`.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`page`](Records::page).
    pub async fn all(&self) -> Result<Page, Error> {
        let store: Store = self.source.clone().into();
        Page::of((self.filter.all(&store).await?, None), self.is_strict)
    }

    /// Counts the records. Those that cannot be read are included.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`page`](Records::page).
    pub async fn count(&self) -> Result<u64, Error> {
        let store: Store = self.source.clone().into();
        self.filter.count(&store).await
    }

    /// Returns the plan of the database for a page of 100: its output of `EXPLAIN`.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`page`](Records::page).
    pub async fn explain(&self) -> Result<String, Error> {
        let store: Store = self.source.clone().into();
        let select = self.filter.select(&store, Some(100)).await?;
        plan(&store, select.map(|select| select.statement(store.dialect()))).await
    }
}

impl Page {
    fn of((found, next): RawPage<Record>, is_strict: bool) -> Result<Self, Error> {
        let mut page = Self { records: Vec::with_capacity(found.len()), unreadable: Vec::new(), next };
        for found in found {
            match found {
                Ok(record) => page.records.push(record),
                Err(unreadable) if is_strict => return Err(unreadable.into()),
                Err(unreadable) => page.unreadable.push(*unreadable),
            }
        }
        Ok(page)
    }
}

/// A number of rows.
pub(crate) struct CountRow(pub(crate) u64);

impl FromRow for CountRow {
    fn from_row(row: &impl SqlRow) -> Result<Self, Error> {
        Ok(Self(row.bigint(0)?.and_then(|number| u64::try_from(number).ok()).unwrap_or_default()))
    }
}

impl Filter {
    async fn page<E: Executor>(&self, executor: &E, limit: u32) -> Result<RawPage<Record>, Error> {
        at_least_one(limit)?;
        let Some(select) = self.select(executor, Some(limit)).await? else { return Ok((Vec::new(), None)) };
        let mut found = executor.fetch::<Decoded>(select.statement(executor.dialect())).await?;
        let is_last = found.len() <= limit as usize;
        found.truncate(limit as usize);
        // From the id and the version, which are read even if the rest of the row cannot be read.
        let end = found.last().filter(|_| !is_last).map(|last| Cursor {
            newest_first: self.newest_first,
            position: match self.order() {
                Order::Id => CursorPosition::Id(last.id),
                Order::Version => CursorPosition::Version(last.version.unwrap_or(i64::MAX)),
            },
        });
        Ok((with_edge_names(executor, found).await?, end))
    }

    async fn all<E: Executor>(&self, executor: &E) -> Result<Vec<Result<Record, Box<Unreadable>>>, Error> {
        let Some(select) = self.select(executor, None).await? else { return Ok(Vec::new()) };
        let found = executor.fetch::<Decoded>(select.statement(executor.dialect())).await?;
        with_edge_names(executor, found).await
    }

    async fn count<E: Executor>(&self, executor: &E) -> Result<u64, Error> {
        let Some(select) = self.select(executor, None).await? else { return Ok(0) };
        let numbers = executor.fetch::<CountRow>(select.count(executor.dialect())).await?;
        Ok(numbers.first().map_or(0, |number| number.0))
    }
}

pub(crate) fn at_least_one(limit: u32) -> Result<(), Error> {
    match limit {
        0 => Err(Error::Query("the limit of a page is 0; it must be at least 1".to_owned())),
        _ => Ok(()),
    }
}

#[cfg(feature = "sqlite")]
mod blocking {
    use tollgate::Record;

    use super::{Filter, Page, Records};
    use crate::backend::sqlite::{Blocking, ready_output};
    use crate::query::listing::Iter;
    use crate::{Error, Sqlite};

    impl Records<Sqlite> {
        /// The same as [`page`](Records::page), blocking.
        ///
        /// # Errors
        ///
        /// Returns the same errors as [`page`](Records::page).
        pub fn page_blocking(&self, limit: u32) -> Result<Page, Error> {
            Page::of(ready_output(self.filter.page(&Blocking(&self.source), limit))?, self.is_strict)
        }

        /// The same as [`stream`](Records::stream), blocking.
        pub fn iter(&self) -> Iter<Record> {
            let (sqlite, filter) = (self.source.clone(), self.filter.clone());
            Iter::new(filter.after.clone(), self.is_strict, move |after, limit| {
                let filter = Filter { after, ..filter.clone() };
                ready_output(filter.page(&Blocking(&sqlite), limit))
            })
        }

        /// The same as [`count`](Records::count), blocking.
        ///
        /// # Errors
        ///
        /// Returns the same errors as [`page`](Records::page).
        pub fn count_blocking(&self) -> Result<u64, Error> {
            ready_output(self.filter.count(&Blocking(&self.source)))
        }
    }

    impl IntoIterator for &Records<Sqlite> {
        type Item = Result<Record, Error>;
        type IntoIter = Iter<Record>;

        fn into_iter(self) -> Iter<Record> {
            self.iter()
        }
    }
}
