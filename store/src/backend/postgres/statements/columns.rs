//! The parameters of the statements: the columns of a record, and the values that move the row of the subject's table.

use super::IdType;

/// A parameter of a statement: a value for one record, or an array with an element for each of many records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend::postgres) enum Column {
    Id,
    At,
    AtNanos,
    SubjectKind,
    Subject,
    Edge,
    Version,
    ActorKind,
    Actor,
    ActorName,
    OnBehalfOf,
    Reason,
    Context,
    Data,
    Prev,
    Digest,
    /// The state that is reached.
    To,
    /// The state that is left.
    From,
    /// The id of the subject in its table.
    Key,
    Kind,
    Machine,
    Event,
    Properties,
    RefusedBy,
    Refusal,
    Parameters,
}

/// The columns that a record of any kind may have.
const RECORD: [Column; 16] = [
    Column::Id,
    Column::At,
    Column::AtNanos,
    Column::SubjectKind,
    Column::Subject,
    Column::Edge,
    Column::Version,
    Column::ActorKind,
    Column::Actor,
    Column::ActorName,
    Column::OnBehalfOf,
    Column::Reason,
    Column::Context,
    Column::Data,
    Column::Prev,
    Column::Digest,
];

impl Column {
    /// Returns the name and the type. The name is that of the column in the table of records, if there is one.
    pub(super) fn named(self) -> (&'static str, &'static str) {
        match self {
            Self::Id => ("id", "uuid"),
            Self::At => ("at", "timestamptz"),
            Self::AtNanos => ("at_nanos", "smallint"),
            Self::SubjectKind => ("subject_kind", "text"),
            Self::Subject => ("subject", "text"),
            Self::Edge => ("edge", "integer"),
            Self::Version => ("version", "bigint"),
            Self::ActorKind => ("actor_kind", "text"),
            Self::Actor => ("actor", "text"),
            Self::ActorName => ("actor_name", "text"),
            Self::OnBehalfOf => ("on_behalf_of", "json"),
            Self::Reason => ("reason", "text"),
            Self::Context => ("context", "json"),
            Self::Data => ("data", "json"),
            Self::Prev => ("prev", "bytea"),
            Self::Digest => ("digest", "bytea"),
            Self::To => ("to_state", "text"),
            Self::From => ("from_state", "text"),
            Self::Key => ("key", "text"),
            Self::Kind => ("kind", "text"),
            Self::Machine => ("machine", "integer"),
            Self::Event => ("event", "text"),
            Self::Properties => ("properties", "json"),
            Self::RefusedBy => ("refused_by", "text"),
            Self::Refusal => ("refusal", "text"),
            Self::Parameters => ("parameters", "json"),
        }
    }

    /// Whether it is a column of the table of records.
    pub(super) fn is_on_record(self) -> bool {
        !matches!(self, Self::To | Self::From | Self::Key)
    }
}

/// The parameters of a statement, in their order.
#[derive(Debug)]
pub(in crate::backend::postgres) struct Columns {
    columns: Vec<Column>,
}

impl Columns {
    /// Returns the parameters for a change: its record, and the values that move the row in the table.
    pub(super) fn of_change(key: Option<IdType>) -> Self {
        let mut columns = RECORD.to_vec();
        columns.push(Column::From);
        columns.extend(key.map(|_| Column::To));
        columns.extend(key.filter(|key| key.is_plain()).map(|_| Column::Key));
        Self { columns }
    }

    /// Returns the parameters for an event or a refusal.
    pub(super) fn of_other() -> Self {
        let other = [
            Column::Kind,
            Column::Machine,
            Column::Event,
            Column::Properties,
            Column::RefusedBy,
            Column::Refusal,
            Column::Parameters,
        ];
        Self { columns: RECORD.into_iter().chain(other).collect() }
    }

    pub(in crate::backend::postgres) fn iter(&self) -> impl Iterator<Item = Column> {
        self.columns.iter().copied()
    }

    /// Returns the placeholder of this parameter.
    pub(super) fn parameter(&self, column: Column) -> String {
        let index = self.iter().position(|other| other == column);
        format!("${}", index.expect("a statement uses only its own columns") + 1)
    }

    /// Returns the columns of the record, and the value of each.
    pub(super) fn on_record(&self, value: impl Fn(Column) -> String) -> (String, String) {
        let on_record = self.iter().filter(|column| column.is_on_record());
        let (columns, values): (Vec<&str>, Vec<String>) =
            on_record.map(|column| (column.named().0, value(column))).unzip();
        (columns.join(", "), values.join(", "))
    }
}
