//! The check of the triggers, functions and indexes that protect the tables, and their restoration.

use std::collections::HashMap;

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};

use super::database;
use super::execute::unnamed;
use crate::Error;
use crate::error::Unprotected;

/// The triggers, functions and indexes that protect the tables. If the file runs again, it restores those that are missing.
pub(super) const PROTECTION: &str = include_str!("protection.sql");

const FAILED: &str = "checking the triggers of tollgate";

/// The functions of the schema: name, body, whether it runs with the rights of the owner, and whether it has the search path
/// of this schema.
const FUNCTIONS: &str = "SELECT p.proname::text, p.prosrc, p.prosecdef,
        p.proconfig IS NOT DISTINCT FROM ARRAY['search_path=' || quote_ident(n.nspname) || ', pg_temp']
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.pronamespace = n.oid
    WHERE c.oid = to_regclass('tollgate_record') AND p.proname LIKE 'tollgate\\_%'";

/// The triggers of the schema: table, name, function, events on which it fires, state, and whether it fires unconditionally.
const TRIGGERS: &str = "SELECT t.relname::text, g.tgname::text, p.proname::text, g.tgtype, g.tgenabled::text,
        g.tgqual IS NULL AND cardinality(g.tgattr::int2[]) = 0 AND p.pronamespace = t.relnamespace
    FROM pg_class c JOIN pg_class t ON t.relnamespace = c.relnamespace JOIN pg_trigger g ON g.tgrelid = t.oid
    JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE c.oid = to_regclass('tollgate_record') AND g.tgname LIKE 'tollgate\\_%'";

/// The unique indexes that are missing, and whether the triggers of this session are off.
const REST: &str = "SELECT ARRAY(
        SELECT name FROM unnest(ARRAY['tollgate_record_pkey', 'tollgate_record_version']) name
        WHERE NOT EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                          WHERE i.indrelid = to_regclass('tollgate_record') AND x.relname = name
                            AND i.indisunique AND i.indisvalid)),
    current_setting('session_replication_role') = 'replica'";

/// The functions of constants that differ from the edges. It is one statement, so that a concurrent registration cannot make
/// them differ.
const CONSTANTS: &str = "SELECT x.name FROM tollgate_bodies() b, pg_class c,
        LATERAL (VALUES ('tollgate_rule', b.rule), ('tollgate_departed', b.departed), ('tollgate_reached', b.reached)) x (name, body)
    WHERE c.oid = to_regclass('tollgate_record') AND NOT EXISTS (
        SELECT FROM pg_proc p WHERE p.pronamespace = c.relnamespace AND p.proname = x.name AND p.prosrc = x.body)";

/// Refuses a database whose triggers, functions or indexes are not those of this build.
pub(super) async fn check(connection: &mut PgConnection) -> Result<(), Error> {
    let failed = database(FAILED);
    let functions = unnamed(FUNCTIONS).fetch_all(&mut *connection).await.map_err(&failed)?;
    let mut faults = faults_of_functions(&functions).map_err(&failed)?;
    let triggers = unnamed(TRIGGERS).fetch_all(&mut *connection).await.map_err(&failed)?;
    faults.extend(faults_of_triggers(&triggers).map_err(&failed)?);
    let rest = unnamed(REST).fetch_one(&mut *connection).await.map_err(&failed)?;
    let indexes: Vec<String> = rest.try_get(0).map_err(&failed)?;
    faults.extend(indexes.into_iter().map(|index| format!("the unique index `{index}` is missing")));
    if rest.try_get(1).map_err(&failed)? {
        faults.push("`session_replication_role` is `replica`, so that triggers do not fire".to_owned());
    }
    // It calls a function of the database, which is safe only after its text was compared.
    if faults.is_empty() {
        let constants = unnamed(CONSTANTS).fetch_all(connection).await.map_err(&failed)?;
        for row in constants {
            let name: String = row.try_get(0).map_err(&failed)?;
            faults.push(format!("the function `{name}` does not match tollgate_edge"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Unprotected(Box::new(Unprotected { faults }))) }
}

fn faults_of_functions(rows: &[PgRow]) -> Result<Vec<String>, sqlx::Error> {
    let mut found: HashMap<String, (String, bool, bool)> = HashMap::new();
    for row in rows {
        found.insert(row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?));
    }
    let fault = |function: Function<'_>| {
        let name = function.name;
        match found.get(name) {
            None => Some(format!("the function `{name}` is missing")),
            Some((body, ..)) if body != function.body => Some(format!("the function `{name}` was changed")),
            Some((_, is_definer, _)) if *is_definer != function.is_definer => {
                Some(format!("the function `{name}` was changed"))
            }
            Some((.., keeps_path)) if function.keeps_path && !keeps_path => {
                Some(format!("the function `{name}` has the search path of another schema"))
            }
            Some(_) => None,
        }
    };
    Ok(functions().filter_map(fault).collect())
}

fn faults_of_triggers(rows: &[PgRow]) -> Result<Vec<String>, sqlx::Error> {
    let mut found: HashMap<(String, String), (String, i16, String, bool)> = HashMap::new();
    for row in rows {
        let state = (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?, row.try_get(5)?);
        found.insert((row.try_get(0)?, row.try_get(1)?), state);
    }
    let fault = |trigger: Trigger<'_>| {
        let Trigger { name, table, function, fires } = trigger;
        let what = format!("the trigger `{name}` of `{table}`");
        match found.get(&(table.to_owned(), name.to_owned())) {
            None => Some(format!("{what} is missing")),
            // `O` fires in ordinary sessions, `A` in all sessions.
            Some((.., state, _)) if !matches!(&**state, "O" | "A") => Some(format!("{what} is disabled")),
            Some((of, when, _, is_plain)) if of != function || *when != fires || !is_plain => {
                Some(format!("{what} was changed"))
            }
            Some(_) => None,
        }
    };
    Ok(triggers().filter_map(fault).collect())
}

/// A function as the file declares it.
struct Function<'a> {
    name: &'a str,
    body: &'a str,
    is_definer: bool,
    keeps_path: bool,
}

fn functions() -> impl Iterator<Item = Function<'static>> {
    PROTECTION.split("\nCREATE OR REPLACE FUNCTION ").skip(1).filter_map(|text| {
        let (head, rest) = text.split_once("$$")?;
        let (body, _) = rest.split_once("$$")?;
        let (name, _) = head.split_once('(')?;
        let is_definer = head.contains("SECURITY DEFINER");
        Some(Function { name, body, is_definer, keeps_path: head.contains("SET search_path FROM CURRENT") })
    })
}

/// A trigger as the file declares it.
struct Trigger<'a> {
    name: &'a str,
    table: &'a str,
    function: &'a str,
    /// The `tgtype` of the catalog: a bit for each event.
    fires: i16,
}

fn triggers() -> impl Iterator<Item = Trigger<'static>> {
    const BITS: [(&str, i16); 6] =
        [("EACH ROW", 1), ("BEFORE", 2), ("INSERT", 4), ("DELETE", 8), ("UPDATE", 16), ("TRUNCATE", 32)];
    PROTECTION.split("\nCREATE TRIGGER ").skip(1).filter_map(|text| {
        let (text, _) = text.split_once(';')?;
        let (name, rest) = text.split_once(' ')?;
        let table = rest.split_once(" ON ")?.1.split_whitespace().next()?;
        let function = rest.split_once("EXECUTE FUNCTION ")?.1.trim_end_matches("()");
        let fires = BITS.iter().filter(|(word, _)| rest.contains(word)).map(|(_, bit)| bit).sum();
        Some(Trigger { name, table, function, fires })
    })
}

#[cfg(test)]
mod tests {
    use super::{functions, triggers};

    #[test]
    fn protection_file_is_read_completely() {
        let file = super::PROTECTION;
        let declared = file.lines().filter(|line| line.starts_with("CREATE OR REPLACE FUNCTION ")).count();
        assert_eq!(functions().count(), declared);
        assert_eq!(triggers().count(), file.matches("CREATE TRIGGER ").count());
        assert!(functions().all(|function| !function.body.is_empty() && function.name.starts_with("tollgate_")));
        assert!(triggers().all(|trigger| functions().any(|function| function.name == trigger.function)));
        let keep = triggers().find(|trigger| trigger.name == "tollgate_keep").map(|keep| keep.fires);
        assert_eq!(keep, Some(2 + 8 + 16 + 32));
    }
}
