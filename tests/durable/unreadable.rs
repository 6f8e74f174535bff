//! One unreadable line among others: it is reported with its place and stepped over, by every reader.

use std::fs;
use std::io::ErrorKind;

use tollgate::file::FileError;
use tollgate::uuid::Uuid;
use tollgate::{JsonLines, Record};

use crate::clock::{created, records};
use crate::{Tested, directory, read};

/// Lines that are not records, and whether the id can be found in them.
fn unreadable(record: &Record) -> Vec<(&'static str, Vec<u8>, bool)> {
    let line = record.canonical();
    let text = String::from_utf8_lossy(&line).into_owned();
    let mut lost = line.clone();
    lost[120..].fill(0);
    let mut latin = line.clone();
    latin[text.find("Running").expect("a state")] = b'\xfc';
    let deep =
        format!("{},\"context\":{{\"body\":{}1{}}}}}", &text[..text.len() - 1], "[".repeat(200), "]".repeat(200));
    vec![
        ("another wire version", text.replacen("\"v\":1", "\"v\":2", 1).into_bytes(), true),
        ("text that is not UTF-8", latin, true),
        ("nested too deep", deep.into_bytes(), true),
        ("a block that was lost in a crash", lost, true),
        ("an unknown field", text.replacen("\"kind\"", "\"sort\"", 1).into_bytes(), true),
        ("only zero bytes", vec![0; line.len()], false),
        ("an edited id", text.replacen("\"id\":\"0", "\"id\":\"x", 1).into_bytes(), false),
        ("another text", b"[package]".to_vec(), false),
    ]
}

fn line(record: &Record) -> Vec<u8> {
    [&record.canonical()[..], b"\n"].concat()
}

fn place(error: &FileError) -> Result<(u64, u64, Option<Uuid>), Box<dyn std::error::Error>> {
    match error {
        FileError::NotARecord { line, byte, id, .. } => Ok((*line, *byte, *id)),
        other => Err(other.clone().into()),
    }
}

#[test]
fn unreadable_line_is_reported_and_stepped_over_by_open_and_every_reader() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let [first, second, third] = &records(1, 3)[..] else { return Err("three records".into()) };
    for (what, bad, has_id) in unreadable(second) {
        let content = [line(first), bad, b"\n".to_vec(), line(third)].concat();
        fs::write(&path, &content)?;
        let wanted = (2, line(first).len() as u64, has_id.then_some(second.id));

        let items: Vec<_> = JsonLines::read(&path)?.collect();
        let [Ok(one), Err(error), Ok(other)] = &items[..] else { return Err(format!("{what}: {items:?}").into()) };
        assert_eq!((one, place(error)?, other), (first, wanted, third), "{what}");
        assert_eq!(error.kind(), Some(ErrorKind::InvalidData), "{what}");
        let words = error.to_string();
        assert_eq!(words.contains(&format!("(id {})", second.id)), has_id, "{words}");

        let items: Vec<_> = JsonLines::read(&path)?.strict().collect();
        assert!(matches!(&items[..], [Ok(_), Err(_)]), "{what}: it ends after the first error: {items:?}");
        let items: Vec<_> = JsonLines::read(&path)?.strict().with_positions().collect();
        assert!(matches!(&items[..], [Ok(_), Err(_)]), "{what}: {items:?}");

        let follow = JsonLines::follow(&path)?;
        follow.stop().now();
        let items: Vec<_> = follow.collect();
        assert!(matches!(&items[..], [Ok(_), Err(_), Ok(_)]), "{what}: {items:?}");
        assert!(JsonLines::follow(&path)?.from_end().is_ok(), "{what}");

        let items: Vec<_> = JsonLines::read_from(&content[..]).collect();
        let [Ok(_), Err(error), Ok(_)] = &items[..] else { return Err(format!("{what}: {items:?}").into()) };
        assert_eq!(error.kind(), ErrorKind::InvalidData, "{what}");
        assert_eq!(error.to_string().contains(&second.id.to_string()), has_id, "{error}");

        let error = JsonLines::options().strict(true).open(&path).err().ok_or("it is strict")?;
        assert_eq!(place(&error)?, wanted, "{what}");
        assert_eq!(fs::read(&path)?, content, "{what}: nothing is changed");
        let log = JsonLines::open(&path)?;
        assert_eq!((log.unreadable().count, log.unreadable().first.len()), (1, 1), "{what}");
        assert_eq!(place(&log.unreadable().first[0])?, wanted, "{what}");
        let _ = created(2, &log);
        drop(log);
        assert!(fs::read(&path)?.starts_with(&content), "{what}: the line stays");
        assert_eq!(JsonLines::read(&path)?.filter_map(Result::ok).count(), 3, "{what}");
    }
    Ok(())
}

#[test]
fn open_on_many_unreadable_lines_counts_all_and_keeps_the_first_hundred() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let long = format!("{{\"v\":1,\"{}\":1}}\n", "x".repeat(10_000));
    fs::write(&path, [line(&records(1, 1)[0]), long.repeat(250).into_bytes()].concat())?;
    let log = JsonLines::open(&path)?;
    let unreadable = log.unreadable();
    assert_eq!((unreadable.count, unreadable.first.len()), (250, 100));
    assert_eq!(place(&unreadable.first[99])?.0, 101);
    assert!(unreadable.first.iter().all(|error| error.to_string().len() < 600), "{}", unreadable.first[0]);
    Ok(())
}

#[test]
fn open_on_a_file_of_another_program_is_refused_and_changes_nothing() -> Tested {
    let directory = directory();
    let path = directory.path().join("Cargo.toml");
    for content in [
        "[package]\nname = \"x\"\n",
        "[package]\nname = \"x\"",
        "\n\n{}\n",
        "{\"event\":\"other\"}\r\n",
        "{\"name\":\"my app\"}",
        "\n{}",
        "torn",
        "{\"specversion\":\"1.0\",\"id\":\"0197a2b4-0000-7000-8000-000000000000\"}\n",
        "{\"specversion\":\"1.0\",\"id\":\"0197a2b4-0000-7000-8000-000000000000\"}",
        // The start of a record does not make the line before it one.
        "[package]\n{\"v\":1,",
    ] {
        fs::write(&path, content)?;
        let error = JsonLines::open(&path).err().ok_or("it is another file")?;
        let FileError::Foreign { path: named, wanted: "record", .. } = &error else { return Err(error.into()) };
        assert_eq!(named, &fs::canonicalize(&path)?);
        let words = error.to_string();
        assert!(
            words.contains("is not a file of this log: none of its") && words.contains("check the path"),
            "{words}"
        );
        assert_eq!(fs::read_to_string(&path)?, content);
    }
    // Blank lines alone are an empty log.
    fs::write(&path, "\n \r\n")?;
    let _ = created(1, &JsonLines::open(&path)?);
    assert_eq!(read(&path).len(), 1);
    Ok(())
}

#[test]
fn open_on_a_torn_first_line_moves_it_aside() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let whole = String::from_utf8(records(1, 1)[0].canonical())?;
    let fragments = ["{", "{\"v\":1,", &whole[..whole.len() - 1], "\0\0\0", "\u{feff}{\"v"].map(str::to_owned);
    for torn in fragments.into_iter().chain([format!("{}\0\0\0", &whole[..50]), "\n{\"v\"\0".to_owned()]) {
        fs::write(&path, &torn)?;
        let log = JsonLines::open(&path)?;
        let aside = log.repaired().and_then(|repair| repair.moved_to.clone()).ok_or("it is moved")?;
        assert_eq!(fs::read_to_string(aside)?, torn.trim_start_matches('\n'));
        let _ = created(2, &log);
        assert_eq!(read(&path).len(), 1, "{torn:?}");
    }
    Ok(())
}

#[test]
fn open_on_a_log_whose_only_line_is_damaged_steps_over_it() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let [first, second] = &records(1, 2)[..] else { return Err("two records".into()) };
    let newer = String::from_utf8(line(first))?.replacen("\"v\":1", "\"v\":9", 1);
    let lost = b"[package]\n";
    // Alone, if it shows that it was a record.
    fs::write(&path, &newer)?;
    assert_eq!(JsonLines::open(&path)?.unreadable().count, 1);
    fs::write(&path, "{\"?\":1,\"prev_line\":\"?\"}\n")?;
    assert_eq!(JsonLines::open(&path)?.unreadable().count, 1);
    // Before a whole record without its newline.
    fs::write(&path, [lost, &line(second)[..]].concat().trim_ascii_end())?;
    let log = JsonLines::open(&path)?;
    assert_eq!((log.unreadable().count, log.repaired().map(|repair| repair.moved_to.is_none())), (1, Some(true)));
    drop(log);
    assert_eq!(fs::read(&path)?, [lost, &line(second)[..]].concat());
    // After a finished file, also one that is compressed.
    for finished in ["trail.000001.jsonl", "trail.000001.jsonl.gz"] {
        let finished = path.with_file_name(finished);
        fs::write(&finished, line(first))?;
        for bad in [&lost[..], b"torn"] {
            fs::write(&path, bad)?;
            let _ = created(2, &JsonLines::open(&path)?);
        }
        fs::remove_file(finished)?;
    }
    Ok(())
}

#[test]
fn byte_order_mark_at_the_start_is_skipped_by_open_and_every_reader() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let text = [&b"\xef\xbb\xbf"[..], &line(&records(1, 1)[0])].concat();
    fs::write(&path, &text)?;
    assert_eq!((read(&path).len(), JsonLines::read_from(&text[..]).collect::<Result<Vec<_>, _>>()?.len()), (1, 1));
    let log = JsonLines::options().strict(true).open(&path)?;
    let _ = created(2, &log);
    assert_eq!(read(&path).len(), 2, "the chain continues from the line with the mark");
    let follow = JsonLines::follow(&path)?;
    follow.stop().now();
    assert_eq!(follow.collect::<Result<Vec<_>, _>>()?.len(), 2);
    assert!(fs::read(&path)?.starts_with(&text));
    // A file that an editor has saved empty.
    let empty = directory.path().join("empty.jsonl");
    for text in ["\u{feff}", "\u{feff}\n", "\u{feff}\r\n"] {
        fs::write(&empty, text)?;
        let _ = created(3, &JsonLines::open(&empty)?);
        assert_eq!(read(&empty).len(), 1);
    }
    Ok(())
}

#[test]
fn byte_order_mark_inside_is_named_and_its_line_stepped_over() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let records = records(1, 2);
    let second = [&b"\xef\xbb\xbf"[..], &line(&records[1])].concat();
    let text = [&line(&records[0])[..], &second, &line(&records[1])].concat();
    fs::write(&path, &text)?;
    let read: Vec<_> = JsonLines::read(&path)?.collect();
    let from: Vec<_> = JsonLines::read_from(&text[..]).collect();
    let [Ok(_), Err(read), Ok(_)] = &read[..] else { return Err(format!("{read:?}").into()) };
    let [Ok(_), Err(from), Ok(_)] = &from[..] else { return Err(format!("{from:?}").into()) };
    let open = JsonLines::options().strict(true).open(&path).err().ok_or("it is strict")?;
    let wanted = "it begins with a byte order mark, which is allowed only at the start of a file";
    for words in [read.to_string(), from.to_string(), open.to_string()] {
        assert!(words.ends_with(wanted), "{words}");
    }
    Ok(())
}
