//! Paths of a log: links, directories, and files next to it whose names look like its own.

use std::fs;
use std::io::ErrorKind;

use tollgate::JsonLines;
use tollgate::file::{FileError, Rotation};

use crate::clock::{created, tick};
use crate::{Tested, directory, read};

#[cfg(unix)]
#[test]
fn open_by_a_link_without_a_current_file_opens_the_log_behind_it() -> Tested {
    let directory = directory();
    let (real, links) = (directory.path().join("real"), directory.path().join("links"));
    fs::create_dir(&real)?;
    fs::create_dir(&links)?;
    let (path, link) = (real.join("trail.jsonl"), links.join("trail.jsonl"));
    std::os::unix::fs::symlink("second.jsonl", &link)?;
    std::os::unix::fs::symlink("../real/trail.jsonl", links.join("second.jsonl"))?;
    let _ = created(1, &JsonLines::open(&link)?);
    assert_eq!(read(&path).len(), 1);
    // As a crash leaves it between the renaming of one file and the creation of the next.
    fs::rename(&path, real.join("trail.000001.jsonl"))?;
    assert_eq!(read(&link).len(), 1);
    let _ = created(2, &JsonLines::open(&link)?);
    assert_eq!(read(&link), read(&path));
    assert_eq!((read(&path).len(), fs::read_dir(&links)?.count()), (2, 2), "no file is created next to a link");
    Ok(())
}

#[cfg(unix)]
#[test]
fn open_of_a_hard_link_to_an_open_log_is_refused() -> Tested {
    let directory = directory();
    let (path, other) = (directory.path().join("trail.jsonl"), directory.path().join("other.jsonl"));
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    let _ = created(1, &log);
    let _ = created(2, &log);
    fs::hard_link(&path, &other)?;
    let error = JsonLines::open(&other).err().ok_or("a second writer")?;
    assert!(matches!(&error, FileError::LockHeld { path, .. } if *path == fs::canonicalize(&other)?), "{error}");
    drop(log);
    let _ = created(3, &JsonLines::open(&other)?);
    assert_eq!(read(&path).len(), 3);
    Ok(())
}

#[test]
fn read_without_some_finished_files_names_them_and_returns_the_rest() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    tick(created(1, &log), 7, &log);
    // The oldest may be removed.
    for number in [1, 3, 5, 6] {
        fs::remove_file(directory.path().join(format!("trail.{number:06}.jsonl")))?;
    }
    let follow = JsonLines::follow(&path)?;
    follow.stop().now();
    for items in [JsonLines::read(&path)?.collect::<Vec<_>>(), follow.collect()] {
        let mut lines = Vec::new();
        for item in items {
            lines.push(match item {
                Ok(record) => record.version.map(|version| version.to_string()).ok_or("a version")?,
                Err(FileError::FileMissing { path, count, .. }) => {
                    format!("{} {count}", path.file_name().ok_or("a name")?.to_string_lossy())
                }
                Err(error) => return Err(error.into()),
            });
        }
        assert_eq!(lines, ["2", "trail.000003.jsonl 1", "4", "trail.000005.jsonl 2", "7", "8"]);
    }
    assert!(JsonLines::follow(&path)?.from_end().is_ok(), "the missing files do not matter");
    Ok(())
}

#[cfg(unix)]
#[test]
fn read_of_a_finished_file_that_is_a_dangling_link_returns_the_error() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    tick(created(1, &log), 2, &log);
    let second = directory.path().join("trail.000002.jsonl");
    fs::remove_file(&second)?;
    std::os::unix::fs::symlink("nowhere", &second)?;
    let items: Vec<_> = JsonLines::read(&path)?.collect();
    let [Ok(_), Err(error)] = &items[..] else { return Err(format!("{items:?}").into()) };
    assert_eq!(
        (error.kind(), error.path()),
        (Some(ErrorKind::NotFound), &*fs::canonicalize(directory.path())?.join("trail.000002.jsonl"))
    );
    Ok(())
}

#[test]
fn rotation_after_finished_files_were_compressed_uses_the_next_number() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    fs::write(directory.path().join("trail.000007.jsonl.gz"), "")?;
    fs::write(directory.path().join("trail.000006.2026-11-22.jsonl.gz"), "")?;
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    tick(created(1, &log), 1, &log);
    assert!(directory.path().join("trail.000008.jsonl").exists());
    assert_eq!(read(&path).len(), 2);
    Ok(())
}

#[test]
fn open_with_rotation_after_the_last_number_is_refused_and_names_the_file() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let last = directory.path().join(format!("trail.{}.jsonl", u64::MAX));
    fs::write(&last, "")?;
    let error = JsonLines::options().rotate(Rotation::BySize(1)).open(&path).err().ok_or("there is no number left")?;
    assert_eq!((error.path(), error.kind()), (&*fs::canonicalize(&last)?, Some(ErrorKind::AlreadyExists)));
    let _ = created(1, &JsonLines::open(&path)?);
    // The number before it is used, and after that the commit is refused.
    fs::remove_file(&last)?;
    fs::write(directory.path().join(format!("trail.{}.jsonl", u64::MAX - 1)), "")?;
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    let clock = created(2, &log);
    assert!(last.exists());
    let refused = clock.tick().commit(&log).err().ok_or("there is no number left")?;
    assert!(refused.to_string().contains(&format!("trail.{}.jsonl", u64::MAX)), "{refused}");
    assert_eq!(read(&path).len(), 2);
    Ok(())
}

#[test]
fn rotation_next_to_other_files_ignores_their_numbers() -> Tested {
    for (name, others, finished) in [
        (
            "trail.jsonl",
            &[
                "trail.20261130.bak",
                "trail.20261130.log",
                "trail.20261130",
                "trail.20261130-old.jsonl",
                "trail.20261130.old.jsonl",
                "trail.20261130.jsonl-old",
                "trail.12345.jsonl",
                "trail.99999999999999999999.jsonl",
                "trailer.20261130.jsonl",
            ][..],
            "trail.000001.jsonl",
        ),
        ("trail", &["trail.20261130-old", "trail.12345", "trail2.20261130"], "trail.000001"),
        // An extension that looks like a day.
        ("trail.2026-11-22", &["trail.20261130.jsonl"], "trail.000001.2026-11-22"),
    ] {
        let directory = directory();
        let path = directory.path().join(name);
        for other in others {
            fs::write(directory.path().join(other), "other")?;
        }
        let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
        tick(created(1, &log), 1, &log);
        assert!(directory.path().join(finished).exists(), "{name}");
        assert_eq!(read(&path).len(), 2);
    }
    Ok(())
}

#[test]
fn rotation_of_two_logs_with_one_stem_numbers_them_separately() -> Tested {
    let directory = directory();
    for (name, count) in [("trail.log", 5), ("trail.jsonl", 2)] {
        let path = directory.path().join(name);
        let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
        tick(created(1, &log), count, &log);
        assert_eq!(read(&path).len(), count + 1, "no file is missing");
    }
    assert!(directory.path().join("trail.000001.jsonl").exists());
    Ok(())
}

#[test]
fn open_of_a_path_without_a_file_name_is_refused() -> Tested {
    let directory = directory();
    let slash = directory.path().join("trail.jsonl/");
    for path in [std::path::Path::new(""), &slash] {
        let error = JsonLines::open(path).err().ok_or("there is no name")?;
        assert_eq!(error.kind(), Some(ErrorKind::InvalidInput));
        assert!(error.to_string().ends_with("the path must end with the name of a file"), "{error}");
    }
    assert_eq!(fs::read_dir(directory.path())?.count(), 0);
    for error in [JsonLines::read(".").err(), JsonLines::read(directory.path()).err()] {
        assert!(matches!(error, Some(FileError::NotAFile { .. })), "{error:?}");
    }
    assert!(matches!(JsonLines::follow(directory.path()), Err(FileError::NotAFile { .. })));
    Ok(())
}
