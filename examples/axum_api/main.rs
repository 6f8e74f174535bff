//! An HTTP service: reports are created, shown with what can be done next as links, and moved by commands.
//!
//! `cargo run --example axum_api -- --demo` starts it and sends it requests; without `--demo` it serves
//! until it is interrupted, at the address that is given, and logs to `target/axum_api.jsonl`. It restores its reports from
//! that log at the start, and refuses to start on a log that cannot be replayed.

#![allow(clippy::print_stdout, reason = "an example prints to its user")]

mod client;
mod demo;
mod outage;
mod service;
mod signals;

use std::env;
use std::error::Error;
use std::fs;
use std::process::ExitCode;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tollgate::{JsonLines, Record};

use crate::outage::Outage;
use crate::service::desk::Desk;
use crate::service::serve;
use crate::signals::{run, serve_until_signal};

const LOG: &str = "target/axum_api.jsonl";

fn main() -> ExitCode {
    let argument = env::args().nth(1);
    let outcome = match argument.as_deref() {
        Some("--demo") => run(demonstrate()),
        address => run(stay(address.unwrap_or("127.0.0.1:8080"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("axum_api: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until a signal. Each answered step is on the disk, even if the process is killed.
async fn stay(address: &str) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).await.map_err(|error| format!("`{address}`: {error}"))?;
    fs::create_dir_all("target")?;
    let desk = open(LOG)?;
    println!("listening on http://{}, logging to {LOG}", listener.local_addr()?);
    serve_until_signal(|stop| serve(listener, desk, stop)).await
}

/// Opens the log, which no other process can then write to, and restores the reports from it.
fn open(path: &str) -> Result<Desk, Box<dyn Error>> {
    let log = JsonLines::open(path)?;
    let records = JsonLines::read(path)?.chained().collect::<Result<Vec<Record>, _>>();
    let refuse =
        |why: String| format!("{why}; `{path}` cannot be replayed: repair it, or move it away to start a new log");
    let records = records.map_err(|error| refuse(error.to_string()))?;
    let count = records.len();
    let desk = Desk::restore(log, records).map_err(refuse)?;
    println!("restored {} reports from {count} records of {path}", desk.len());
    Ok(desk)
}

/// Serves in the background, and is its own client.
async fn demonstrate() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("listening on http://{address}");
    let (log, is_out) = Outage::of(JsonLines::new(Vec::new()));
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async move {
        let _ = stopped.await;
    };
    let server = tokio::spawn(serve(listener, Desk::restore(log, Vec::new())?, stopped));
    let result = tokio::task::spawn_blocking(move || demo::run(address, &is_out).map_err(|error| error.to_string()));
    let result = result.await?;
    drop(stop);
    server.await??;
    Ok(result?)
}
