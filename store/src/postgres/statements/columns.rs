//! What the statements are given: each by its name, and in the order in which a statement lists them.

use super::Key;

/// What is to be written: a parameter of a statement for one record, and of one for many an array with an element for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::postgres) enum Given {
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
    /// What names the subject in its table.
    Key,
    Kind,
    Machine,
    Event,
    Properties,
    RefusedBy,
    Refusal,
    Parameters,
}

/// What a record of any kind may have, and columns by these names.
const RECORD: [Given; 16] = [
    Given::Id,
    Given::At,
    Given::AtNanos,
    Given::SubjectKind,
    Given::Subject,
    Given::Edge,
    Given::Version,
    Given::ActorKind,
    Given::Actor,
    Given::ActorName,
    Given::OnBehalfOf,
    Given::Reason,
    Given::Context,
    Given::Data,
    Given::Prev,
    Given::Digest,
];

impl Given {
    /// Its name, which is its column's where it is on record, and its type.
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

    /// Whether it is a column of the record.
    pub(super) fn is_on_record(self) -> bool {
        !matches!(self, Self::To | Self::From | Self::Key)
    }
}

/// What a statement is given, in the order of its parameters.
#[derive(Debug)]
pub(in crate::postgres) struct Parameters {
    given: Vec<Given>,
}

impl Parameters {
    /// For a change: its record, and what the row in the table is moved by.
    pub(super) fn of_change(key: Option<Key>) -> Self {
        let mut given = RECORD.to_vec();
        given.push(Given::From);
        given.extend(key.map(|_| Given::To));
        given.extend(key.filter(|key| key.is_plain()).map(|_| Given::Key));
        Self { given }
    }

    /// For an event or a refusal.
    pub(super) fn of_other() -> Self {
        let other = [
            Given::Kind,
            Given::Machine,
            Given::Event,
            Given::Properties,
            Given::RefusedBy,
            Given::Refusal,
            Given::Parameters,
        ];
        Self { given: RECORD.into_iter().chain(other).collect() }
    }

    pub(in crate::postgres) fn iter(&self) -> impl Iterator<Item = Given> {
        self.given.iter().copied()
    }

    /// How the statement names this parameter.
    pub(super) fn place(&self, given: Given) -> String {
        let index = self.iter().position(|other| other == given);
        format!("${}", index.expect("a statement names what it is given") + 1)
    }

    /// The columns of the record, and the value of each.
    pub(super) fn columns(&self, value: impl Fn(Given) -> String) -> (String, String) {
        let on_record = self.iter().filter(|given| given.is_on_record());
        let (columns, values): (Vec<&str>, Vec<String>) =
            on_record.map(|given| (given.named().0, value(given))).unzip();
        (columns.join(", "), values.join(", "))
    }
}
