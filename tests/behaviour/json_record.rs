//! A record as a line of JSON: a written record is read back, and an error of the reader names the line.

use std::io::{self, BufRead, Read};

use tollgate::chrono::{DateTime, Utc};
use tollgate::serde_json::{Value, json};
use tollgate::uuid::Uuid;
use tollgate::{Actor, ActorKind, Digest, Id, JsonLines, Record, RecordKind};

use crate::Tested;
use crate::report::{draft, in_review};

/// A record with a value in every field.
fn full() -> Result<Record, Box<dyn std::error::Error>> {
    let mut record = in_review().1.remove(1);
    record.at = "2026-05-01T09:30:00.000000001Z".parse()?;
    record.id = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001);
    let clerk = Actor::user(u64::MAX).named("Ann \"the\" \u{1f600}\n");
    record.actor = Some(Actor::service(Uuid::from_u128(7)).on_behalf_of(clerk));
    record.reason = Some("\u{0} \u{7f} \\ / \u{2028}".to_owned());
    record.context.insert("b", json!({"nested": [1, 2.5, null]}))?;
    record.context.insert("a", Value::Null)?;
    record.prev = Some(Digest::new([0xab; 32]));
    record.event = Some("create-table".into());
    record.properties = Some(Value::Null);
    record.refused_by = Some("Report::has_title".into());
    record.refusal = Some(String::new());
    Ok(record)
}

#[test]
fn every_field_is_read_back_as_it_was() -> Tested {
    let record = full()?;
    let line = serde_json::to_string(&record)?;
    assert!(!line.contains('\n'), "a record is one line");
    let back: Record = serde_json::from_str(&line)?;
    assert_eq!(back, record);
    assert_eq!(back.properties, Some(Value::Null), "a null that was said is not an absent field");
    assert_eq!(serde_json::to_string(&back)?, line);
    Ok(())
}

#[test]
fn the_fields_are_in_their_order_and_absent_ones_are_left_out() -> Tested {
    let line = serde_json::to_string(&full()?)?;
    let names = [
        "v",
        "id",
        "at",
        "kind",
        "subject",
        "machine",
        "chart",
        "version",
        "transition",
        "from",
        "to",
        "actor",
        "reason",
        "context",
        "data",
        "prev",
        "event",
        "properties",
        "refused_by",
        "refusal",
    ];
    let positions: Vec<_> = names.iter().map(|name| line.find(&format!("\"{name}\":"))).collect();
    assert!(positions.iter().all(Option::is_some) && positions.is_sorted(), "{line}");
    assert!(line.starts_with(
        r#"{"v":1,"id":"01970000-0000-7000-8000-000000000001","at":"2026-05-01T09:30:00.000000001Z","kind":"transition","subject":{"kind":"Report","id":7},"machine":"Report","chart":""#
    ));

    let mut record = draft().1.remove(0);
    (record.actor, record.chart) = (None, None);
    let (id, at) = (record.id, record.at.to_rfc3339_opts(tollgate::chrono::SecondsFormat::Nanos, true));
    assert_eq!(
        serde_json::to_string(&record)?,
        format!(
            r#"{{"v":1,"id":"{id}","at":"{at}","kind":"creation","subject":{{"kind":"Report","id":7}},"machine":"Report","version":1,"transition":"create","to":"Draft"}}"#
        )
    );
    Ok(())
}

#[test]
fn an_id_stays_what_it_is() -> Tested {
    let uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_00ff);
    let texts = ["", " ", "7", "-7", "null", "0197000000007000800000000000000f", "É"];
    let ids = texts.map(Id::from).into_iter().chain([
        Id::from(0),
        Id::from(i64::MIN),
        Id::from(i64::MAX),
        Id::from(u64::MAX),
        Id::from(uuid),
        Id::from(uuid.to_string()),
        Id::from(uuid.to_string().to_uppercase()),
    ]);
    for id in ids {
        let mut record = draft().1.remove(0);
        record.actor = Some(Actor::user(id.clone()));
        let back: Record = serde_json::from_str(&serde_json::to_string(&record)?)?;
        assert_eq!(back.actor.map(|actor| (actor.kind, actor.id)), Some((ActorKind::User, id)));
    }
    assert_ne!(Id::from("7"), Id::from(7));
    for not_an_id in ["7.5", "true", "null", "[7]", "18446744073709551616"] {
        assert!(serde_json::from_str::<Id>(not_an_id).is_err(), "{not_an_id}");
    }
    Ok(())
}

#[test]
fn times_are_read_in_any_zone_and_written_in_utc() -> Tested {
    let line = serde_json::to_string(&full()?)?;
    let elsewhere = line.replace("2026-05-01T09:30:00.000000001Z", "2026-05-01T11:30:00.000000001+02:00");
    let back: Record = serde_json::from_str(&elsewhere)?;
    assert_eq!(serde_json::to_string(&back)?, line);
    let error = serde_json::from_str::<Record>(&line.replace("2026-05-01T", "yesterday ")).expect_err("no time");
    assert!(error.to_string().contains("is not a time of RFC 3339"), "{error}");
    let early: DateTime<Utc> = "0001-01-01T00:00:00Z".parse()?;
    let mut record = full()?;
    record.at = early;
    let back: Record = serde_json::from_str(&serde_json::to_string(&record)?)?;
    assert_eq!(back.at, early);
    Ok(())
}

#[test]
fn another_wire_version_is_refused_with_its_words() -> Tested {
    let line = serde_json::to_string(&full()?)?;
    for (other, words) in [
        (line.replace(r#""v":1"#, r#""v":2"#), "the record has wire version 2; this build reads version 1"),
        (line.replace(r#""v":1"#, r#""v":257"#), "the record has wire version 257; this build reads version 1"),
        (line.replace(r#""v":1"#, r#""v":2,"fresh":true"#), "the record has wire version 2;"),
        (line.replace(r#""v":1,"#, ""), "missing field `v`"),
        (line.replace(r#""v":1"#, r#""v":"1""#), "invalid type: string \"1\""),
    ] {
        let error = serde_json::from_str::<Record>(&other).expect_err(words);
        assert!(error.to_string().starts_with(words), "{error}");
    }
    Ok(())
}

#[test]
fn what_is_not_known_or_said_twice_is_refused() -> Tested {
    let line = serde_json::to_string(&full()?)?;
    for (other, words) in [
        (line.replace(r#""v":1"#, r#""v":1,"fresh":true"#), "unknown field `fresh`"),
        (line.replace(r#""v":1"#, r#""v":1,"machine":"Report""#), "duplicate field `machine`"),
        (line.replace(r#""a":null"#, r#""a":null,"a":1"#), "the context names `a` twice"),
        (line.replace(r#""a":null"#, r#""a":{"b":[{"c":1,"c":1}]}"#), "`a.b[0].c` is given twice"),
        (line.replace(r#""kind":"transition""#, r#""kind":"jump""#), "unknown variant `jump`"),
        (line.replace(r#""id":7}"#, r#""id":7,"zone":1}"#), "unknown field `zone`"),
        (line.replace("abab", "ABAB"), "is not a digest"),
    ] {
        assert_ne!(other, line, "{words}");
        let error = serde_json::from_str::<Record>(&other).expect_err(words);
        assert!(error.to_string().contains(words), "{error}");
    }
    Ok(())
}

#[test]
fn a_malformed_line_is_named_by_its_number_and_costs_no_other() -> Tested {
    let good = serde_json::to_string(&full()?)?;
    let half = &good[..good.len() / 2];
    let file = format!("{good}\n\n{{}}\r\n{good}\r\n  \nnot json\n{good}\n{half}");
    let read: Vec<Result<RecordKind, String>> = JsonLines::read_from(file.as_bytes())
        .map(|item| item.map(|record| record.kind).map_err(|e| e.to_string()))
        .collect();
    let [Ok(_), Err(third), Ok(_), Err(sixth), Ok(_), Err(eighth)] = &read[..] else {
        return Err(format!("{read:?}").into());
    };
    assert!(third.starts_with("line 3 is not a record: missing field `v`"), "{third}");
    assert!(sixth.starts_with("line 6 is not a record: expected ident"), "{sixth}");
    assert!(eighth.starts_with("line 8 is not a record (id 0197") && eighth.contains("): EOF"), "{eighth}");
    Ok(())
}

#[test]
fn a_line_that_is_no_text_is_named_too_and_the_reading_goes_on() -> Tested {
    let good = serde_json::to_string(&full()?)?;
    let file = [good.as_bytes(), b"\n\xff\xfe\n", good.as_bytes()].concat();
    let read: Vec<io::Result<Record>> = JsonLines::read_from(&file[..]).collect();
    let [Ok(_), Err(error), Ok(_)] = &read[..] else { return Err("the second of three".into()) };
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert!(error.to_string().starts_with("line 2 is not a record: "), "{error}");
    Ok(())
}

/// A reader of one line that then always fails, as a directory does or a disk that was removed.
struct Gone<'a>(&'a [u8]);

impl Read for Gone<'_> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::NotConnected.into())
    }
}

impl BufRead for Gone<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.0.is_empty() { Err(io::ErrorKind::NotConnected.into()) } else { Ok(self.0) }
    }

    fn consume(&mut self, amount: usize) {
        self.0 = &self.0[amount..];
    }
}

#[test]
fn a_reader_that_fails_for_ever_is_told_once() -> Tested {
    let line = serde_json::to_string(&full()?)? + "\n";
    // A caller that skips malformed lines must reach an end.
    let read: Vec<io::Result<Record>> = JsonLines::read_from(Gone(line.as_bytes())).take(10).collect();
    let [Ok(_), Err(error)] = &read[..] else { return Err(format!("{} items", read.len()).into()) };
    assert_eq!((error.kind(), error.to_string().as_str()), (io::ErrorKind::NotConnected, "line 2: not connected"));
    Ok(())
}
