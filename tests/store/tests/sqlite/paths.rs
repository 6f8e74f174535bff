//! Paths without a writable database: each is an error that names a path or a change that works.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

use rusqlite::Connection;
use tollgate::Id;
use tollgate_store::{Error, Sqlite, Store};

use crate::Tested;
use crate::child::Child;
use crate::machines::{LampMachine, LampState, directory};

fn refused(path: impl AsRef<Path>) -> (Error, String) {
    let error = Sqlite::open(path).expect_err("it is not a database that can be written");
    let text = error.to_string();
    (error, text)
}

#[test]
fn path_that_names_no_file_is_refused_and_nothing_is_made() {
    for (path, why) in [
        ("", "it names no file; name one, or use `Sqlite::in_memory`"),
        ("file:app.db", "a URI is not read"),
        ("file::memory:", "a URI is not read"),
        ("file:///tmp/app.db?mode=memory&cache=shared", "a URI is not read"),
        ("sqlite:app.db", "takes the path alone"),
        ("sqlite://app.db", "takes the path alone"),
        ("sqlite::memory:", "takes the path alone"),
    ] {
        let (error, text) = refused(path);
        assert!(matches!(error, Error::Address { .. }), "{error:?}");
        assert!(
            text.starts_with(&format!("`{path}` is not the address of a database: ")) && text.contains(why),
            "{text}"
        );
        assert!(path.is_empty() || !Path::new(path).exists(), "{path}");
    }
}

#[tokio::test]
async fn address_that_names_no_file_is_refused() -> Tested {
    for url in ["sqlite:", "sqlite://", "sqlite:file:app.db", "sqlite:sqlite:app.db", "sqlite:file::memory:"] {
        let error = Store::open(url).await.expect_err("it names no file");
        assert!(matches!(error, Error::Address { .. }), "{error:?}");
    }
    Ok(())
}

#[test]
fn file_whose_name_looks_like_an_address_opens_by_a_longer_path() -> Tested {
    let directory = directory();
    for name in ["file:app.db", ":memory:", "sqlite:app.db", "a?mode=ro.db", "per%20cent.db", " "] {
        let path = directory.path().join(name);
        let store = Sqlite::open(&path)?;
        LampMachine::create(Id::from(1)).commit(&store)?;
        // The connection of the readers opens the same file.
        store.resume::<LampState>(Id::from(1))?;
        assert!(path.is_file(), "{name}");
    }
    Ok(())
}

#[test]
fn databases_in_memory_are_one_for_each_store() -> Tested {
    let (one, other, third) = (Sqlite::in_memory()?, Sqlite::in_memory()?, Sqlite::open(":memory:")?);
    LampMachine::create(Id::from(1)).commit(&one)?;
    one.clone().resume::<LampState>(Id::from(1))?;
    for store in [other, third] {
        let error = store.resume::<LampState>(Id::from(1)).expect_err("it was created in another one");
        assert!(matches!(error, Error::NeverCreated { .. }), "{error}");
    }
    Ok(())
}

#[test]
fn path_to_something_else_than_a_file_is_refused() -> Tested {
    let directory = directory();
    let (error, text) = refused(directory.path());
    assert!(matches!(error, Error::File { .. }) && text.ends_with("is a folder; name a file in it"), "{text}");
    let socket = directory.path().join("socket");
    let _bound = UnixListener::bind(&socket)?;
    for path in [&socket, Path::new("/dev/null")] {
        let (error, text) = refused(path);
        assert!(matches!(error, Error::File { .. }) && text.contains("is not a regular file"), "{text}");
    }
    Ok(())
}

#[test]
fn path_in_a_folder_that_is_missing_or_a_file_is_refused() -> Tested {
    let directory = directory();
    let file = directory.path().join("file");
    fs::write(&file, "")?;
    for folder in [directory.path().join("missing"), file] {
        let (error, text) = refused(folder.join("app.db"));
        assert!(matches!(error, Error::Database { .. }), "{error:?}");
        assert!(text.contains(&format!("whose directory `{}` does not exist", folder.display())), "{text}");
    }
    Ok(())
}

#[test]
fn file_that_is_not_a_database_is_refused_and_left_as_it_is() -> Tested {
    let directory = directory();
    let path = directory.path().join("app.db");
    for content in ["xy", "just a text\n", &"a long text\n".repeat(10_000)] {
        fs::write(&path, content)?;
        let (error, text) = refused(&path);
        assert!(matches!(error, Error::Database { .. }), "{error:?}");
        assert!(text.contains("which is not an SQLite database or is encrypted; name another file"), "{text}");
        assert_eq!(fs::read_to_string(&path)?, content);
    }
    // The beginning of a truncated database.
    let whole = directory.path().join("whole.db");
    Connection::open(&whole)?.execute_batch("CREATE TABLE a (id); CREATE TABLE b (id)")?;
    fs::write(&path, &fs::read(&whole)?[..5000])?;
    let (_, text) = refused(&path);
    assert!(text.ends_with("database disk image is malformed"), "{text}");
    Ok(())
}

/// Starts the child without the rights of root, since root can write to read-only files.
fn tried_without_rights(path: &Path) -> Option<String> {
    const WRAPPER: [&str; 2] = ["unshare", "--user"];
    Child::start_by(&WRAPPER, "try", path).heard()
}

#[test]
#[cfg_attr(no_namespaces, ignore = "needs `unshare` with user namespaces")]
fn file_or_folder_that_may_only_be_read_is_refused() -> Tested {
    let directory = directory();
    let folder = directory.path().join("folder");
    fs::create_dir(&folder)?;
    let path = folder.join("app.db");
    drop(Sqlite::open(&path)?);
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    set(&path, 0o444)?;
    let text = tried_without_rights(&path).ok_or("it answers")?;
    assert!(
        text.ends_with("may only be read by this program, and a store writes; give it the right to write"),
        "{text}"
    );
    // SQLite cannot create the log of this database.
    set(&path, 0o644)?;
    set(&folder, 0o555)?;
    let text = tried_without_rights(&path).ok_or("it answers")?;
    set(&folder, 0o755)?;
    assert!(text.contains("needs the right to write to the file and to its folder"), "{text}");
    assert_eq!(tried_without_rights(&path).as_deref(), Some("opened"));
    Ok(())
}
