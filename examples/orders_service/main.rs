//! An HTTP service over a database: orders, payments and shipments are three machines, and a change of two of them is
//! one transaction.
//!
//! `cargo run --example orders_service -- --demo` starts it on a temporary database and sends it requests.
//! Without `--demo` it serves until it is interrupted: `orders_service [--db DATABASE] [ADDRESS]`, where the database is
//! an SQLite file (`target/orders.db`, if none is named) or `postgres://user@host/database`.

#![allow(clippy::print_stdout, reason = "an example prints to its user")]

#[path = "../axum_api/client.rs"]
mod client;
mod demo;
mod service;
#[path = "../axum_api/signals.rs"]
mod signals;

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::service::serve;
use crate::service::shop::Shop;
use crate::signals::{run, serve_until_signal};

const USAGE: &str = "usage: orders_service [--db DATABASE] [ADDRESS | --demo]";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["--demo"] => run(demonstrate(None)),
        ["--db", database, "--demo"] | ["--demo", "--db", database] => run(demonstrate(Some(database))),
        [] => run(stay("target/orders.db", "127.0.0.1:8080")),
        ["--db", database] => run(stay(database, "127.0.0.1:8080")),
        ["--db", database, address] | [address, "--db", database] => run(stay(database, address)),
        [address] if !address.starts_with('-') => run(stay("target/orders.db", address)),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("orders_service: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until a signal. Each answered step is in the database, even if the process is killed.
async fn stay(database: &str, address: &str) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).await.map_err(|error| format!("`{address}`: {error}"))?;
    let shop = open(database).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve_until_signal(|stop| serve(listener, shop, stop)).await
}

/// Serves in the background, and is its own client.
async fn demonstrate(database: Option<&str>) -> Result<(), Box<dyn Error>> {
    let own = Path::new("target").join(format!("orders_demo_{}.db", std::process::id()));
    let shop = open(database.or(own.to_str()).ok_or("the database path is not UTF-8")?).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("listening on http://{address}");
    let (end, stopped) = oneshot::channel::<()>();
    let stopped = async move {
        let _ = stopped.await;
    };
    let server = tokio::spawn(serve(listener, shop, stopped));
    let result = tokio::task::spawn_blocking(move || demo::run(address).map_err(|error| error.to_string())).await?;
    drop(end);
    server.await??;
    if database.is_none() {
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{suffix}", own.display()));
        }
    }
    Ok(result?)
}

/// The shop on this database: the address of one, or the name of a file.
async fn open(database: &str) -> Result<Shop, Box<dyn Error>> {
    if database.starts_with("postgres:") || database.starts_with("postgresql:") {
        return Ok(Shop::open(database).await?);
    }
    let file = database.strip_prefix("sqlite://").unwrap_or(database);
    if let Some(folder) = Path::new(file).parent() {
        fs::create_dir_all(folder).map_err(|error| format!("`{}`: {error}", folder.display()))?;
    }
    Ok(Shop::open(&format!("sqlite://{file}")).await?)
}
