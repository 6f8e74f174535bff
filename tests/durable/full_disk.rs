//! A full disk: the commit is refused, leaves no half line, and the same sink continues when there is room.

use std::fs;

use crate::child::Child;
use crate::clock::assert_in_order;
use crate::{Tested, directory, read};

#[cfg(unix)]
#[test]
fn commit_over_a_file_size_limit_is_refused_until_the_limit_is_lifted() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    // The signal would end the process before the error is returned; the child inherits that it is ignored.
    let wrapper = ["sh", "-c", r#"trap "" XFSZ; exec "$@""#, "sh"];
    let (lines, is_success) = Child::start_by::<_, &str>(&wrapper, "limited", &path, &[]).ended();
    assert!(is_success, "{lines:?}");
    let wanted = format!("Some(FileTooLarge): cannot write to `{}`: File too large (os error 27)", path.display());
    assert_eq!(lines[0], wanted);
    assert_continued(&path, &lines)
}

/// A file system of 128 KiB in memory, in a separate name space.
#[cfg(target_os = "linux")]
#[test]
#[cfg_attr(no_namespaces, ignore = "needs `unshare` with user namespaces")]
fn commit_on_a_full_disk_is_refused_until_there_is_room() -> Tested {
    let directory = directory();
    let disk = directory.path().join("disk");
    fs::create_dir(&disk)?;
    let path = disk.join("trail.jsonl");
    let kept = directory.path().join("kept.jsonl");
    let mounted = r#"mount -t tmpfs -o size=128k none "$1" || exit 77
        log=$1/trail.jsonl kept=$2; shift 2
        "$@" && cp "$log" "$kept""#;
    let words = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mounted, "sh"].map(str::to_owned);
    let words = words.into_iter().chain([disk.display().to_string(), kept.display().to_string()]);
    let words: Vec<String> = words.collect();
    let (lines, is_success) = Child::start_by::<_, &str>(&words, "filled", &path, &[]).ended();
    assert!(is_success, "{lines:?}");
    assert!(lines[0].starts_with("Some(StorageFull): cannot write to `"), "{}", lines[0]);
    assert_continued(&kept, &lines)
}

fn assert_continued(path: &std::path::Path, lines: &[String]) -> Tested {
    let records = read(path);
    assert_in_order(&records);
    assert_eq!(lines.last(), Some(&format!("continued to {}", records.len())));
    assert!(records.len() > 10 && records.iter().any(|record| lines.contains(&record.id.to_string())));
    Ok(())
}
