//! Repair of the torn end that a crash leaves in a file.

use std::fs;

use tollgate::JsonLines;
use tollgate::file::{FileError, Repair};

use crate::clock::{self, tick};
use crate::{Tested, directory, read};

/// A file with three records.
fn written() -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    tick(clock::created(1, &log), 2, &log);
    Ok(fs::read(path)?)
}

#[test]
fn open_on_a_torn_last_line_moves_it_aside_and_reports_it() -> Tested {
    let whole = written()?;
    let begin = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').ok_or("three lines")? + 1;
    let directory = directory();
    for cut in begin..=whole.len() {
        let path = directory.path().join(format!("trail-{cut}.jsonl"));
        fs::write(&path, &whole[..cut])?;
        let log = JsonLines::open(&path)?;
        let is_whole = cut >= whole.len() - 1;
        match log.repaired() {
            None => assert!(cut == begin || cut == whole.len(), "{cut}"),
            Some(Repair { path: named, byte, length, moved_to, .. }) => {
                assert_eq!((named.as_path(), *byte, *length), (log.path(), begin as u64, (cut - begin) as u64));
                // A line that lacks only its newline is a whole record, and may have been accepted.
                assert_eq!(moved_to.is_none(), is_whole, "{cut}");
                if let Some(aside) = moved_to {
                    assert_eq!(fs::read(aside)?, whole[begin..cut]);
                    assert!(aside.display().to_string().contains(&format!("trail-{cut}.jsonl.torn-")));
                }
            }
        }
        clock::created(2, &log);
        drop(log);
        assert_eq!(read(&path).len(), if is_whole { 4 } else { 3 }, "{cut}");
        assert!(JsonLines::open(&path)?.repaired().is_none(), "and only once");
    }
    Ok(())
}

#[test]
fn open_after_an_interrupted_repair_continues_it() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let torn = [&written()?[..], b"{\"v\":1,\"id"].concat();
    fs::write(&path, &torn)?;
    let aside = JsonLines::open(&path)?.repaired().and_then(|repair| repair.moved_to.clone()).ok_or("moved")?;
    // As if the process had died before it cut the file, with half of the line moved.
    fs::write(&path, &torn)?;
    fs::write(&aside, b"{\"v\"")?;
    assert_eq!(JsonLines::open(&path)?.repaired().and_then(|repair| repair.moved_to.clone()), Some(aside.clone()));
    assert_eq!(fs::read(aside)?, b"{\"v\":1,\"id");
    // Another line that was torn at the same byte is moved to another file.
    fs::write(&path, [&written()?[..], b"{\"v\":1,\"ix"].concat())?;
    JsonLines::open(&path)?;
    let names = fs::read_dir(directory.path())?.flatten();
    assert_eq!(names.filter(|name| name.file_name().to_string_lossy().contains(".torn-")).count(), 2);
    Ok(())
}

#[test]
fn open_strict_on_unreadable_line_names_it_and_changes_nothing() -> Tested {
    let whole = written()?;
    let second = whole.iter().position(|byte| *byte == b'\n').ok_or("three lines")? + 1;
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let mut broken = [&whole[..second], b"\n", &whole[second..], b"{\"torn"].concat();
    broken[second + 5] = b'\0';
    fs::write(&path, &broken)?;
    let error = JsonLines::options().strict(true).open(&path).err().ok_or("the third line is broken")?;
    let FileError::NotARecord { path: named, line: 3, byte, id: Some(id), .. } = &error else {
        return Err(error.into());
    };
    assert_eq!((named, *byte), (&fs::canonicalize(&path)?, second as u64 + 1));
    let wanted = format!("line 3 of `{}`, at byte {byte}, is not a record (id {id}): ", named.display());
    assert!(error.to_string().starts_with(&wanted), "{error}");
    assert_eq!(fs::read(&path)?, broken);
    assert_eq!(fs::read_dir(directory.path())?.count(), 2, "the log and its lock");
    Ok(())
}
