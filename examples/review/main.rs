//! Fires a file of commands at reports and prints the trail that each of them leaves.
//!
//! `cargo run --example review -- examples/review.jsonl`; `--help` lists the options.

mod arguments;
mod command;
mod database;
mod desk;
mod print;
mod report;
mod table;
mod trail;

use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use crate::arguments::{Commands, DatabaseAddress, Options, USAGE, Wanted};
use crate::database::Database;
use crate::desk::Desk;
use crate::print::TrailSummary;
use crate::trail::{Resumed, Trail};

const DEFAULT_TRAIL: &str = "target/review.trail.jsonl";

fn main() -> ExitCode {
    let outcome = match arguments::read(env::args_os().skip(1)) {
        Ok(Wanted::Help) => print(|out| out.write_all(USAGE.as_bytes())),
        Ok(Wanted::Run(options)) => run(&options),
        Err(mistake) => {
            eprintln!("review: {mistake}; `--help` lists the options");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("review: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that can fail without the trail comes first.
fn run(options: &Options) -> Result<(), String> {
    let commands = read(&options.commands)?;
    if let Some(place) = &options.database {
        return in_database(place, &commands);
    }
    let resumed = options.resume.as_deref().map(trail::resume).transpose()?;
    let (mut trail, mut desk) = open(options, resumed)?;
    let resumed = trail.records().len();
    let worked = desk.work(&commands, &mut trail).map_err(|error| trail::named(trail.path(), &error));
    // Records that were accepted before a failure belong in the file too.
    let flushed = trail.flush();
    worked.and(flushed)?;
    let summary = TrailSummary { name: trail.path().display().to_string(), records: trail.records(), resumed };
    print(|out| print::everything(out, &desk, &summary))
}

/// The same over a database, and the trail that is printed is read back from it.
fn in_database(place: &DatabaseAddress, commands: &[u8]) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let mut database = Database::open(place).await.map_err(|error| error.to_string())?;
        let resumed = database.count().await.map_err(|error| error.to_string())?;
        if resumed > 0 {
            let name = database.name();
            print(|out| writeln!(out, "Continuing {name}, which holds {resumed} records.\n"))?;
        }
        let desk = database.work(commands).await.map_err(|error| error.to_string())?;
        let records = database.trail().await.map_err(|error| error.to_string())?;
        let summary = TrailSummary { name: database.name().to_owned(), records: &records, resumed };
        print(|out| print::everything(out, &desk, &summary))
    })
}

fn read(commands: &Commands) -> Result<Vec<u8>, String> {
    match commands {
        Commands::File(path) => fs::read(path).map_err(|error| trail::named(path, &error)),
        Commands::StandardInput => {
            let mut text = Vec::new();
            io::stdin().read_to_end(&mut text).map_err(|error| format!("standard input: {error}"))?;
            Ok(text)
        }
    }
}

/// The trail to write, and the desk with the reports that were resumed.
fn open(options: &Options, resumed: Option<Resumed>) -> Result<(Trail, Desk), String> {
    let is_resumed = |path: &Path| options.resume.as_deref().is_some_and(|resumed| is_same(resumed, path));
    let mut resumed = resumed.unwrap_or_default();
    let reports = std::mem::take(&mut resumed.reports);
    let trail = match (&options.trail, &options.resume) {
        (Some(path), _) if is_resumed(path) => Trail::continuing(path.clone(), resumed)?,
        (Some(path), _) => Trail::beginning(path.clone(), resumed)?,
        (None, Some(path)) => Trail::continuing(path.clone(), resumed)?,
        (None, None) => Trail::replacing(PathBuf::from(DEFAULT_TRAIL))?,
    };
    Ok((trail, Desk { reports, ..Desk::default() }))
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// A closed pipe is not an error: `head` closes it after it has read enough.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        _ => Ok(()),
    }
}
