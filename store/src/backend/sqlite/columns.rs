//! The check of the table's columns: each must return the value that the store writes into it.
//!
//! SQLite converts what is stored by the affinity of the column, which it takes from the declared type: a text that reads
//! as a number becomes a number in a column of type INTEGER, and a number becomes a text in a column of type TEXT. The
//! rules are those of <https://www.sqlite.org/datatype3.html> and <https://www.sqlite.org/stricttables.html>.

use rusqlite::{Connection, OptionalExtension};
use tollgate::Id;
use tollgate::machine::Declaration;

use crate::Error;
use crate::backend::registration::{NO_TABLE, no_column};

/// The effect of a column on a value that is stored in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Affinity {
    Text,
    /// INTEGER, and NUMERIC, which differ only in a CAST.
    Numeric,
    Real,
    /// Stores every value as it is.
    None,
    /// BLOB in a STRICT table: refuses everything else.
    BlobOnly,
}

#[derive(Debug)]
struct Column {
    name: String,
    /// As it was declared; empty if it has no type.
    of_type: String,
}

impl Column {
    /// SQLite's rules, in their order.
    fn affinity(&self, is_strict: bool) -> Affinity {
        let of_type = self.of_type.to_ascii_uppercase();
        let has = |part: &str| of_type.contains(part);
        match &*of_type {
            "ANY" if is_strict => Affinity::None,
            "BLOB" if is_strict => Affinity::BlobOnly,
            _ if has("INT") => Affinity::Numeric,
            _ if has("CHAR") || has("CLOB") || has("TEXT") => Affinity::Text,
            _ if has("BLOB") || of_type.is_empty() => Affinity::None,
            _ if has("REAL") || has("FLOA") || has("DOUB") => Affinity::Real,
            _ => Affinity::Numeric,
        }
    }
}

/// Refuses a table that is not as it was declared, or that would change what is written into it. Gives the type of the id
/// column, if it stores a text that reads as a number as a number.
pub(super) fn check(connection: &Connection, of: &'static Declaration) -> Result<Option<String>, Error> {
    let Some(table) = of.table() else { return Ok(None) };
    let refuse = |why: String| Error::Table { machine: of.chart().machine, table: table.name, why };
    let (schema, name) = table.name.split_once('.').unwrap_or(("main", table.name));
    let unseen = |error: rusqlite::Error| refuse(format!("its columns cannot be read: {error}"));
    let columns = columns(connection, schema, name).map_err(unseen)?;
    let is_strict = is_strict(connection, schema, name).map_err(unseen)?;
    if columns.is_empty() {
        return Err(refuse(NO_TABLE.to_owned()));
    }
    let find = |wanted: &str| {
        let found = columns.iter().find(|column| column.name.eq_ignore_ascii_case(wanted));
        found.ok_or_else(|| refuse(no_column(wanted, columns.iter().map(|column| &*column.name))))
    };
    let (id, state) = (find(table.id)?, find(table.state)?);
    let names = of.chart().states.iter().map(|state| state.name);
    check_state(state, is_strict, names).map_err(refuse)?;
    if let Some(version) = table.version {
        check_version(find(version)?, is_strict).map_err(refuse)?;
    }
    match id.affinity(is_strict) {
        Affinity::Real => Err(refuse(format!(
            "`{}` is {}, which does not tell large ids apart; INTEGER or TEXT would work",
            id.name, id.of_type
        ))),
        Affinity::Numeric => Ok(Some(id.of_type.clone())),
        Affinity::Text | Affinity::None | Affinity::BlobOnly => Ok(None),
    }
}

fn check_state<'n>(column: &Column, is_strict: bool, mut states: impl Iterator<Item = &'n str>) -> Result<(), String> {
    let Column { name, of_type } = column;
    match column.affinity(is_strict) {
        Affinity::Text | Affinity::None => Ok(()),
        Affinity::BlobOnly | Affinity::Numeric | Affinity::Real if is_strict => {
            Err(format!("`{name}` is {of_type}, and the table is STRICT: it takes no state's name; TEXT would work"))
        }
        _ => match states.find(|state| reads_as_number(state)) {
            Some(state) => Err(format!(
                "`{name}` is {of_type}, which would store the state `{state}` as a number; TEXT would work"
            )),
            None => Ok(()),
        },
    }
}

fn check_version(column: &Column, is_strict: bool) -> Result<(), String> {
    let stored_as = match column.affinity(is_strict) {
        Affinity::Numeric | Affinity::None => return Ok(()),
        Affinity::Text => "would store a version as a text",
        Affinity::Real => "would store a version as a float",
        Affinity::BlobOnly => "takes no version in a STRICT table",
    };
    Err(format!("`{}` is {}, which {stored_as}; INTEGER would work", column.name, column.of_type))
}

/// Why a column of this type, which stores numbers, would not give this id back as it is.
pub(super) fn misfit(of_type: &str, id: &Id) -> Option<String> {
    let text = id.as_str().filter(|text| reads_as_number(text))?;
    Some(format!("the text `{text}` would become a number in a column of type {of_type}; TEXT would work"))
}

/// Whether a column of numeric affinity would store this text as a number. A text that only begins as one stays a text.
fn reads_as_number(text: &str) -> bool {
    // The white space that SQLite skips.
    let text = text.trim_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    // Without words such as `inf`, which Rust reads and SQLite does not.
    unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') && text.parse::<f64>().is_ok()
}

fn columns(connection: &Connection, schema: &str, table: &str) -> rusqlite::Result<Vec<Column>> {
    let mut columns = connection.prepare("SELECT name, type FROM pragma_table_info(?1, ?2)")?;
    let columns = columns.query_map([table, schema], |row| Ok(Column { name: row.get(0)?, of_type: row.get(1)? }))?;
    columns.collect()
}

fn is_strict(connection: &Connection, schema: &str, table: &str) -> rusqlite::Result<bool> {
    const STRICT: &str =
        "SELECT strict FROM pragma_table_list WHERE schema = ?2 COLLATE NOCASE AND name = ?1 COLLATE NOCASE";
    let strict = connection.prepare(STRICT)?.query_row([table, schema], |row| row.get::<_, bool>(0)).optional()?;
    Ok(strict.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use rusqlite::types::Type;

    use super::{Affinity, Column, reads_as_number};

    #[test]
    fn affinity_of_each_type_is_that_of_sqlite() -> rusqlite::Result<()> {
        let connection = Connection::open_in_memory()?;
        let types = [
            "",
            "INTEGER",
            "int",
            "BIGINT",
            "TEXT",
            "varchar(20)",
            "CLOB",
            "BLOB",
            "REAL",
            "double precision",
            "FLOAT",
            "NUMERIC",
            "DECIMAL(10,5)",
            "BOOLEAN",
            "DATE",
            "STRING",
            "ANY",
            "CHARINT",
            "FLOATING POINT",
            "enum",
        ];
        for of_type in types {
            connection.execute_batch(&format!("DROP TABLE IF EXISTS t; CREATE TABLE t (c {of_type})"))?;
            connection.execute("INSERT INTO t VALUES ('7'), (7)", [])?;
            let stored: Vec<Type> = connection
                .prepare("SELECT c FROM t")?
                .query_map([], |row| Ok(row.get_ref(0)?.data_type()))?
                .collect::<rusqlite::Result<_>>()?;
            let expected = match (stored[0], stored[1]) {
                (Type::Text, Type::Text) => Affinity::Text,
                (Type::Text, Type::Integer) => Affinity::None,
                (Type::Real, Type::Real) => Affinity::Real,
                (Type::Integer, Type::Integer) => Affinity::Numeric,
                other => panic!("{of_type} {other:?}"),
            };
            let column = Column { name: "c".to_owned(), of_type: of_type.to_owned() };
            assert_eq!(column.affinity(false), expected, "{of_type}");
        }
        Ok(())
    }

    #[test]
    fn text_reads_as_number_where_sqlite_stores_a_number() -> rusqlite::Result<()> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch("CREATE TABLE t (c NUMERIC)")?;
        let texts = [
            "0",
            "007",
            "-0",
            "+7",
            "1.",
            ".5",
            "1e3",
            "1E-3",
            " 7 ",
            "\t7\n",
            "7a",
            "a7",
            "0x10",
            "1e",
            "e1",
            "",
            " ",
            ".",
            "+",
            "-",
            "inf",
            "nan",
            "Infinity",
            "1_000",
            "7 7",
            "Draft",
            "9223372036854775808",
            "1e999",
            "123456789012345678901234567890",
            "\u{a0}7",
            "7\0",
        ];
        for text in texts {
            connection.execute("DELETE FROM t", [])?;
            connection.execute("INSERT INTO t VALUES (?1)", [text])?;
            let stored = connection.query_row("SELECT c FROM t", [], |row| Ok(row.get_ref(0)?.data_type()))?;
            // A number of more digits than a float has may stay a text: it is refused too.
            let is_number = stored != Type::Text || text.len() > 15 && text.parse::<f64>().is_ok();
            assert_eq!(reads_as_number(text), is_number, "{text:?} is {stored}");
        }
        Ok(())
    }
}
