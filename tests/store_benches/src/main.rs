//! The cost of the store: commits, batches, histories and growth next to the same work hand-written with the same driver, on
//! both databases, and next to the peers.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "counts are far below the limits of a float"
)]

mod bare;
mod batching;
mod commits;
mod grown;
mod growth;
mod hand;
mod history;
mod load;
mod machine;
mod options;
mod ours;
mod peers;
mod plan;
mod postgres;
mod report;
mod sqlite;
mod streaming;
mod table;

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tollgate_cluster::ClusterError;

use crate::grown::Grown;
use crate::options::{Options, USAGE};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            table::progress(&format!("store-benches: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, way, url] = &arguments[..]
        && first == streaming::ARGUMENT
    {
        return streaming::read(way, url);
    }
    let Some(options) = Options::read(arguments.into_iter())? else {
        return Ok(std::io::stdout().write_all(USAGE.as_bytes())?);
    };
    let mut report = Report::default();
    let runtime = Arc::new(Runtime::new()?);
    if options.on("sqlite") {
        on_sqlite(&runtime, &options, &mut report)?;
    }
    if options.on("postgres") {
        on_postgres(&runtime, &options, &mut report)?;
    }
    report.keep(&options)
}

fn on_sqlite(runtime: &Arc<Runtime>, options: &Options, report: &mut Report) -> Result<()> {
    let directory = sqlite::Directory::new(runtime.handle())?;
    report.add("# SQLite\n")?;
    let (version, machine) = (rusqlite::version(), machine::describe(directory.path()));
    report.add(&format!("\nMeasured on {machine}, SQLite {version} (WAL).\n"))?;
    if options.wants("commits") {
        report.add(&commits::on_sqlite(runtime.handle(), options)?)?;
    }
    let mut grown = Grown::new(|plan| directory.database(plan));
    // First, since growth makes its histories longer.
    if options.wants("history") {
        report.add(&history::on_sqlite(&mut grown, options)?)?;
    }
    if options.wants("growth") {
        report.add(&growth::on_sqlite(&mut grown, options)?)?;
    }
    Ok(())
}

/// Reports that nothing was measured if no server is installed.
fn on_postgres(runtime: &Arc<Runtime>, options: &Options, report: &mut Report) -> Result<()> {
    let server = match postgres::Server::start(runtime) {
        Err(ClusterError::NotInstalled) => {
            return report.add(&format!("\n# Postgres\n\nNot measured: {}.\n", ClusterError::NotInstalled));
        }
        server => server?,
    };
    let (version, directory) = server.describe()?;
    report.add("\n# Postgres\n")?;
    report.add(&format!("\nMeasured on {}, {version}.\n", machine::describe(directory)))?;
    if options.wants("commits") {
        report.add(&commits::on_postgres(&server, options)?)?;
    }
    if options.wants("batching") {
        report.add(&batching::on_postgres(&server, options)?)?;
    }
    if options.wants("peers") && !options.quick {
        report.add(&peers::on_postgres(&server, options)?)?;
    }
    let mut grown = Grown::new(|plan| server.database(plan));
    if options.wants("history") {
        report.add(&history::on_postgres(&mut grown, options)?)?;
    }
    if options.wants("growth") {
        report.add(&growth::on_postgres(&mut grown, options)?)?;
    }
    Ok(())
}

/// The report: printed piece by piece, and kept for a file.
#[derive(Default)]
struct Report(String);

impl Report {
    fn add(&mut self, text: &str) -> Result<()> {
        self.0 += text;
        std::io::stdout().write_all(text.as_bytes())?;
        Ok(std::io::stdout().flush()?)
    }

    fn keep(&self, options: &Options) -> Result<()> {
        let Some(file) = &options.write else { return Ok(()) };
        let head = options.describe();
        Ok(std::fs::write(file, format!("{head}\n{}", self.0))?)
    }
}
