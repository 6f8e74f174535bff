//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

pub(crate) const USAGE: &str = r#"usage: review [--trail FILE] [--resume TRAIL] COMMANDS
       review --db [DATABASE] COMMANDS

Fires the commands of a file at reports, writes what was accepted and what was refused to a
trail, and prints the trail of each report. COMMANDS is a file, or `-` for standard input.

  --trail FILE    the trail to write, which must be new
                  (without it: target/review.trail.jsonl, which is replaced)
  --resume TRAIL  replay this trail first and continue it: the records are appended to
                  it, or, with --trail, to a copy of it
  --db [DATABASE] keep reports and trail in a database, and read the trail back from it:
                  an SQLite file whose name ends in .db, .sqlite or .sqlite3 (any name by
                  --db=FILE), or postgres://user@host/database; without one, target/review.db.
                  It is created if it is missing. Its content stays: a second run continues,
                  as --resume does; delete the file to begin again
  --help          print this

A command is one line of JSON. `by`, `because` and `at` may be left out:

  {"report": 7, "create": {"title": "Street trees"}, "by": "ann", "at": "2026-03-02T09:00:00Z"}
  {"report": 7, "fire": {"submit": {"reviewer": "bob"}}, "by": "ann"}
  {"report": 7, "fire": "reject", "by": "bob", "because": "no sources"}
  {"report": 7, "fire": {"approve": {"series": "Short notes", "number": 3}}, "by": "bob"}
  {"report": 7, "fire": "archive"}

exit code: 0 if all commands were processed, refused or not; 1 if a file or a
database could not be read or written, or a trail does not fit; 2 if the command line is
malformed
"#;

const DEFAULT_DATABASE: &str = "target/review.db";

/// The arguments, as values.
#[derive(Debug)]
pub(crate) enum Wanted {
    Help,
    Run(Options),
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) commands: Commands,
    pub(crate) trail: Option<PathBuf>,
    pub(crate) resume: Option<PathBuf>,
    pub(crate) database: Option<DatabaseAddress>,
}

/// The database that `--db` names, for reports and trail.
#[derive(Debug, Clone)]
pub(crate) enum DatabaseAddress {
    Sqlite(PathBuf),
    Postgres(String),
}

/// The source of the commands.
#[derive(Debug)]
pub(crate) enum Commands {
    StandardInput,
    File(PathBuf),
}

/// Reads the arguments after the program's name.
pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Wanted, String> {
    let mut arguments = arguments.into_iter().peekable();
    let (mut commands, mut trail, mut resume, mut database) = (None, None, None, None);
    let mut only_files = false;
    while let Some(argument) = arguments.next() {
        // An argument that is not UTF-8 can only be a file name.
        let option = if only_files { "" } else { argument.to_str().unwrap_or_default() };
        let (option, value) = match option.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(OsString::from(value))),
            _ => (option, None),
        };
        match option {
            "--help" | "-h" => return Ok(Wanted::Help),
            "--" => only_files = true,
            "--trail" => once(&mut trail, option, value.or_else(|| arguments.next()))?,
            "--resume" => once(&mut resume, option, value.or_else(|| arguments.next()))?,
            "--db" => {
                let place = value.or_else(|| arguments.next_if(names_a_database));
                if database
                    .replace(place.map_or_else(|| Ok(DatabaseAddress::Sqlite(DEFAULT_DATABASE.into())), at)?)
                    .is_some()
                {
                    return Err("`--db` is given twice".to_owned());
                }
            }
            _ if option.starts_with('-') && option != "-" => {
                return Err(format!("`{option}` is not an option; the options are --trail, --resume, --db and --help"));
            }
            _ => {
                if commands.replace(source(&argument)).is_some() {
                    let argument = argument.to_string_lossy();
                    return Err(format!("`{argument}` is one file too many; commands are read from one"));
                }
            }
        }
    }
    let commands = commands.ok_or("no commands are named: give a file, or `-` for standard input")?;
    if database.is_some() && (trail.is_some() || resume.is_some()) {
        return Err("`--db` keeps the trail in the database; `--trail` and `--resume` are for files".to_owned());
    }
    Ok(Wanted::Run(Options { commands, trail, resume, database }))
}

fn once(place: &mut Option<PathBuf>, option: &str, value: Option<OsString>) -> Result<(), String> {
    let is_file = |value: &OsString| !value.is_empty() && !value.to_string_lossy().starts_with('-');
    let value = value.filter(is_file).ok_or_else(|| format!("`{option}` takes the name of a file"))?;
    match place.replace(value.into()) {
        None => Ok(()),
        Some(_) => Err(format!("`{option}` is given twice")),
    }
}

/// Whether the argument after `--db` belongs to it, or is the file of commands.
fn names_a_database(argument: &OsString) -> bool {
    let argument = argument.to_string_lossy();
    let begins = ["postgres:", "postgresql:", "sqlite:"].iter().any(|scheme| argument.starts_with(scheme));
    begins || [".db", ".sqlite", ".sqlite3"].iter().any(|ending| argument.ends_with(ending))
}

fn at(place: OsString) -> Result<DatabaseAddress, String> {
    let text = place.to_str().unwrap_or_default();
    if text.starts_with("postgres:") || text.starts_with("postgresql:") {
        return Ok(DatabaseAddress::Postgres(text.to_owned()));
    }
    let path = match text.strip_prefix("sqlite:") {
        Some(path) => PathBuf::from(path.strip_prefix("//").unwrap_or(path)),
        None => PathBuf::from(place),
    };
    // A database in memory is that of one connection, and here there are two.
    let is_other = path.to_str().is_some_and(|path| path.contains("://"));
    if path.as_os_str().is_empty() || path.as_os_str() == ":memory:" || is_other {
        return Err("`--db` takes the name of a file, or the address of a Postgres database".to_owned());
    }
    Ok(DatabaseAddress::Sqlite(path))
}

fn source(argument: &OsStr) -> Commands {
    if argument == "-" { Commands::StandardInput } else { Commands::File(argument.into()) }
}
