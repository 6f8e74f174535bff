//! Odd paths and odd neighbours: links, directories, numbers that are missing or the last there is.

use std::fs;
use std::io::ErrorKind;

use tollgate::JsonLines;
use tollgate::sink::file::{FileError, Rotation};

use crate::clock::{created, tick};
use crate::{Tested, directory, read};

#[cfg(unix)]
#[test]
fn a_link_leads_to_the_log_also_where_there_is_no_current_file() -> Tested {
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
    assert_eq!((read(&path).len(), fs::read_dir(&links)?.count()), (2, 2), "nothing is put beside a link");
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_second_name_of_the_file_lets_no_second_writer_in() -> Tested {
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
fn a_finished_file_that_is_missing_between_others_is_named_and_the_rest_is_read() -> Tested {
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
        let mut said = Vec::new();
        for item in items {
            said.push(match item {
                Ok(record) => record.version.map(|version| version.to_string()).ok_or("a version")?,
                Err(FileError::FileMissing { path, count, .. }) => {
                    format!("{} {count}", path.file_name().ok_or("a name")?.to_string_lossy())
                }
                Err(error) => return Err(error.into()),
            });
        }
        assert_eq!(said, ["2", "trail.000003.jsonl 1", "4", "trail.000005.jsonl 2", "7", "8"]);
    }
    assert!(JsonLines::follow(&path)?.from_end().is_ok(), "who wants only what comes needs none of them");
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
fn a_number_is_not_given_again_where_finished_files_were_compressed() -> Tested {
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
fn after_the_last_number_there_is_no_rotation_and_the_file_is_named() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let last = directory.path().join(format!("trail.{}.jsonl", u64::MAX));
    fs::write(&last, "")?;
    let log = JsonLines::options().rotate(Rotation::BySize(1)).open(&path)?;
    let clock = created(1, &log);
    let refused = clock.tick().commit(&log).err().ok_or("there is no number left")?;
    assert!(refused.to_string().contains(&format!("trail.{}.jsonl", u64::MAX)), "{refused}");
    assert_eq!(read(&path).len(), 1);
    Ok(())
}

#[test]
fn a_path_without_the_name_of_a_file_is_refused() -> Tested {
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
