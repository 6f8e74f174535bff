//! Databases on a server, made and queried through `psql`.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::ClusterError;
use crate::programs::Programs;

/// The program `psql`.
#[derive(Debug, Clone)]
pub struct Psql(std::path::PathBuf);

impl Psql {
    pub(crate) fn of(programs: &Programs) -> Self {
        Self(programs.directory().join("psql"))
    }

    /// That of the installed server, or else the one on the path.
    pub(crate) fn find() -> Self {
        Programs::find().map_or_else(|_| Self("psql".into()), |programs| Self::of(&programs))
    }

    /// Runs SQL on the database at this URL, and returns its output: a line a row, fields between `|`.
    ///
    /// # Errors
    ///
    /// The error of the server, or that there is no server.
    pub fn run(&self, url: &str, sql: &str) -> Result<String, ClusterError> {
        self.run_with(url, &["-c", sql], sql)
    }

    /// Runs a file of SQL on the database at this URL.
    ///
    /// # Errors
    ///
    /// The error of the server, or that there is no server.
    pub fn run_file(&self, url: &str, file: &Path) -> Result<(), ClusterError> {
        let file = file.display().to_string();
        self.run_with(url, &["-f", &file], &file).map(drop)
    }

    /// Writes the database at this URL into a file, as SQL that replaces what is there, by `pg_dump`.
    ///
    /// # Errors
    ///
    /// The error of `pg_dump`.
    pub fn dump(&self, url: &str, file: &Path) -> Result<(), ClusterError> {
        let mut command = Command::new(self.0.with_file_name("pg_dump"));
        command.args(["--clean", "--if-exists", "-w", "-d", url, "-f"]).arg(file).stdin(Stdio::null());
        let output = command.output().map_err(ClusterError::io("starting `pg_dump`"))?;
        if output.status.success() {
            return Ok(());
        }
        Err(ClusterError::failed("`pg_dump`", String::from_utf8_lossy(&output.stderr)))
    }

    fn run_with(&self, url: &str, arguments: &[&str], sql: &str) -> Result<String, ClusterError> {
        let mut command = Command::new(&self.0);
        // Without the user's settings: no file of theirs, no prompt for a password.
        command.args(["-X", "-A", "-t", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-d", url]).args(arguments);
        let output = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ClusterError::failed("looking for `psql`", "it is not installed"),
            _ => ClusterError::failed("starting `psql`", error),
        })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
        }
        Err(ClusterError::failed(format!("`{sql}`"), String::from_utf8_lossy(&output.stderr)))
    }
}

/// Makes a database by way of another one on the same server.
pub(crate) fn fresh(psql: &Psql, url: &str, hint: &str) -> Result<String, ClusterError> {
    let name = name(hint);
    psql.run(url, &format!("CREATE DATABASE {name}"))?;
    Ok(beside(url, &name))
}

/// A name that no other test, process or run has: the server may be one that is there for longer.
fn name(hint: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let hint = hint.chars().map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '_' });
    // Names are cut at 63 bytes, and must not lose what makes them different.
    let hint: String = hint.take(24).collect();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("tollgate_{hint}_{now:x}_{:x}_{count}", std::process::id())
}

/// The same URL with another database.
fn beside(url: &str, database: &str) -> String {
    let (place, question) =
        url.split_once('?').map_or((url, String::new()), |(place, rest)| (place, format!("?{rest}")));
    let host = place.find("://").map_or(0, |scheme| scheme + 3);
    let end = place[host..].find('/').map_or(place.len(), |slash| host + slash);
    format!("{}/{database}{question}", &place[..end])
}

#[cfg(test)]
mod tests {
    use super::{beside, name};

    #[test]
    fn a_database_beside_another_is_on_the_same_server_with_the_same_options() {
        for (url, expected) in [
            ("postgres://postgres@127.0.0.1:5432/postgres", "postgres://postgres@127.0.0.1:5432/mine"),
            ("postgresql://a:b@host/", "postgresql://a:b@host/mine"),
            ("postgres://host", "postgres://host/mine"),
            ("postgres://host?sslmode=require", "postgres://host/mine?sslmode=require"),
            ("postgres:///old?host=/run/postgresql", "postgres:///mine?host=/run/postgresql"),
        ] {
            assert_eq!(beside(url, "mine"), expected, "{url}");
        }
    }

    #[test]
    fn names_are_different_and_whole_whatever_the_hint() {
        let hint = "A hint; with 'all' \u{1f525} and much more than fits into the name of a database of this server";
        let (one, other) = (name(hint), name(hint));
        assert_ne!(one, other);
        assert!(one.starts_with("tollgate_a_hint__with__all") && one.len() <= 63, "{one}");
        assert!(one.chars().all(|char| char.is_ascii_alphanumeric() || char == '_'), "{one}");
    }
}
