//! The charts of a log, written next to it: a copy of both can be verified without the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use tollgate::file::{Durability, FileError, Rotation};
use tollgate::{BatchSink, CommitError, Digest, Id, JsonLines, StateMachine};

use crate::clock::{ClockState, created, records, tick, tick_async};
use crate::{Tested, directory, read};

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[transition(close, from = Open, to = Closed, doc = "two\nlines \"and\" quotes")]
pub(crate) enum DoorState {
    #[state(initial)]
    Open,
    #[state(terminal)]
    Closed,
}

/// The charts next to a log, none of them unreadable.
pub(crate) fn charts(path: &Path) -> BTreeMap<Digest, String> {
    let charts = JsonLines::charts(path).expect("it is there");
    charts.map(|chart| chart.map(|chart| (chart.fingerprint, chart.text)).expect("it is a chart")).collect()
}

/// That a log can be verified alone: it has the chart of each record.
pub(crate) fn assert_complete(path: &Path) {
    let named: BTreeSet<Digest> = read(path).into_iter().filter_map(|record| record.chart).collect();
    assert!(named.is_subset(&charts(path).into_keys().collect()), "a chart is missing");
}

fn text(path: &Path) -> String {
    fs::read_to_string(path.with_file_name("trail.charts.jsonl")).expect("it is there")
}

#[test]
fn charts_of_all_kinds_of_commits_are_written_once_with_their_text() -> Tested {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for durability in [Durability::EachRecord, Durability::Grouped, Durability::OnFlush] {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        for round in 0..2_u64 {
            let log = JsonLines::options().durability(durability).rotate(Rotation::BySize(1000)).open(&path)?;
            runtime.block_on(tick_async(created(round, &log), 3, &log));
            let steps = [DoorMachine::create(Id::from(1)), DoorMachine::create(Id::from(2))];
            tollgate::commit_all(steps, &log).map_err(|refused| format!("{refused:?}"))?;
            log.flush()?;
            assert_eq!(text(&path).lines().count(), 2, "{durability:?}: no chart is written again");
        }
        let [clock, door] = [ClockState::CHART, DoorState::CHART];
        let wanted = [clock, door].map(|chart| (chart.fingerprint, chart.canonical().to_owned()));
        assert_eq!(charts(&path), BTreeMap::from(wanted));
        for (fingerprint, text) in charts(&path) {
            assert_eq!(fingerprint, Digest::new(hmac_sha256::Hash::hash(text.as_bytes())));
        }
        let line =
            format!("{{\"chart\":\"{}\",\"text\":{}}}", clock.fingerprint, serde_json::to_string(&clock.canonical())?);
        assert_eq!(text(&path).lines().next(), Some(&line[..]));
        assert_complete(&path);
        assert_eq!(read(&path).len(), 2 * (4 + 2), "the charts are not records of the log");
    }
    Ok(())
}

#[test]
fn chart_that_cannot_be_written_refuses_the_commit_until_it_can() -> Tested {
    for durability in [Durability::EachRecord, Durability::Grouped] {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        let log = JsonLines::options().durability(durability).open(&path)?;
        let obstacle = directory.path().join("trail.charts.jsonl");
        fs::create_dir(&obstacle)?;
        let refused = DoorMachine::create(Id::from(1)).commit(&log).err().ok_or("there is no room for the chart")?;
        assert!(refused.to_string().contains("trail.charts.jsonl"), "{refused}");
        assert_eq!(fs::read(&path)?, b"", "nothing is written");
        fs::remove_dir(&obstacle)?;
        let _ =
            refused.into_step().commit(&log).map_err(CommitError::into_cause).map_err(|cause| format!("{cause:?}"))?;
        assert_complete(&path);
        assert_eq!(read(&path).len(), 1);
    }
    Ok(())
}

#[test]
fn chart_of_a_buffered_record_is_written_before_the_record() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().durability(Durability::OnFlush).open(&path)?;
    let obstacle = directory.path().join("trail.charts.jsonl");
    fs::create_dir(&obstacle)?;
    tick(created(1, &log), 1, &log);
    assert!(log.flush().is_err());
    assert_eq!(fs::read(&path)?, b"", "nothing is written");
    fs::remove_dir(&obstacle)?;
    let _ = DoorMachine::create(Id::from(2)).commit(&log).map_err(CommitError::into_cause);
    log.flush()?;
    assert_complete(&path);
    assert_eq!((read(&path).len(), charts(&path).len()), (3, 2));
    Ok(())
}

#[test]
fn charts_with_a_torn_last_line_are_repaired_and_written_again() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let _ = created(1, &JsonLines::open(&path)?);
    let _ = DoorMachine::create(Id::from(2)).commit(JsonLines::open(&path)?);
    let whole = text(&path);
    let first = whole.find('\n').ok_or("two lines")? + 1;
    for cut in [first, first + 1, first + 40, whole.len() - 2] {
        fs::write(path.with_file_name("trail.charts.jsonl"), &whole[..cut])?;
        let log = JsonLines::open(&path)?;
        assert_eq!(text(&path), whole[..first], "{cut}");
        let _ = created(cut as u64, &log);
        assert_eq!(text(&path), whole[..first], "the chart of the clock is there");
        let _ = DoorMachine::create(Id::from(3)).commit(&log);
        assert_eq!(text(&path), whole, "{cut}");
    }
    Ok(())
}

#[test]
fn charts_with_a_torn_first_line_are_repaired_also_without_records() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let _ = created(1, &JsonLines::open(&path)?);
    let whole = text(&path);
    fs::remove_file(&path)?;
    let fragments = [&whole[..1], &whole[..whole.len() - 2], "\0\0\0", "\u{feff}", " "];
    for fragment in fragments.map(str::to_owned).into_iter().chain([format!("{}\0\0", &whole[..200])]) {
        fs::write(path.with_file_name("trail.charts.jsonl"), &fragment)?;
        JsonLines::open(&path)?;
        assert_eq!(text(&path), "", "{fragment:?}");
    }
    let names = fs::read_dir(directory.path())?.flatten();
    assert!(!names.into_iter().any(|name| name.file_name().to_string_lossy().contains(".torn-")));
    Ok(())
}

#[test]
fn chart_without_its_newline_gets_one() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let _ = created(1, &JsonLines::open(&path)?);
    let whole = text(&path);
    fs::write(path.with_file_name("trail.charts.jsonl"), whole.trim_end())?;
    let log = JsonLines::options().strict(true).open(&path)?;
    assert_eq!(text(&path), whole);
    // The same while the log is open, when a chart is added.
    fs::write(path.with_file_name("trail.charts.jsonl"), whole.trim_end())?;
    let _ = DoorMachine::create(Id::from(2)).commit(&log);
    assert!(text(&path).starts_with(&whole));
    assert_eq!(charts(&path).len(), 2);
    Ok(())
}

#[test]
fn charts_with_an_unreadable_line_open_a_log_with_records() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let file = path.with_file_name("trail.charts.jsonl");
    let _ = created(1, &JsonLines::open(&path)?);
    let whole = text(&path);
    let changed = whole.replacen("Running", "Walking", 1);
    for bad in [changed.as_str(), changed.trim_end(), "bar\n", "bar", "{\"my\":\"charts\"}"] {
        fs::write(&file, bad)?;
        assert!(JsonLines::options().strict(true).open(&path).is_err(), "{bad}");
        assert_eq!(text(&path), bad);
        let log = JsonLines::open(&path)?;
        assert!(matches!(log.unreadable().first[..], [FileError::NotAChart { line: 1, byte: 0, .. }]), "{bad}");
        // A line with an end stays; another one is moved aside.
        let (stays, moved) = if bad.ends_with('\n') { (bad, "") } else { ("", bad) };
        assert_eq!(text(&path), stays);
        let mut copies = Vec::new();
        for entry in fs::read_dir(directory.path())? {
            let entry = entry?.path();
            if entry.to_string_lossy().contains("trail.charts.jsonl.torn-") {
                copies.push(fs::read_to_string(&entry)?);
                fs::remove_file(entry)?;
            }
        }
        assert_eq!(copies.concat(), moved);
        let _ = created(2, &log);
        assert_eq!(text(&path), format!("{stays}{whole}"));
    }
    Ok(())
}

#[test]
fn charts_with_a_changed_line_report_it_and_the_chart_is_written_again() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let _ = created(1, &JsonLines::open(&path)?);
    let _ = DoorMachine::create(Id::from(2)).commit(JsonLines::open(&path)?);
    let file = path.with_file_name("trail.charts.jsonl");
    fs::write(&file, text(&path).replacen("Running", "Walking", 1))?;
    let items: Vec<_> = JsonLines::charts(&path)?.collect();
    let [Err(FileError::NotAChart { path: named, line: 1, byte: 0, why }), Ok(_)] = &items[..] else {
        return Err(format!("{items:?}").into());
    };
    assert_eq!(*named, fs::canonicalize(&file)?);
    assert!(why.starts_with("the SHA-256 of its text is "), "{why}");
    let error = JsonLines::options().strict(true).open(&path).err().ok_or("it is strict")?;
    assert!(matches!(error, FileError::NotAChart { .. }), "{error}");
    let log = JsonLines::open(&path)?;
    assert_eq!(log.unreadable().count, 1);
    let _ = created(3, &log);
    assert_eq!(text(&path).lines().count(), 3);
    assert!(JsonLines::charts(&path)?.flatten().any(|chart| chart.fingerprint == ClockState::CHART.fingerprint));
    Ok(())
}

#[test]
fn charts_file_of_another_program_is_refused_and_not_changed() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let file = directory.path().join("trail.charts.jsonl");
    let other = "{\"my\":\"charts\"}";
    for (content, wanted) in [("bar\npie\n", 2), ("bar\npie", 2), (other, 1), ("{\"chart\":\"pie\"", 1), ("bar", 1)] {
        fs::write(&file, content)?;
        let error = JsonLines::open(&path).err().ok_or("it is another file")?;
        assert!(matches!(&error, FileError::Foreign { wanted: "chart", lines, .. } if *lines == wanted), "{error}");
        assert_eq!(fs::read_to_string(&file)?, content);
        let lines = content.matches('\n').count();
        assert_eq!(JsonLines::charts(&path)?.filter(Result::is_err).count(), lines);
    }
    Ok(())
}

#[test]
fn charts_of_a_log_without_any_are_not_found() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    // Offered without a commit, a record brings no chart.
    (&log).on_success_all(&records(1, 3))?;
    assert_eq!(JsonLines::charts(&path).err().ok_or("there is none")?.kind(), Some(std::io::ErrorKind::NotFound));
    tick(created(2, &log), 1, &log);
    assert_complete(&path);
    Ok(())
}
