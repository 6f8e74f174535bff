//! Locks: a log has one writer.

use std::fs;
use std::path::Path;

use tollgate::JsonLines;
use tollgate::file::FileError;

use crate::child::Child;
use crate::clock::created;
use crate::{Tested, directory, read};

fn assert_locked(path: &Path) -> Tested {
    let error = JsonLines::open(path).err().ok_or("a second writer")?;
    let FileError::LockHeld { path: named, lock } = &error else { return Err(error.into()) };
    assert_eq!(named, &fs::canonicalize(path)?);
    let words = error.to_string();
    assert!(words.contains(&format!("`{}`", named.display())) && words.contains(&format!("`{}`", lock.display())));
    assert!(words.contains("share one sink as `&log`"), "it states what to do: {words}");
    Ok(())
}

#[test]
fn open_of_a_log_that_is_open_in_this_process_is_refused() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    assert_locked(&path)?;
    let _ = created(1, &log);
    drop(log);
    let _ = created(2, &JsonLines::open(&path)?);
    assert_eq!(read(&path).len(), 2);
    Ok(())
}

#[test]
fn open_of_a_log_that_is_open_in_another_process_is_refused() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let mut child = Child::start("hold", &path);
    assert_eq!(child.line().as_deref(), Some("open"));
    assert_locked(&path)?;
    assert_eq!(read(&path).len(), 1, "a reader needs no lock");
    child.kill();
    child.ended();
    let _ = created(2, &JsonLines::open(&path)?);
    assert_eq!(read(&path).len(), 2);
    Ok(())
}

#[test]
fn open_after_a_rotation_of_an_open_log_is_refused() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(tollgate::file::Rotation::BySize(1)).open(&path)?;
    let _ = created(1, &log);
    let _ = created(2, &log);
    assert!(directory.path().join("trail.000001.jsonl").exists());
    assert_locked(&path)
}

#[cfg(unix)]
#[test]
fn open_of_a_link_locks_the_log() -> Tested {
    let directory = directory();
    let (path, link) = (directory.path().join("trail.jsonl"), directory.path().join("link.jsonl"));
    fs::write(&path, "")?;
    std::os::unix::fs::symlink(&path, &link)?;
    let log = JsonLines::open(&link)?;
    assert_locked(&path)?;
    let _ = created(1, &log);
    assert_eq!(read(&link), read(&path));
    Ok(())
}

#[cfg(unix)]
#[test]
fn open_and_commit_create_files_for_the_owner_only() -> Tested {
    use std::os::unix::fs::PermissionsExt;
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    fs::write(&path, "{\"v\":1,\"id")?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640))?;
    let log = JsonLines::options().rotate(tollgate::file::Rotation::BySize(1)).open(&path)?;
    let _ = created(1, &log);
    let _ = created(2, &log);
    let mut modes = Vec::new();
    for entry in fs::read_dir(directory.path())? {
        let entry = entry?;
        modes.push((entry.file_name().into_string().expect("UTF-8"), entry.metadata()?.permissions().mode() & 0o777));
    }
    modes.sort();
    let [(_, finished), (_, charts), (_, current), (_, lock), (_, torn)] = &modes[..] else {
        return Err(format!("{modes:?}").into());
    };
    assert_eq!([*finished, *charts, *current, *lock, *torn], [0o640, 0o600, 0o600, 0o600, 0o600], "{modes:?}");
    Ok(())
}
