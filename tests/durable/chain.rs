//! The chain of lines: each line carries the SHA-256 of the line before it, whatever happened in between.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use tollgate::file::{Durability, FileError, Rotation};
use tollgate::{BatchSink, Digest, JsonLines, Sink};

use crate::clock::{created, records, tick, tick_async};
use crate::{Tested, directory, read};

const ZEROS: Digest = Digest::new([0; 32]);

type Lines = Vec<Vec<u8>>;

/// The lines of the files, in this order, without newlines.
fn lines<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Lines {
    let mut text = Vec::new();
    for path in paths {
        text.extend(fs::read(path).expect("it can be read"));
    }
    text.strip_suffix(b"\n").unwrap_or(&text).split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// The digest by another implementation than that of the sink.
fn digest(line: &[u8]) -> Digest {
    Digest::new(hmac_sha256::Hash::hash(line))
}

/// The required end of a line after the line with this digest.
fn end(digest: Digest) -> String {
    format!(",\"prev_line\":\"{digest}\"}}")
}

/// The finished files and the current one.
fn files(path: &Path) -> Vec<PathBuf> {
    let directory = fs::read_dir(path.parent().expect("a directory")).expect("it can be listed");
    let mut files: Vec<_> = directory.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("trail.0")));
    files.sort();
    files.push(path.to_owned());
    files
}

/// Breaks of the chain and other errors.
fn errors(path: &Path) -> Result<Vec<FileError>, FileError> {
    Ok(JsonLines::read(path)?.chained().filter_map(Result::err).collect())
}

#[test]
fn chain_over_rotation_reopening_and_all_kinds_of_commits_links_every_line() -> Tested {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for durability in [Durability::EachRecord, Durability::Grouped, Durability::OnFlush] {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        for round in 0..3_u64 {
            let log = JsonLines::options().durability(durability).rotate(Rotation::BySize(20_000)).open(&path)?;
            thread::scope(|scope| {
                for id in 0..4 {
                    let log = &log;
                    scope.spawn(move || tick(created(round * 100 + id, log), 20, log));
                }
            });
            runtime.block_on(tick_async(created(round * 100 + 50, &log), 20, &log));
            BatchSink::on_success_all(&mut &log, &records(round * 100 + 51, 20))?;
            Sink::on_refusal(&mut &log, &records(round * 100 + 52, 1)[0])?;
        }
        let files = files(&path);
        assert!(files.len() > 4, "{files:?}");
        let lines = lines(&files);
        let mut head = ZEROS;
        for line in &lines {
            assert!(line.ends_with(end(head).as_bytes()), "{}", String::from_utf8_lossy(line));
            head = digest(line);
        }
        let mut chained = JsonLines::read(&path)?.chained();
        let read = chained.by_ref().collect::<Result<Vec<_>, _>>()?;
        assert_eq!(read.len(), 3 * (4 * 21 + 21 + 20 + 1));
        assert_eq!((chained.start(), chained.head()), (Some(ZEROS), Some(head)));
        // Without the key a line is the canonical record.
        for (record, line) in read.iter().zip(&lines) {
            let canonical = record.canonical();
            assert_eq!(line[..line.len() - end(head).len()], canonical[..canonical.len() - 1]);
        }
    }
    Ok(())
}

#[test]
fn chained_on_changed_removed_moved_or_inserted_lines_reports_where() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let _ = created(1, &JsonLines::open(&path)?);
    let log = JsonLines::open(&path)?;
    tick(created(2, &log), 4, &log);
    drop(log);
    let whole = lines([&path]);
    let changed = String::from_utf8(whole[2].clone())?.replace("\"tick\"", "\"stop\"").into_bytes();
    let (first, fourth) = (whole[0].clone(), whole[3].clone());
    // The change, the lines after it, and the numbers of the lines at which the chain breaks.
    let mut cases: Vec<(&str, Lines, Vec<u64>)> = Vec::new();
    let mut lines_of = |name, change: &dyn Fn(&mut Lines), breaks: &[u64]| {
        let mut lines = whole.clone();
        change(&mut lines);
        cases.push((name, lines, breaks.to_vec()));
    };
    lines_of("nothing", &|_| (), &[]);
    lines_of("changed", &|lines| lines[2] = changed.clone(), &[4]);
    lines_of("removed", &|lines| drop(lines.remove(2)), &[3]);
    lines_of("moved", &|lines| lines.swap(2, 3), &[3, 4, 5]);
    lines_of("inserted", &|lines| lines.insert(3, first.clone()), &[4, 5]);
    lines_of("blank inserted", &|lines| lines.insert(3, Vec::new()), &[]);
    lines_of("repeated", &|lines| lines.insert(4, fourth.clone()), &[5]);
    for (name, lines, breaks) in cases {
        fs::write(&path, [lines.join(&b'\n'), b"\n".to_vec()].concat())?;
        let errors = errors(&path)?;
        let numbers: Vec<u64> = errors
            .iter()
            .map(|error| match error {
                FileError::ChainBroken { path: named, line, byte, expected, found } => {
                    let index = usize::try_from(*line).expect("it is small") - 1;
                    assert_eq!(*named, fs::canonicalize(&path).expect("it is there"), "{name}");
                    assert_eq!(*byte, lines[..index].iter().map(|line| line.len() as u64 + 1).sum::<u64>(), "{name}");
                    assert_eq!(*expected, digest(&lines[index - 1]), "{name}");
                    assert!(lines[index].ends_with(end(found.expect("it has one")).as_bytes()), "{name}");
                    *line
                }
                other => panic!("{name}: {other}"),
            })
            .collect();
        assert_eq!(numbers, breaks, "{name}");
        let records = JsonLines::read(&path)?.chained().filter_map(Result::ok).count();
        assert_eq!(records, lines.iter().filter(|line| !line.is_empty()).count(), "{name}: no record is lost");
    }
    Ok(())
}

#[test]
fn chained_on_lines_without_their_digests_reports_the_first_of_them() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    tick(created(1, &log), 4, &log);
    let mut lines = lines([&path]);
    for line in &mut lines[2..4] {
        line.truncate(line.len() - end(ZEROS).len());
        line.push(b'}');
    }
    fs::write(&path, [lines.join(&b'\n'), b"\n".to_vec()].concat())?;
    let errors = errors(&path)?;
    assert_eq!(errors[0].kind(), Some(std::io::ErrorKind::InvalidData));
    let [FileError::ChainBroken { line: 3, found: None, .. }, FileError::ChainBroken { line: 5, found: Some(_), .. }] =
        &errors[..]
    else {
        return Err(format!("{errors:?}").into());
    };
    let (third, second) = (&errors[0], digest(&lines[1]));
    let path = fs::canonicalize(&path)?;
    let byte = lines[0].len() + lines[1].len() + 2;
    let wanted = format!(
        "line 3 of `{}`, at byte {byte}, breaks the chain: it carries no digest, the line before it has {second}",
        path.display()
    );
    assert_eq!(third.to_string(), wanted);
    Ok(())
}

#[test]
fn chain_turned_on_later_carries_the_digest_of_the_line_before() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().chain(false).open(&path)?;
    tick(created(1, &log), 2, &log);
    drop(log);
    let unchained = lines([&path]);
    assert!(unchained.iter().all(|line| !line.windows(9).any(|key| key == b"prev_line")));
    assert_eq!(unchained[0], read(&path)[0].canonical());
    let log = JsonLines::open(&path)?;
    tick(created(2, &log), 2, &log);
    assert!(lines([&path])[3].ends_with(end(digest(&unchained[2])).as_bytes()));
    let mut chained = JsonLines::read(&path)?.chained();
    assert_eq!(chained.by_ref().collect::<Result<Vec<_>, _>>()?.len(), 6);
    assert_eq!(chained.start(), Some(digest(&unchained[2])));
    // The last line without the key is named, so a change of it is found.
    fs::write(&path, String::from_utf8(fs::read(&path)?)?.replacen("\"version\":3", "\"version\":4", 1))?;
    assert!(matches!(errors(&path)?[..], [FileError::ChainBroken { line: 4, .. }]));
    Ok(())
}

#[test]
fn chain_after_opening_with_an_empty_current_file_continues_from_the_finished_one() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let open = || JsonLines::options().rotate(Rotation::BySize(1)).open(&path);
    let log = open()?;
    tick(created(1, &log), 2, &log);
    drop(log);
    // As a crash leaves it between the renaming of one file and the first line of the next.
    fs::rename(&path, directory.path().join("trail.000003.jsonl"))?;
    let _ = created(2, &open()?);
    assert_eq!(read(&path).len(), 4);
    // A finished file without lines does not separate its neighbours.
    fs::rename(&path, directory.path().join("trail.000004.jsonl"))?;
    fs::write(directory.path().join("trail.000005.jsonl"), "\n")?;
    let _ = created(3, &open()?);
    assert_eq!(read(&path).len(), 5);
    Ok(())
}

#[test]
fn chain_after_the_last_finished_file_was_compressed_starts_again_and_is_reported() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    tick(created(1, &log), 1, &log);
    drop(log);
    fs::rename(&path, directory.path().join("trail.000002.jsonl.gz"))?;
    let _ = created(2, &JsonLines::open(&path)?);
    assert!(lines([&path])[0].ends_with(end(ZEROS).as_bytes()));
    let expected = digest(&lines([directory.path().join("trail.000001.jsonl")])[0]);
    let errors = errors(&path)?;
    let [FileError::ChainBroken { line: 1, expected: named, found: Some(ZEROS), .. }] = &errors[..] else {
        return Err(format!("{errors:?}").into());
    };
    assert_eq!(*named, expected);
    Ok(())
}

#[test]
fn chained_on_a_missing_file_reports_it_once_and_on_removed_oldest_files_nothing() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    tick(created(1, &log), 5, &log);
    fs::remove_file(directory.path().join("trail.000001.jsonl"))?;
    let second = lines([directory.path().join("trail.000002.jsonl")]).remove(0);
    let mut chained = JsonLines::read(&path)?.chained();
    assert_eq!(chained.by_ref().filter_map(Result::ok).count(), 5);
    assert!(
        second.ends_with(end(chained.start().ok_or("a start")?).as_bytes()),
        "the start is not 64 zeros: a line preceded it"
    );
    fs::remove_file(directory.path().join("trail.000004.jsonl"))?;
    assert!(matches!(errors(&path)?[..], [FileError::FileMissing { count: 1, .. }]));
    Ok(())
}

#[test]
fn chain_after_a_repair_continues_from_the_repaired_line() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    tick(created(1, &log), 2, &log);
    drop(log);
    let whole = fs::read(&path)?;
    for cut in [1, 2, 100] {
        fs::write(&path, &whole[..whole.len() - cut])?;
        let log = JsonLines::open(&path)?;
        assert_eq!(log.repaired().ok_or("a repair")?.moved_to.is_none(), cut == 1);
        let _ = created(2, &log);
        assert_eq!(read(&path).len(), if cut == 1 { 4 } else { 3 });
    }
    Ok(())
}

#[test]
fn chain_after_an_unreadable_last_line_continues_from_it() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    tick(created(1, &log), 2, &log);
    drop(log);
    let mut bytes = fs::read(&path)?;
    let length = bytes.len();
    // A block that was lost in a crash.
    bytes[length - 300..length - 1].fill(0);
    fs::write(&path, &bytes)?;
    let log = JsonLines::open(&path)?;
    assert_eq!(log.unreadable().count, 1);
    let _ = created(2, &log);
    assert!(matches!(errors(&path)?[..], [FileError::NotARecord { line: 3, .. }]));
    // A byte of it that is changed later is found.
    bytes = fs::read(&path)?;
    bytes[length - 200] = b'x';
    fs::write(&path, &bytes)?;
    assert!(matches!(
        errors(&path)?[..],
        [FileError::NotARecord { line: 3, .. }, FileError::ChainBroken { line: 4, .. }]
    ));
    Ok(())
}

#[test]
fn chained_strict_on_a_break_ends_there() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    tick(created(1, &log), 4, &log);
    let mut lines = lines([&path]);
    lines.remove(1);
    fs::write(&path, [lines.join(&b'\n'), b"\n".to_vec()].concat())?;
    let items: Vec<_> = JsonLines::read(&path)?.strict().chained().collect();
    assert!(matches!(items[..], [Ok(_), Err(FileError::ChainBroken { line: 2, .. })]), "{items:?}");
    Ok(())
}

#[test]
fn chained_while_refused_commits_are_cut_off_reports_no_break() -> Tested {
    let directory = directory();
    let (path, other) = (directory.path().join("trail.jsonl"), directory.path().join("other.jsonl"));
    let log = JsonLines::open(&path)?;
    BatchSink::on_success_all(&mut &log, &records(1, 10))?;
    drop(log);
    let accepted = fs::read(&path)?;
    // Two continuations of the same lines: one that is refused and cut off, and one that takes its place.
    let continued = |id, count| -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        fs::write(&other, &accepted)?;
        let log = JsonLines::open(&other)?;
        BatchSink::on_success_all(&mut &log, &records(id, count))?;
        Ok(fs::read(&other)?)
    };
    let (refused, after) = (continued(2, 200)?, continued(3, 400)?);
    for read_of_refused in [0, 1, 2, 120, 199] {
        fs::write(&path, &refused)?;
        let mut chained = JsonLines::read(&path)?.chained();
        let begun = chained.by_ref().take(10 + read_of_refused).collect::<Result<Vec<_>, _>>()?;
        assert_eq!(begun.len(), 10 + read_of_refused);
        fs::write(&path, &after)?;
        let rest = chained.by_ref().collect::<Result<Vec<_>, _>>()?;
        assert!(rest.len() >= 400, "after {read_of_refused}");
        assert_eq!(chained.head(), Some(digest(lines([&path]).last().ok_or("a line")?)));
    }
    Ok(())
}
