//! The check that each row agrees with its history, each history is complete, and each reported outcome is true.
//!
//! It reads the tables directly, and computes records and digests without the store.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tollgate::uuid::Uuid;
use tollgate::{Digest, Record};

use crate::{Database, Fate, Kind, Row, Tested};

/// Checks that the content of a database is consistent, and that it agrees with the outcomes that callers got:
///
/// - the versions of each machine and subject are 1, 2, 3, .., and each `from` is the `to` of the record before;
/// - times do not decrease;
/// - each digest is that of its record, and each `prev` is the digest of the record before;
/// - each row has the state and the version of its last record;
/// - acknowledged records exist, and refused records do not;
/// - a file passes SQLite's integrity check.
///
/// # Errors
///
/// Returns a description of the first inconsistency.
pub async fn agrees(database: &Database) -> Tested {
    if !database.has_table("tollgate_record").await? {
        return Ok(());
    }
    if database.kind() == Kind::Sqlite {
        let found = database.value("PRAGMA integrity_check").await?;
        if found != "ok" {
            return Err(format!("the file is not sound: {found}").into());
        }
    }
    let former = former(database).await?;
    let mut last: HashMap<(i64, String), Last> = HashMap::new();
    let mut written = HashSet::new();
    database
        .each(records(database.kind()), |row| {
            let (record, stored) = record_of(&row)?;
            written.insert(record.id);
            let digest = Digest::new(Sha256::digest(record.canonical()).into());
            if stored.is_some_and(|stored| stored != digest) {
                return Err(format!("the digest of {record:?} is not its own").into());
            }
            let Some(version) = record.version else { return Ok(()) };
            let place = place_of(&row)?;
            let before = last.get(&place);
            let leaves =
                |from: &str, to: &str| from == to || former.contains(&(place.0, from.to_owned(), to.to_owned()));
            follows(&record, stored.is_some(), before, leaves)
                .map_err(|why| format!("{why}: {record:?} after {before:?}"))?;
            let to = record.to.clone().unwrap_or_default().into_owned();
            last.insert(place, Last { version, to, at: record.at, digest: stored });
            Ok(())
        })
        .await?;
    if !database.is_tampered() {
        rows_agree(database, &last).await?;
    }
    ledger_agrees(database, &written)
}

/// The last record of a subject so far.
#[derive(Debug)]
struct Last {
    version: u64,
    to: String,
    at: tollgate::chrono::DateTime<tollgate::chrono::Utc>,
    digest: Option<Digest>,
}

fn follows(
    record: &Record,
    is_chained: bool,
    last: Option<&Last>,
    leaves: impl Fn(&str, &str) -> bool,
) -> Result<(), &'static str> {
    if record.version != Some(last.map_or(1, |last| last.version + 1)) {
        return Err("a version is missing, or twice");
    }
    let is_from_there = match (record.from.as_deref(), last) {
        (Some(from), Some(last)) => leaves(from, &last.to),
        (from, last) => from.is_none() && last.is_none(),
    };
    if !is_from_there {
        return Err("it does not leave the state that was reached");
    }
    if last.is_some_and(|last| record.at < last.at) {
        return Err("its time is before the last");
    }
    let head = last.and_then(|last| last.digest);
    // A store without a chain may not know the head.
    if record.prev != head && (is_chained || record.prev.is_some()) {
        return Err("its `prev` is not the digest before");
    }
    Ok(())
}

/// The former names of each machine's states, as (machine, state, name).
async fn former(database: &Database) -> Tested<HashSet<(i64, String, String)>> {
    let mut names = HashSet::new();
    let states = "SELECT c.machine, s.name, s.former FROM tollgate_state s JOIN tollgate_chart c ON c.id = s.chart";
    for row in database.rows(states).await? {
        // A text on SQLite, an array on Postgres.
        let former: Vec<String> = match &row["former"] {
            Value::String(text) => serde_json::from_str(text)?,
            array => serde_json::from_value(array.clone())?,
        };
        let machine = row["machine"].as_i64().ok_or("a machine is a number")?;
        let name = text(&row, "name").unwrap_or_default();
        names.extend(former.into_iter().map(|former| (machine, name.clone(), former)));
    }
    Ok(names)
}

/// The tables of the machines with their columns, as the machines declare them.
const TABLES: [(&str, &str, &str, &str, &str); 2] =
    [("Report", "reports", "id", "state", "version"), ("Parcel", "parcels", "id", "status", "NULL")];

async fn rows_agree(database: &Database, last: &HashMap<(i64, String), Last>) -> Tested {
    for (machine, table, key, state, version) in TABLES {
        if !database.has_table(table).await? {
            continue;
        }
        let machines = database.rows(&format!("SELECT id FROM tollgate_machine WHERE name = '{machine}'")).await?;
        let machine = machines.first().and_then(|row| row["id"].as_i64());
        let rows = format!("SELECT CAST({key} AS text) AS id, {state} AS state, {version} AS version FROM {table}");
        database
            .each(&rows, |row| {
                let last = machine.and_then(|machine| last.get(&(machine, text(&row, "id")?)));
                let state = text(&row, "state");
                let is_same_version = version == "NULL" || row["version"].as_u64() == last.map(|last| last.version);
                if state.as_deref() != last.map(|last| last.to.as_str()) || !is_same_version {
                    return Err(format!("a row of `{table}` says {row:?}, and its history ends in {last:?}").into());
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}

fn ledger_agrees(database: &Database, written: &HashSet<Uuid>) -> Tested {
    let is_missing = |record: &Uuid| !written.contains(record);
    if let Some(record) = database.ledger().of(Fate::Acknowledged).into_iter().find(is_missing) {
        return Err(format!("record {record} was acknowledged, and is not there").into());
    }
    if let Some(record) = database.ledger().of(Fate::Refused).into_iter().find(|record| !is_missing(record)) {
        return Err(format!("record {record} was refused, and is there").into());
    }
    Ok(())
}

/// Returns the query for all records, by subject and version, with values in the form that they have in JSON.
fn records(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => {
            "SELECT lower(hex(r.id)) AS id, r.at, r.kind, r.subject_kind, r.subject, r.machine AS machine_id,
                c.name AS machine, nullif(lower(hex(c.fingerprint)), '') AS chart, r.version, e.transition,
                e.from_state, e.to_state, r.actor_kind, r.actor, r.actor_name, r.on_behalf_of, r.reason, r.context,
                r.data, nullif(lower(hex(r.prev)), '') AS prev, nullif(lower(hex(r.digest)), '') AS digest,
                r.event, r.properties, r.refused_by, r.refusal, r.parameters
             FROM tollgate_record r LEFT JOIN tollgate_edge e ON e.id = r.edge
             LEFT JOIN tollgate_chart c ON c.id = e.chart ORDER BY r.machine, r.subject, r.version"
        }
        Kind::Postgres => {
            // `to_char` writes the year 0 as 0001.
            "SELECT r.id, CASE WHEN r.at < '0001-01-01 00:00:00+00' THEN '0000' ELSE to_char(r.at AT TIME ZONE 'UTC', 'YYYY') END
                    || to_char(r.at AT TIME ZONE 'UTC', '-MM-DD\"T\"HH24:MI:SS.US') || lpad(r.at_nanos::text, 3, '0') || 'Z' AS at,
                r.kind, r.subject_kind, r.subject, r.machine AS machine_id, c.name AS machine,
                encode(c.fingerprint, 'hex') AS chart, r.version, e.transition, e.from_state, e.to_state, r.actor_kind,
                r.actor, r.actor_name, r.on_behalf_of::text, r.reason, r.context::text, r.data::text,
                encode(r.prev, 'hex') AS prev, encode(r.digest, 'hex') AS digest, r.event, r.properties::text,
                r.refused_by, r.refusal, r.parameters::text
             FROM tollgate_record r LEFT JOIN tollgate_edge e ON e.id = r.edge
             LEFT JOIN tollgate_chart c ON c.id = e.chart ORDER BY r.machine, r.subject, r.version"
        }
    }
}

fn text(row: &Row, column: &str) -> Option<String> {
    row.get(column)?.as_str().map(str::to_owned)
}

fn place_of(row: &Row) -> Tested<(i64, String)> {
    let place = row["machine_id"].as_i64().zip(text(row, "subject"));
    place.ok_or_else(|| format!("it names no machine and subject: {row:?}").into())
}

/// Builds the record of a row through its JSON, with the stored digest.
fn record_of(row: &Row) -> Tested<(Record, Option<Digest>)> {
    let mut record = json!({ "v": 1 });
    for (field, column) in [
        ("id", "id"),
        ("at", "at"),
        ("kind", "kind"),
        ("machine", "machine"),
        ("chart", "chart"),
        ("version", "version"),
        ("transition", "transition"),
        ("from", "from_state"),
        ("to", "to_state"),
        ("reason", "reason"),
        ("prev", "prev"),
        ("event", "event"),
        ("refused_by", "refused_by"),
        ("refusal", "refusal"),
    ] {
        if !row[column].is_null() {
            record[field] = row[column].clone();
        }
    }
    for field in ["context", "parameters", "data", "properties"] {
        if let Some(json) = text(row, field) {
            record[field] = serde_json::from_str(&json)?;
        }
    }
    if let Some(id) = text(row, "subject") {
        record["subject"] = json!({ "kind": row["subject_kind"], "id": id_of(&id)? });
    }
    if let Some(id) = text(row, "actor") {
        record["actor"] = json!({ "kind": row["actor_kind"], "id": id_of(&id)? });
        if let Some(name) = text(row, "actor_name") {
            record["actor"]["display"] = name.into();
        }
        if let Some(principal) = text(row, "on_behalf_of") {
            record["actor"]["on_behalf_of"] = serde_json::from_str(&principal)?;
        }
    }
    let digest = text(row, "digest").map(|digest| digest.parse()).transpose()?;
    let record = serde_json::from_value(record).map_err(|error| format!("{error}: {row:?}"))?;
    Ok((record, digest))
}

/// Parses an id column: a text that would read as an integer, or that begins with a double quote, is stored as JSON.
fn id_of(text: &str) -> Tested<Value> {
    if text.starts_with('"') {
        return Ok(serde_json::from_str(text)?);
    }
    let signed = text.parse::<i64>().ok().filter(|integer| integer.to_string() == text).map(Value::from);
    let unsigned = || text.parse::<u64>().ok().filter(|integer| integer.to_string() == text).map(Value::from);
    Ok(signed.or_else(unsigned).unwrap_or_else(|| text.into()))
}
