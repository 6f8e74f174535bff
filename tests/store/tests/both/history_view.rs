//! `tollgate_history` alone is sufficient to verify a chain: each digest is recomputed from its columns, without a decoder
//! of tollgate.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use tollgate::{Actor, Event as _, Id};
use tollgate_store_tests::{
    Database, DoorMachine, Exported, Kind, Report, ReportMachine, Row, Tested, Ticket, TicketMachine, on_both,
};

use crate::{in_review, open, packed, refused};

on_both! {
    digest_of_each_record_is_recomputed_from_the_view_alone,
}

/// Returns every column of the view, JSON as text. SQLite stores JSON as text, and the time in its canonical form.
fn columns(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => "SELECT * FROM tollgate_history",
        Kind::Postgres => {
            "SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || lpad(at_nanos::text, 3, '0')
                 || 'Z' AS at, kind, subject_kind, subject, machine, chart, version, transition, from_state, to_state,
                 actor_kind, actor, actor_name, on_behalf_of::text, reason, context::text, data::text, prev, event,
                 properties::text, refused_by, refusal, parameters::text, digest FROM tollgate_history"
        }
    }
}

async fn digest_of_each_record_is_recomputed_from_the_view_alone(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let bot = Actor::service("bot").named("Bot \"B\" \\ \u{7f}é\n").on_behalf_of(Actor::user(7).named("Ann"));
    let report = in_review(database, &store, 1).await?;
    report
        .reject()
        .by(bot.clone())
        .because("too short\t\u{1}")
        .with("b", serde_json::json!({ "z": 1.0, "a": [1e300, -0.0, u64::MAX, i64::MIN, null, "\u{1f525}\u{8}"] }))
        .with("a", 0.1)
        .commit_async(&store)
        .await?;
    packed(database, &store, 2)
        .await?
        .send()
        .at("2100-02-28T23:59:59.123456789Z".parse()?)
        .commit_async(&store)
        .await?;
    for id in ["7", "-7", "007", "+7", "\"7\"", "18446744073709551615", "18446744073709551616", "-0", "größe\n"] {
        open(&store, id).await?.take().by(id).commit_async(&store).await?;
    }
    for id in [Id::from(7), Id::from(u64::MAX), Id::from(i64::MIN), Id::from("7"), Id::from("b\\\"")] {
        DoorMachine::create(id.clone()).by(id).commit_async(&store).await?.open().commit_async(&store).await?;
    }
    Exported { reports: 3, format: "pdf".into() }.occurred().by(bot).commit_async(&store).await?;
    // A guard refuses a report without a title, and a requirement refuses one without an actor.
    database.execute("INSERT INTO reports (id, title) VALUES (9, '')").await?;
    let untitled = ReportMachine::create(Report::new(9, "")).commit_async(&store).await?;
    let untitled = refused(untitled.submit("bob".into()).by("ann").commit_async(&store).await)?;
    // The time of a refused step is a parameter of the refusal.
    let step = untitled.into_step().at("1999-12-31T23:59:59.999999999Z".parse()?);
    assert!(step.commit_async(&store).await.is_err());
    let _ = TicketMachine::create(Ticket::new("last")).commit_async(&store).await?;

    let rows = database.rows(columns(database.kind())).await?;
    let mut kinds: HashMap<String, u64> = HashMap::new();
    for row in &rows {
        let line = line(row)?;
        let digest: String = Sha256::digest(&line).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(row["digest"], digest.as_str(), "{line}");
        let record: tollgate::Record = serde_json::from_str(&line)?;
        assert_eq!(String::from_utf8(record.canonical())?, line);
        *kinds.entry(text(row, "kind")?.to_owned()).or_default() += 1;
    }
    assert_eq!(rows.len(), store.records().strict().all().await?.records.len());
    let of = |kind: &str| kinds.get(kind).copied().unwrap_or_default();
    assert!(of("creation") > 10 && of("transition") > 10, "{kinds:?}");
    assert_eq!((of("event"), of("refusal")), (1, 2), "{kinds:?}");
    Ok(())
}

fn text<'r>(row: &'r Row, column: &str) -> Tested<&'r str> {
    row[column].as_str().ok_or_else(|| format!("`{column}` is not a text in {row:?}").into())
}

/// Builds the canonical line of the record, as FORMAT.md describes it.
fn line(row: &Row) -> Tested<String> {
    let mut line =
        format!(r#"{{"v":1,"id":"{}","at":"{}","kind":"{}""#, text(row, "id")?, text(row, "at")?, text(row, "kind")?);
    let is_there = |column: &str| !row[column].is_null();
    let mut field = |name: &str, value: String| line.push_str(&format!(r#","{name}":{value}"#));
    if is_there("subject") {
        let (kind, id) = (string(text(row, "subject_kind")?), id(text(row, "subject")?));
        field("subject", format!(r#"{{"kind":{kind},"id":{id}}}"#));
    }
    for (name, column) in [
        ("machine", "machine"),
        ("chart", "chart"),
        ("version", "version"),
        ("transition", "transition"),
        ("from", "from_state"),
        ("to", "to_state"),
    ] {
        if is_there(column) {
            let value = if column == "version" { row[column].to_string() } else { string(text(row, column)?) };
            field(name, value);
        }
    }
    if is_there("actor") {
        let mut actor = format!(r#"{{"kind":{},"id":{}"#, string(text(row, "actor_kind")?), id(text(row, "actor")?));
        if is_there("actor_name") {
            actor += &format!(r#","display":{}"#, string(text(row, "actor_name")?));
        }
        if is_there("on_behalf_of") {
            actor += &format!(r#","on_behalf_of":{}"#, text(row, "on_behalf_of")?);
        }
        field("actor", actor + "}");
    }
    for (column, is_json) in [
        ("reason", false),
        ("context", true),
        ("parameters", true),
        ("data", true),
        ("prev", false),
        ("event", false),
        ("properties", true),
        ("refused_by", false),
        ("refusal", false),
    ] {
        if is_there(column) {
            let text = text(row, column)?;
            field(column, if is_json { text.to_owned() } else { string(text) });
        }
    }
    line.push('}');
    Ok(line)
}

/// Builds the JSON of an id: a number if the text is a canonical 64-bit integer, else a string. A text in double quotes is
/// itself the JSON of a string.
fn id(column: &str) -> String {
    let is_integer = column.parse::<i64>().is_ok_and(|integer| integer.to_string() == column)
        || column.parse::<u64>().is_ok_and(|integer| integer.to_string() == column);
    if is_integer || column.starts_with('"') { column.to_owned() } else { string(column) }
}

/// Builds the JSON of a text, with only the escapes that JSON requires.
fn string(text: &str) -> String {
    let mut json = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '\0'..='\u{1f}' => json.push_str(&format!("\\u{:04x}", u32::from(letter))),
            _ => json.push(letter),
        }
    }
    json.push('"');
    json
}
