//! The check for values that Postgres cannot store. They are refused before they are sent.

use tollgate::{Id, Record};

use super::statements::{IdType, Statements};
use crate::Error;
use crate::row::Row;
use crate::schema::registered::Registered;

/// The maximum length of a subject or an actor, in bytes of its column. Both are in an index. Postgres limits its rows to a
/// third of a page (2704 bytes), with the rest of the key and before compression.
const LONGEST_NAME: usize = 2048;

/// Refuses values that Postgres cannot store. An error of the server would abort the caller's transaction.
pub(super) fn check(record: &Record, row: &Row, known: Option<(&Registered, &Statements)>) -> Result<(), Error> {
    let refuse = |why: String| Err(Error::Unstorable { id: record.id, why });
    if let Some(field) = with_nul(row) {
        return refuse(format!("its {field} contains the character NUL, which Postgres cannot store"));
    }
    for (field, text) in [("subject", &row.subject), ("actor", &row.actor)] {
        if let Some(length) = text.as_ref().map(String::len).filter(|length| *length > LONGEST_NAME) {
            return refuse(format!("its {field} has {length} bytes; Postgres can index at most {LONGEST_NAME}"));
        }
    }
    let (Some((registered, statements)), Some(subject)) = (known, &row.subject_id) else { return Ok(()) };
    if let (Some(version), Some(most)) = (row.version, statements.most)
        && version > most
    {
        return refuse(format!(
            "its version, {version}, is past {most}, the largest in the row's version column; bigint would work"
        ));
    }
    misfit(registered, statements, subject).map_or(Ok(()), refuse)
}

/// Returns the field that contains a NUL. JSON would store it as an escape, and each SQL query that extracts the value would
/// fail.
fn with_nul(row: &Row) -> Option<&'static str> {
    let texts = [
        ("subject's kind", &row.subject_kind),
        ("subject", &row.subject),
        ("actor", &row.actor),
        ("actor's name", &row.actor_name),
        ("reason", &row.reason),
        ("event", &row.event),
        ("refused_by", &row.refused_by),
        ("refusal", &row.refusal),
    ];
    let json = [
        ("on_behalf_of", &row.on_behalf_of),
        ("context", &row.context),
        ("data", &row.data),
        ("properties", &row.properties),
        ("parameters", &row.parameters),
    ];
    let text = texts.into_iter().find(|(_, text)| text.as_ref().is_some_and(|text| text.contains('\0')));
    let escaped = || json.into_iter().find(|(_, text)| text.as_ref().is_some_and(|text| has_escaped_nul(text)));
    text.or_else(escaped).map(|(field, _)| field)
}

/// Whether a canonical JSON text contains the escape of NUL, after an even number of backslashes.
fn has_escaped_nul(json: &str) -> bool {
    let escapes = json.match_indices("\\u0000");
    escapes
        .map(|(at, _)| json[..at].bytes().rev().take_while(|byte| *byte == b'\\').count())
        .any(|before| before % 2 == 0)
}

/// Returns the reason why the subject's table cannot have a row with this id; `None` if it can.
pub(super) fn misfit(registered: &Registered, statements: &Statements, subject: &Id) -> Option<String> {
    let table = registered.table()?;
    let fits = match statements.key? {
        IdType::Integer(bits) => subject.as_i64().is_some_and(|id| {
            let most = i64::MAX >> (64 - bits);
            (-most - 1..=most).contains(&id)
        }),
        IdType::Uuid => subject.as_uuid().is_some(),
        IdType::Numeric => subject.as_i64().is_some() || subject.as_u64().is_some(),
        IdType::Padded => subject.as_str().is_none_or(|text| !text.contains('\0') && !text.ends_with(' ')),
        IdType::Other => subject.as_str().is_none_or(|text| !text.contains('\0')),
    };
    let why = || format!("`{}` of `{}` cannot hold the subject's id, `{subject}`", table.id, table.name);
    (!fits).then(why)
}
