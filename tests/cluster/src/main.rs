//! A server for scripts and people: prints its URL, and stops when stdin closes or this process ends in any other way.
//!
//! `cargo run -p tollgate-cluster -- synchronous_commit=off max_connections=300`

use std::error::Error;
use std::io::{self, Write};

use tollgate_cluster::Cluster;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let settings = arguments.iter().map(|argument| {
        argument.split_once('=').ok_or_else(|| format!("`{argument}` is not a setting; one is `fsync=off`"))
    });
    let cluster = Cluster::with(&settings.collect::<Result<Vec<_>, _>>()?)?;
    writeln!(io::stdout(), "{}", cluster.url("postgres"))?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
