//! The test vectors of FORMAT.md: the library agrees with them, and so does a Python script that follows FORMAT.md alone.
//!
//! `UPDATE_EXPECT=1` writes them again after a change of the form.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tollgate::chrono::{DateTime, Utc};
use tollgate::file::Rotation;
use tollgate::serde_json::{self, Value, json};
use tollgate::uuid::Uuid;
use tollgate::{Actor, Context, Digest, Event, Id, JsonLines, Record, RecordKind, SubjectRef, canonical};

use crate::Tested;
use crate::door::DoorMachine;
use crate::report::{Report, ReportMachine, draft, in_review};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Compares a file of vectors with its expected content, or writes it.
fn hold(name: &str, lines: &[String]) -> Tested {
    let path = folder().join(name);
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &text)?;
    }
    let found = fs::read_to_string(&path)?;
    assert!(!found.is_empty() && found == text, "{} differs: UPDATE_EXPECT=1 writes it again", path.display());
    Ok(())
}

fn sha256(bytes: &[u8]) -> Digest {
    Digest::new(hmac_sha256::Hash::hash(bytes))
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(Value::Null, |inner, _| Value::Array(vec![inner]))
}

/// Records that show each field and each limit. Ids and times are fixed.
fn records() -> Result<Vec<Record>, Box<dyn std::error::Error>> {
    let mut records = in_review().1;
    let mut third = records[1].clone();
    third.transition = Some("reject".into());
    (third.from, third.to, third.version) = (Some("Review".into()), Some("Draft".into()), Some(3));
    (third.actor, third.reason, third.data) = (Some("bob".into()), Some("no sources".into()), None);
    records.push(third);

    let mut everything = records[1].clone();
    everything.subject = Some(SubjectRef { kind: "Räport \"x\"".into(), id: Id::from(u64::MAX) });
    let clerk = Actor::user(i64::MIN).named("Ann \"the\" 🦀\n");
    everything.actor = Some(Actor::service(Uuid::from_u128(7)).on_behalf_of(clerk));
    everything.reason = Some("\u{0}\u{1f}\u{7f}\\/\u{2028}\t\u{8}\u{c}\r\n".to_owned());
    everything.context.insert("z", json!({ "b": 1, "a": [true, null], "é": "", "\u{ffff}": 2, "🦀": 3, "A": {} }))?;
    everything
        .context
        .insert("numbers", json!([0, -1, u64::MAX, i64::MIN, 0.0, -0.0, 1.0, 1e16, 1e-5, 5e-324, f64::MAX]))?;
    everything.context.insert("deep", nested(64))?;
    everything.parameters.insert("amount", 50)?;
    everything.personal = vec![Digest::new([1; 32]), Digest::new([2; 32])];
    everything.prev = Some(Digest::new([0xab; 32]));
    records.push(everything);

    let mut refusal = records[1].clone();
    (refusal.kind, refusal.version, refusal.data) = (RecordKind::Refusal, None, None);
    (refusal.refused_by, refusal.refusal) = (Some("Report::has_title".into()), Some("it has no title".into()));
    records.push(refusal);

    let mut adoption = draft().1.remove(0);
    adoption.kind = RecordKind::Adoption;
    (adoption.transition, adoption.subject) = (None, Some(SubjectRef { kind: "Report".into(), id: Id::from("8") }));
    records.push(adoption);

    let mut log: Vec<Record> = Vec::new();
    tollgate::events::Login
        .occurred()
        .by("")
        .about(&SubjectRef { kind: "A".into(), id: Id::from("") })
        .commit(&mut log)?;
    let mut event = log.remove(0);
    event.properties = Some(Value::Null);
    records.push(event);

    // If the time is before the subject's last record, the refusal has the later one, and the given one as a parameter.
    let mut backwards = records[4].clone();
    backwards.parameters.insert("at", "2026-05-01T09:29:59.999999999Z")?;
    (backwards.refused_by, backwards.refusal) = (
        Some("time".into()),
        Some(
            "the time 2026-05-01 09:29:59.999999999 UTC is before the subject's last record, 2026-05-01 09:30:00.000000001 UTC"
                .to_owned(),
        ),
    );
    records.push(backwards);

    let times = [
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "1969-12-31T23:59:59.5Z",
        "2026-05-01T09:30:00.000000001Z",
    ];
    for (index, record) in records.iter_mut().enumerate() {
        record.at = if index < 3 { at("2026-05-01T09:30:00Z") } else { at(times[index % times.len()]) };
        record.id = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0000 + index as u128);
    }
    // The first three are the chain of one subject.
    for index in 1..3 {
        records[index].prev = Some(sha256(&records[index - 1].canonical()));
    }
    Ok(records)
}

#[test]
fn records_of_the_vectors_are_canonical_and_have_their_digests() -> Tested {
    let records = records()?;
    let lines: Vec<String> =
        records.iter().map(|record| String::from_utf8(record.canonical())).collect::<Result<_, _>>()?;
    hold("records.jsonl", &lines)?;
    hold("digests.txt", &lines.iter().map(|line| sha256(line.as_bytes()).to_string()).collect::<Vec<_>>())?;
    for (record, line) in records.iter().zip(&lines) {
        let read: Record = serde_json::from_str(line)?;
        assert_eq!(&read, record);
        assert_eq!(read.canonical(), line.as_bytes());
    }
    Ok(())
}

#[test]
fn values_of_the_vectors_have_one_canonical_text() -> Tested {
    let given = [
        r#"{"b":1,"a":{"d":[],"c":{}}}"#,
        "{\"\u{ffff}\":1,\"\u{1f600}\":2,\"z\":3,\"Z\":4,\"é\":5,\"\":6}",
        r#"[1.0,1E2,10e-1,100000000000000000000.0,1e22,0.00001,0.000001,-0.0,-0,123456789012345678]"#,
        r#"["\u0041\/\u00e9\ud83e\udd80\u0000\u001F\u007f","\"\\\b\f\n\r\t"]"#,
        " [ true , false , null ] ",
        "18446744073709551615",
        "-9223372036854775808",
        "9007199254740993.0",
    ];
    let vector = |given: &&str| -> Result<String, serde_json::Error> {
        let value: Value = serde_json::from_str(given)?;
        Ok(canonical::to_string(&json!({ "given": given, "canonical": canonical::to_string(&value) })))
    };
    hold("values.jsonl", &given.iter().map(vector).collect::<Result<Vec<_>, _>>()?)
}

#[test]
fn records_that_the_vectors_refuse_are_not_read() -> Tested {
    let good = String::from_utf8(records()?[1].canonical())?;
    let with = |field: &str| format!("{},{field}}}", &good[..good.len() - 1]);
    let refused = [
        good.replace(r#"{"v":1,"#, r#"{"v":2,"#),
        good.replace(r#"{"v":1,"#, "{"),
        good.replace("09:30:00.", "09:30:60."),
        good.replace(r#""at":"2026"#, r#""at":"+12026"#),
        good.replace(r#""kind":"transition""#, r#""kind":"wish""#),
        with(r#""unknown":1"#),
        with(r#""machine":"Report""#),
        with(r#""context":{"a":1,"a":2}"#),
        with(r#""context":{"a":{"b":1,"b":1}}"#),
        with(r#""parameters":{"a":[{"b":1,"c":2,"b":3}]}"#),
        good.replace(r#""data":{"#, r#""data":{"reviewer":"ann","#),
        with(r#""context":{"a":1e400}"#),
        with(r#""context":{"a":NaN}"#),
        with(&format!(r#""properties":{}"#, nested(65))),
        with(r#""prev_line":"00""#),
    ];
    for text in &refused {
        assert_ne!(text, &good);
        assert!(serde_json::from_str::<Record>(text).is_err(), "{text}");
    }
    let vector = |given: &String| canonical::to_string(&json!({ "given": given }));
    hold("refused.jsonl", &refused.iter().map(vector).collect::<Vec<_>>())
}

#[test]
fn floats_of_the_vectors_have_their_text_and_read_back() -> Tested {
    let mut floats =
        vec![0.0, -0.0, 1.0, 0.1, 1e15, 1e16, 1e-4, 1e-5, 9.999e-6, 1e-7, 5e-324, f64::MAX, f64::MIN_POSITIVE, 2e23];
    // Knuth's generator, so that the file is the same each time.
    let mut bits = 1_u64;
    while floats.len() < 2_000 {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let float = f64::from_bits(bits);
        let small = f64::from(u32::try_from(bits >> 32)?) / 1000.0;
        floats.extend([float, small].into_iter().filter(|float| float.is_finite()));
    }
    let line = |float: &f64| {
        let text = canonical::to_string(&Value::from(*float));
        let value: Value = serde_json::from_str(&text).expect("a float is JSON");
        assert_eq!(value.as_f64().map(f64::to_bits), Some(float.to_bits()), "{text}");
        format!("{:016x} {text}", float.to_bits())
    };
    hold("floats.txt", &floats.iter().map(line).collect::<Vec<_>>())
}

#[test]
fn reserved_fields_are_read_and_position_is_not_in_the_digest() -> Tested {
    let mut record = records()?.remove(3);
    let canonical = record.canonical();
    record.position = Some(7);
    assert_eq!(record.canonical(), canonical);
    let read: Record = serde_json::from_str(&serde_json::to_string(&record)?)?;
    assert_eq!((read.position, &read.parameters, read.personal.len()), (Some(7), &record.parameters, 2));
    assert_ne!(read.parameters, Context::default());
    let line = [&canonical[..canonical.len() - 1], br#","prev_line":""#, &[b'0'; 64], br#""}"#].concat();
    let read: Record = serde_json::from_slice(&line)?;
    assert_eq!(read.canonical(), canonical, "the line's own key is read, and not kept");
    Ok(())
}

/// A log of three files with the charts of two machines, and its chain of lines.
fn write_log(path: &Path) -> Tested {
    let log = JsonLines::options().rotate(Rotation::BySize(1_500)).open(path)?;
    for id in 1..=3 {
        let report = ReportMachine::create(Report { id, ..Report::titled("Water") }).by("ann").commit(&log)?;
        let report = report.submit("bob".to_owned(), Some(7)).by("ann").with("ip", "192.0.2.7").commit(&log)?;
        report.reject().by("bob").because("no \"sources\"").commit(&log)?;
        let _ = DoorMachine::create(id).commit(&log)?;
    }
    Ok(())
}

#[test]
fn log_of_the_vectors_is_read_and_its_chain_holds() -> Tested {
    let path = folder().join("log/trail.jsonl");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let directory = tempfile::tempdir()?;
        write_log(&directory.path().join("trail.jsonl"))?;
        let _ = fs::remove_dir_all(folder().join("log"));
        fs::create_dir(folder().join("log"))?;
        for entry in fs::read_dir(directory.path())? {
            let entry = entry?;
            if entry.file_name() != "trail.jsonl.lock" {
                fs::copy(entry.path(), folder().join("log").join(entry.file_name()))?;
            }
        }
    }
    let read = JsonLines::read(&path)?.chained().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(read.len(), 12);
    let charts: Vec<_> = JsonLines::charts(&path)?.collect::<Result<_, _>>()?;
    assert!(charts.len() == 2 && charts.iter().all(|chart| sha256(chart.text.as_bytes()) == chart.fingerprint));
    Ok(())
}

/// Returns whether the script accepts these logs, or the vectors if `logs` is empty, and its output.
fn checked(logs: &[&Path]) -> Result<(bool, String), Box<dyn std::error::Error>> {
    let output = Command::new("python3").arg(folder().join("check.py")).args(logs).output()?;
    Ok((output.status.success(), String::from_utf8([output.stdout, output.stderr].concat())?))
}

#[test]
#[cfg_attr(no_python, ignore = "needs `python3`")]
fn python_script_that_knows_the_format_alone_agrees_with_the_vectors() -> Tested {
    let (is_good, said) = checked(&[])?;
    assert!(is_good && said.contains(" passed, 0 failed"), "{said}");
    Ok(())
}

#[test]
#[cfg_attr(no_python, ignore = "needs `python3`")]
fn python_script_finds_what_was_changed_in_a_durable_log() -> Tested {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("trail.jsonl");
    write_log(&path)?;
    let (is_good, said) = checked(&[&path])?;
    assert!(is_good && said.ends_with(" passed, 0 failed\n"), "{said}");

    let finished = directory.path().join("trail.000001.jsonl");
    let sound = fs::read_to_string(&finished)?;
    let (first, second) = (sound.lines().next().ok_or("a line")?, sound.lines().nth(1).ok_or("a second line")?);
    let charts = directory.path().join("trail.charts.jsonl");
    let last = fs::read_to_string(&path)?;
    let unlinked =
        last.lines().filter_map(|line| line.split(",\"prev_line\"").next()).map(|line| format!("{line}}}\n"));
    let changes = [
        (&path, unlinked.collect()),
        (&finished, sound.replacen("\"ann\"", "\"eve\"", 1)),
        (&finished, sound.replacen(second, "", 1)),
        (&finished, sound.replacen(first, &format!("{first}\n{first}"), 1)),
        (&charts, fs::read_to_string(&charts)?.replacen("Draft", "Draught", 1)),
    ];
    for (file, changed) in changes {
        let sound = fs::read_to_string(file)?;
        assert_ne!(sound, changed);
        fs::write(file, &changed)?;
        let (is_good, said) = checked(&[&path])?;
        assert!(!is_good && !said.contains(" 0 failed"), "{said}");
        fs::write(file, sound)?;
    }
    // A removal at the start is reported, and is not a break: `chained` agrees.
    fs::remove_file(&finished)?;
    let (is_good, said) = checked(&[&path])?;
    assert!(is_good && said.contains("the log starts after a line of the digest"), "{said}");
    JsonLines::read(&path)?.chained().collect::<Result<Vec<_>, _>>()?;
    Ok(())
}
