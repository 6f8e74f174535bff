//! A full disk: the commit is refused, nothing is partly written, and the same store continues when there is room again.

use std::fs;

use crate::Tested;
use crate::child::Child;
use crate::machines::{Database, assert_whole};

#[test]
fn commit_at_a_file_size_limit_is_refused_until_it_is_lifted() -> Tested {
    let database = Database::new();
    database.report(1);
    // The signal would end the process before it sees the error. The child inherits that it is ignored.
    let wrapper = ["sh", "-c", r#"trap "" XFSZ; exec "$@""#, "sh"];
    let (said, is_success) = Child::start_by(&wrapper, "limited", &database.path()).ended();
    assert!(is_success, "{said:?}");
    assert!(said[0].contains("writing the record of Report 1 in `"), "{}", said[0]);
    let version = database.row(1).1.ok_or("it was created")?;
    assert_eq!(said.last(), Some(&format!("went on to {version}")));
    assert_whole(&database.path());
    Ok(())
}

/// Runs in a new mount namespace, with a file system of one megabyte in memory.
#[cfg(target_os = "linux")]
#[test]
#[cfg_attr(no_namespaces, ignore = "needs `unshare` with user namespaces")]
fn commit_on_a_full_disk_is_refused_until_there_is_room() -> Tested {
    let database = Database::new();
    database.report(1);
    let directory = database.directory.path();
    let (disk, kept) = (directory.join("disk"), directory.join("kept.db"));
    fs::create_dir(&disk)?;
    fs::copy(database.path(), directory.join("begun.db"))?;
    drop(database.store);
    let mounted = r#"mount -t tmpfs -o size=1m none "$1" || exit 77
        disk=$1 begun=$2 kept=$3; shift 3
        cp "$begun" "$disk/app.db" && "$@" && cp "$disk"/app.db* "$kept""#;
    fs::create_dir(&kept)?;
    let words = ["unshare", "--user", "--map-root-user", "--mount"].map(str::to_owned).to_vec();
    let begun = directory.join("app.db");
    let paths = [&disk, &begun, &kept].map(|path| path.display().to_string());
    let shell = ["sh", "-c", mounted, "sh"].map(str::to_owned);
    let words: Vec<String> = words.into_iter().chain(shell).chain(paths).collect();
    let (said, is_success) = Child::start_by(&words, "filled", &disk.join("app.db")).ended();
    assert!(is_success, "{said:?}");
    assert!(said[0].contains("for which the disk has no room: database or disk is full"), "{}", said[0]);
    assert!(said[1].starts_with("went on to "), "{said:?}");
    assert_whole(&kept.join("app.db"));
    Ok(())
}
