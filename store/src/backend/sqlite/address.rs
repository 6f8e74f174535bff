//! The address of an SQLite database: a file, or memory.

use std::path::{Path, PathBuf};

use crate::Error;

/// A database: in memory, or in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Memory,
    File(PathBuf),
}

impl Address {
    /// `sqlite://app.db`, `sqlite:app.db`, `sqlite:///abs/app.db`, `sqlite::memory:`.
    pub(crate) fn of_url(url: &str) -> Result<Self, Error> {
        let refuse = |why| Err(Error::Address { url: url.to_owned(), why });
        let Some(rest) = url.strip_prefix("sqlite:") else {
            return refuse("it begins with `sqlite:`");
        };
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        match rest {
            "" => refuse("it names no file; `sqlite://app.db` does, and `sqlite::memory:` needs none"),
            _ if rest.contains('?') => {
                refuse("parameters are not read from it; `Store::options` sets them, and `Sqlite::open` takes any path")
            }
            _ if rest.contains('%') => {
                refuse("its percent signs are not decoded; `Sqlite::open` takes any path as it is")
            }
            _ => Self::of_path(Path::new(rest)),
        }
    }

    /// A path as it is. SQLite itself would take an empty one for a temporary database, and read a URI.
    pub(crate) fn of_path(path: &Path) -> Result<Self, Error> {
        let refuse = |why| Err(Error::Address { url: path.display().to_string(), why });
        let begins = |scheme: &str| path.as_os_str().as_encoded_bytes().starts_with(scheme.as_bytes());
        if path == Path::new(":memory:") {
            return Ok(Self::Memory);
        }
        if path.as_os_str().is_empty() {
            return refuse("it names no file; name one, or use `Sqlite::in_memory`");
        }
        if begins("file:") {
            return refuse("a URI is not read; give the path alone, and `./file:..` if the name begins so");
        }
        if begins("sqlite:") {
            return refuse("`Sqlite::open` takes the path alone; `Store::open` takes an address with `sqlite:`");
        }
        Ok(Self::File(path.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Address;

    #[test]
    fn address_of_a_file_or_memory_is_read() -> Result<(), crate::Error> {
        for (url, path) in [
            ("sqlite://app.db", "app.db"),
            ("sqlite:app.db", "app.db"),
            ("sqlite:///var/app.db", "/var/app.db"),
            ("sqlite:/var/app.db", "/var/app.db"),
            ("sqlite://data/my app.db", "data/my app.db"),
        ] {
            assert_eq!(Address::of_url(url)?, Address::File(Path::new(path).to_owned()), "{url}");
        }
        assert_eq!(Address::of_url("sqlite::memory:")?, Address::Memory);
        Ok(())
    }

    #[test]
    fn address_that_cannot_be_read_is_refused_with_the_remedy() {
        let refused = |url: &str| Address::of_url(url).expect_err("it is refused").to_string();
        assert_eq!(
            refused("sqlite://app.db?mode=ro"),
            "`sqlite://app.db?mode=ro` is not the address of a database: parameters are not read from it; \
             `Store::options` sets them, and `Sqlite::open` takes any path"
        );
        assert!(refused("sqlite://my%20app.db").contains("`Sqlite::open` takes any path as it is"));
        assert!(refused("sqlite://").contains("`sqlite://app.db` does"));
        assert!(refused("sqlite:file:app.db").contains("a URI is not read"));
    }
}
