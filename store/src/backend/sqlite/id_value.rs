//! The id of a subject as the user's table stores it.

use rusqlite::Statement;
use tollgate::Id;
use tollgate::uuid::Uuid;

/// An id, bound as what it is.
#[derive(Debug)]
pub(crate) enum IdValue<'i> {
    Integer(i64),
    Text(&'i str),
    Uuid(Uuid),
    /// Too large for an integer of SQLite: no row has it.
    TooLarge,
}

impl<'i> IdValue<'i> {
    pub(crate) fn of(id: &'i Id) -> Self {
        if let Some(uuid) = id.as_uuid() {
            return Self::Uuid(uuid);
        }
        id.as_str().map(Self::Text).or_else(|| id.as_i64().map(Self::Integer)).unwrap_or(Self::TooLarge)
    }

    /// Binds the first parameter; of a UUID the second too, as the 16 bytes that a column may hold in place of the text.
    pub(crate) fn bind(&self, statement: &mut Statement<'_>) -> rusqlite::Result<()> {
        match self {
            Self::Integer(integer) => statement.raw_bind_parameter(1, integer),
            Self::Text(text) => statement.raw_bind_parameter(1, text),
            Self::Uuid(uuid) => {
                statement.raw_bind_parameter(1, &*uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()))?;
                statement.raw_bind_parameter(2, &uuid.as_bytes()[..])
            }
            Self::TooLarge => statement.raw_bind_parameter(1, None::<i64>),
        }
    }
}
