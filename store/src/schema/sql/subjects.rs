//! The text of the query for the subjects in a state: each subject of the machine once, with its last record.

use tollgate::uuid::Uuid;

use super::{Dialect, Sql, Statement, Value};

/// The subjects to select.
#[derive(Debug, Clone)]
pub(crate) struct Subjects {
    pub(crate) machine: i32,
    /// The edges that lead to the state.
    pub(crate) leading: Vec<i32>,
    /// The edges that end in the state in which they begin.
    pub(crate) loops: Vec<i32>,
    /// Only those that were created after this creation.
    pub(crate) after: Option<Uuid>,
}

impl Subjects {
    /// Selects the last record and the creation of each subject, in the order of the creations.
    ///
    /// The database reads a creation, then looks up the last record of its subject. It skips the records between them. The
    /// rows are decoded as `in_states::SubjectRow`.
    pub(crate) fn statement(&self, dialect: Dialect, limit: Option<i64>) -> Statement {
        let mut sql = Sql::new(dialect);
        sql.text("SELECT last.id, created.subject, last.version, ").text(&self.since(dialect)).text(", created.id");
        self.select(&mut sql);
        sql.text(" ORDER BY created.id");
        // The limit is not a placeholder, because the plan depends on it.
        sql.text(&limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default()).finish()
    }

    /// Counts the subjects.
    pub(crate) fn count(&self, dialect: Dialect) -> Statement {
        let mut sql = Sql::new(dialect);
        sql.text("SELECT count(*)");
        self.select(&mut sql);
        sql.finish()
    }

    fn select(&self, sql: &mut Sql) {
        // Both texts force the lookup. Postgres cannot turn a LATERAL with a LIMIT into a join of all records. SQLite keeps
        // the order of a CROSS JOIN; without ANALYZE it does not know the number of creations.
        sql.text(match sql.dialect {
            Dialect::Sqlite => {
                " FROM tollgate_record AS created INDEXED BY tollgate_record_creation CROSS JOIN tollgate_record AS last \
                 ON last.machine = created.machine AND last.subject = created.subject AND last.version = \
                 (SELECT max(version) FROM tollgate_record AS record WHERE record.machine = created.machine \
                 AND record.subject = created.subject AND record.version IS NOT NULL)"
            }
            Dialect::Postgres => {
                " FROM tollgate_record AS created CROSS JOIN LATERAL (SELECT * FROM tollgate_record AS record \
                 WHERE record.machine = created.machine AND record.subject = created.subject \
                 AND record.version IS NOT NULL ORDER BY record.version DESC LIMIT 1) AS last"
            }
        });
        sql.text(" WHERE created.version = 1 AND created.machine = ").bind(Value::Integer(self.machine));
        if let Some(after) = self.after {
            sql.text(" AND created.id > ").bind(Value::Id(after));
        }
        let edge = sql.dialect.looked_at("last.edge");
        sql.text(&format!(" AND {edge} IN ({})", list(&self.leading)));
    }

    /// Returns the two cells of the time at which the subject entered the state. If the last record may be along a loop, the
    /// subject entered with an earlier record: the last one that is not along a loop.
    fn since(&self, dialect: Dialect) -> String {
        if !self.leading.iter().any(|edge| self.loops.contains(edge)) {
            return dialect.time("last.at");
        }
        let loops = list(&self.loops);
        let arrival = |column: &str| {
            format!(
                "(SELECT arrival.{column} FROM tollgate_record AS arrival WHERE arrival.machine = created.machine \
                 AND arrival.subject = created.subject AND arrival.version IS NOT NULL \
                 AND arrival.version <= last.version AND arrival.edge NOT IN ({loops}) \
                 ORDER BY arrival.version DESC LIMIT 1)"
            )
        };
        match dialect {
            Dialect::Sqlite => format!("{}, 0", arrival("at")),
            Dialect::Postgres => format!("{}, {}", arrival("at"), arrival("at_nanos")),
        }
    }
}

fn list(edges: &[i32]) -> String {
    edges.iter().map(i32::to_string).collect::<Vec<_>>().join(", ")
}
