//! A disk without room: refused, nothing half done, and the same store goes on when there is room again.

use std::fs;

use crate::Tested;
use crate::child::Child;
use crate::machines::{Database, assert_whole};

#[test]
fn a_limit_of_the_file_size_refuses_and_the_same_store_goes_on_when_it_is_lifted() -> Tested {
    let database = Database::new();
    database.report(1);
    // The signal would end the process before the error is seen; that it is ignored is inherited.
    let wrapper = ["sh", "-c", r#"trap "" XFSZ; exec "$@""#, "sh"];
    let (said, is_success) = Child::start_by(&wrapper, "limited", &database.path()).ended();
    assert!(is_success, "{said:?}");
    assert!(said[0].contains("writing the record of Report 1 in `"), "{}", said[0]);
    let version = database.row(1).1.ok_or("it was created")?;
    assert_eq!(said.last(), Some(&format!("went on to {version}")));
    assert_whole(&database.path());
    Ok(())
}

/// A file system of one megabyte in memory, in a name space of its own.
#[cfg(target_os = "linux")]
#[test]
#[cfg_attr(no_namespaces, ignore = "needs `unshare` with user namespaces")]
fn a_full_disk_refuses_and_the_same_store_goes_on_when_there_is_room() -> Tested {
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
