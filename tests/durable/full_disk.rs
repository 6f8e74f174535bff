//! A disk without room: refused, no half line, and the same sink goes on when there is room again.

use std::fs;

use crate::child::Child;
use crate::clock::assert_in_order;
use crate::{Tested, directory, read};

#[cfg(unix)]
#[test]
fn a_limit_of_the_file_size_refuses_and_the_same_sink_goes_on_when_it_is_lifted() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    // The signal would end the process before the error is seen; that it is ignored is inherited.
    let wrapper = ["sh", "-c", r#"trap "" XFSZ; exec "$@""#, "sh"];
    let (said, is_success) = Child::start_by::<_, &str>(&wrapper, "limited", &path, &[]).ended();
    assert!(is_success, "{said:?}");
    let wanted = format!("Some(FileTooLarge): cannot write to `{}`: File too large (os error 27)", path.display());
    assert_eq!(said[0], wanted);
    assert_went_on(&path, &said)
}

/// A file system of 128 KiB in memory, in a name space of its own.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_refuses_and_the_same_sink_goes_on_when_there_is_room() -> Tested {
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
    let is_allowed = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none"])
        .arg(&disk)
        .status()
        .is_ok_and(|status| status.success());
    if !is_allowed {
        assert!(std::env::var_os("CI").is_none(), "a tmpfs is to be mounted where the tests decide");
        eprintln!("SKIPPED: no tmpfs may be mounted here, so no disk is filled");
        return Ok(());
    }
    let (said, is_success) = Child::start_by::<_, &str>(&words, "filled", &path, &[]).ended();
    assert!(is_success, "{said:?}");
    assert!(said[0].starts_with("Some(StorageFull): cannot write to `"), "{}", said[0]);
    assert_went_on(&kept, &said)
}

fn assert_went_on(path: &std::path::Path, said: &[String]) -> Tested {
    let records = read(path);
    assert_in_order(&records);
    assert_eq!(said.last(), Some(&format!("went on to {}", records.len())));
    assert!(records.len() > 10 && records.iter().any(|record| said.contains(&record.id.to_string())));
    Ok(())
}
