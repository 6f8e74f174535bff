//! Where a subject's rows are, for a sink that keeps the state there too.

use crate::chart::Chart;

/// The table of a subject's rows, and the columns of it that a store reads and writes.
///
/// `#[subject(table = "..", state = "..", version = "..")]` states it. A store touches these columns and no others.
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
    /// The table, with its schema where it needs one: `reports`, `press.reports`.
    pub name: &'static str,
    /// The column that names the subject.
    pub id: &'static str,
    /// The column that holds the recorded name of the state.
    pub state: &'static str,
    /// The column that holds the version of the last record, where there is one.
    pub version: Option<&'static str>,
}

/// What a sink may know of the machine whose record it is offered. Only this crate makes one.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Declaration {
    pub chart: &'static Chart,
    pub table: Option<Table>,
}
