//! The queries on the history. Their SQL is in `sql`.

mod counts;
mod cursor;
mod edge_names;
mod filter;
mod in_states;
mod listing;
mod plan;
mod range;
mod records;
mod stays;

use tollgate::{Id, StateMachine};

pub use self::counts::{Count, Counts};
pub use self::cursor::{Cursor, NotACursor};
pub use self::in_states::{InState, SubjectsIn, SubjectsPage};
#[cfg(feature = "sqlite")]
pub use self::listing::Iter;
pub use self::listing::Listing;
pub use self::records::{Page, Records};
pub use self::stays::{Stay, TimeInState, TimeInStates};
use crate::{Error, Store};

impl Store {
    /// Returns a query for all records; its filters narrow it.
    pub fn records(&self) -> Records {
        Records::new(self.clone())
    }

    /// Returns a query for the history of a subject, in the order of its versions: its creation and its transitions.
    ///
    /// It is short for `records().of::<M>(subject)`.
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
    /// # let store = Store::open("sqlite::memory:").await?;
    /// OrderMachine::create(Id::from(7)).commit_async(&store).await?.pay().commit_async(&store).await?;
    /// let history = store.history::<OrderState>(7).all().await?;
    /// assert!(history.unreadable.is_empty());
    /// assert_eq!(history.records.iter().filter_map(|record| record.to.as_deref()).collect::<Vec<_>>(), ["Open", "Paid"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn history<M: StateMachine>(&self, subject: impl Into<Id>) -> Records {
        self.records().of::<M>(subject)
    }

    /// Returns a query for the subjects that are in this state now, by its recorded name.
    ///
    /// A subject is in the state if its last record led to it, under its present name or a former one.
    ///
    /// The database reads the last record of each subject of the machine, and not the records before it: a longer history
    /// of the same subjects does not cost more. If the machine has many subjects and few are in the state, use the state
    /// column of your own table.
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
    /// # let store = Store::open("sqlite::memory:").await?;
    /// for order in 1..=3 {
    ///     OrderMachine::create(Id::from(order)).commit_async(&store).await?;
    /// }
    /// let open = store.subjects_in::<OrderState>("Open").page(2).await?;
    /// assert_eq!(open.subjects[0].subject, Id::from(1));
    /// let next = open.next.ok_or("three orders are more than a page of two")?;
    /// assert_eq!(store.subjects_in::<OrderState>("Open").after(&next).page(2).await?.subjects.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn subjects_in<M: StateMachine>(&self, state: impl Into<String>) -> SubjectsIn {
        SubjectsIn::new(self.clone(), M::CHART, state.into())
    }

    /// Returns the time that one subject spent in each state, in the order of its history; empty if it has no history.
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
    /// # let store = Store::open("sqlite::memory:").await?;
    /// OrderMachine::create(Id::from(7)).commit_async(&store).await?.pay().commit_async(&store).await?;
    /// let stays = store.stays::<OrderState>(7).await?;
    /// assert_eq!((&*stays[0].state, stays[0].left_by.as_deref()), ("Open", Some("pay")));
    /// assert_eq!((&*stays[1].state, stays[1].until), ("Paid", None));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Unreadable`] if the time of a change cannot be read, and an error if the database fails.
    pub async fn stays<M: StateMachine>(&self, subject: impl Into<Id>) -> Result<Vec<Stay>, Error> {
        stays::stays(self, M::CHART, &subject.into()).await
    }

    /// Returns a query for the time that all subjects of the machine spent in each of its states.
    ///
    /// The query reads all changes of the machine once.
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
    /// # let store = Store::open("sqlite::memory:").await?;
    /// OrderMachine::create(Id::from(7)).commit_async(&store).await?.pay().commit_async(&store).await?;
    /// let times = store.time_in_states::<OrderState>().all().await?;
    /// assert_eq!((&*times[0].state, times[0].ended, times[0].open), ("Open", 1, 0));
    /// assert_eq!((&*times[1].state, times[1].ended, times[1].open), ("Paid", 0, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn time_in_states<M: StateMachine>(&self) -> TimeInStates {
        TimeInStates::new(self.clone(), M::CHART)
    }

    /// Returns a query for the number of times that each transition of the machine was made, by day.
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
    /// # let store = Store::open("sqlite::memory:").await?;
    /// OrderMachine::create(Id::from(7)).commit_async(&store).await?;
    /// let counts = store.counts::<OrderState>().all().await?;
    /// assert_eq!((&*counts[0].transition, counts[0].count), ("create", 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn counts<M: StateMachine>(&self) -> Counts {
        Counts::new(self.clone(), M::CHART)
    }
}

#[cfg(feature = "sqlite")]
impl crate::Sqlite {
    /// Returns a query for all records, which also has blocking calls.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use tollgate_store::Store;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn open() -> Result<Store, tollgate_store::Error> {
    /// #     Store::open("sqlite::memory:").await
    /// # }
    /// # let store = open()?;
    /// let sqlite = store.as_sqlite().ok_or("it is on SQLite")?;
    /// for record in &sqlite.records().newest_first() {
    ///     println!("{}", record?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn records(&self) -> Records<Self> {
        Records::new(self.clone())
    }

    /// Returns a query for the history of a subject, in the order of its versions, which also has blocking calls.
    pub fn history<M: StateMachine>(&self, subject: impl Into<Id>) -> Records<Self> {
        self.records().of::<M>(subject)
    }

    /// Returns a query for the subjects that are in this state now, which also has blocking calls. See
    /// [`Store::subjects_in`].
    pub fn subjects_in<M: StateMachine>(&self, state: impl Into<String>) -> SubjectsIn<Self> {
        SubjectsIn::new(self.clone(), M::CHART, state.into())
    }
}
