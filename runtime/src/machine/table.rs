//! The table of a subject's rows, for a sink that stores the state there too.

use std::marker::PhantomData;

use super::StateMachine;
use crate::chart::Chart;

/// The table of a subject's rows, and the columns of it that a store reads and writes.
///
/// `#[subject(table = "..", state = "..", version = "..")]` declares it. A store uses these columns and no others.
///
/// ```
/// use tollgate::Subject;
///
/// #[derive(Subject)]
/// #[subject(table = "reports", version = "version")]
/// struct Report {
///     #[subject(id)]
///     number: i64,
/// }
///
/// let table = Report::TABLE.ok_or("it names a table")?;
/// assert_eq!((table.id, table.state, table.version), ("number", "state", Some("version")));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Table {
    /// The table, with its schema if it needs one: `reports`, `press.reports`.
    pub name: &'static str,
    /// The column that identifies the row.
    pub id: &'static str,
    /// The column that holds the recorded name of the state.
    pub state: &'static str,
    /// The column that holds the version of the last record, if there is one.
    pub version: Option<&'static str>,
}

/// A machine as a store sees it: its chart, and the table of its subjects. Only this crate makes one, for a machine that
/// was declared.
///
/// A sink gets it with each [`Offer`](crate::sink::Offer) of a commit, and [`Declaration::of`] returns it for a machine
/// that a store registers beforehand.
///
/// ```
/// use tollgate::{StateMachine, machine::Declaration};
///
/// #[derive(StateMachine)]
/// #[transition(open, from = Shut, to = Ajar)]
/// enum DoorState {
///     #[state(initial)]
///     Shut,
///     #[state(terminal)]
///     Ajar,
/// }
///
/// let declaration = Declaration::of::<DoorState>();
/// assert_eq!((declaration.chart().machine, declaration.table()), ("Door", None));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    chart: &'static Chart,
    table: Option<Table>,
}

impl Declaration {
    /// Returns the declaration of this machine.
    #[must_use]
    pub const fn of<M: StateMachine>() -> &'static Self {
        Of::<M>::DECLARATION
    }

    /// Returns the chart.
    #[must_use]
    pub const fn chart(&self) -> &'static Chart {
        self.chart
    }

    /// Returns the table of the subjects' rows, if `#[subject(table = "..")]` names one.
    #[must_use]
    pub const fn table(&self) -> Option<&Table> {
        self.table.as_ref()
    }
}

/// A constant that an implementation of `StateMachine` cannot replace.
struct Of<M>(PhantomData<M>);

impl<M: StateMachine> Of<M> {
    const DECLARATION: &'static Declaration = &Declaration { chart: M::CHART, table: M::SUBJECT.table() };
}
