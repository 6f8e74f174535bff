//! The command line: the measurements and their durations.

use std::path::PathBuf;
use std::time::Duration;

use crate::Result;

pub(crate) const USAGE: &str = "\
store-benches: the cost of the store, as ratios to the same work hand-written

  --quick                 only shows that everything works: its figures say nothing
  --only PART             commits, batching, history, growth or peers; may be given again
  --database DATABASE     sqlite or postgres; both, unless given
  --seconds SECONDS       how long a turn is (2)
  --rounds ROUNDS         how many turns each gets (7)
  --records RECORDS       how long the longest history is (10000000)
  --clients N             how many connections or threads; may be given again (1, 8, 32)
  --write FILE            writes the tables there as well
";

const PARTS: [&str; 5] = ["commits", "batching", "history", "growth", "peers"];
const DATABASES: [&str; 2] = ["sqlite", "postgres"];

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    only: Vec<String>,
    databases: Vec<String>,
    pub(crate) seconds: f64,
    pub(crate) rounds: usize,
    pub(crate) records: u64,
    clients: Vec<usize>,
    pub(crate) write: Option<PathBuf>,
}

impl Options {
    /// `None` if `--help` was given.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut options = Self {
            quick: false,
            only: Vec::new(),
            databases: Vec::new(),
            seconds: 0.0,
            rounds: 0,
            records: 0,
            clients: Vec::new(),
            write: None,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--only" => options.only.push(one_of(&PARTS, value()?)?),
                "--database" => options.databases.push(one_of(&DATABASES, value()?)?),
                "--seconds" => options.seconds = above_zero(&value()?)?,
                "--rounds" => options.rounds = above_zero(&value()?)?,
                "--records" => options.records = above_zero(&value()?)?,
                "--clients" => options.clients.push(above_zero(&value()?)?),
                "--write" => options.write = Some(value()?.into()),
                "--help" => return Ok(None),
                _ => return Err(format!("`{argument}` is no option; `--help` lists them").into()),
            }
        }
        if options.seconds == 0.0 {
            options.seconds = if options.quick { 0.05 } else { 2.0 };
        }
        if options.rounds == 0 {
            options.rounds = if options.quick { 1 } else { 7 };
        }
        if options.records == 0 {
            options.records = if options.quick { 20_000 } else { 10_000_000 };
        }
        Ok(Some(options))
    }

    pub(crate) fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }

    pub(crate) fn on(&self, database: &str) -> bool {
        self.databases.is_empty() || self.databases.iter().any(|given| given == database)
    }

    /// How many clients work at once, table by table.
    pub(crate) fn clients(&self) -> &[usize] {
        match &self.clients[..] {
            [] if self.quick => &[2],
            [] => &[1, 8, 32],
            given => given,
        }
    }

    /// The head of the tables' file.
    pub(crate) fn describe(&self) -> String {
        format!(
            "# Cost of the store\n\nMedians of {} rounds, with a turn of {} s; each ratio is \
             taken within a round, to the\nfastest floor; `cargo run --release -p tollgate-store-benches`. After the last \
             turn all records were counted and the rows compared\nwith them.\n",
            self.rounds, self.seconds
        )
    }

    pub(crate) fn turn(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }

    /// Plans are made, files opened and statements prepared in a first turn that does not count.
    pub(crate) fn warm_up(&self) -> Duration {
        self.turn().min(Duration::from_millis(500))
    }
}

fn one_of(known: &[&str], given: String) -> Result<String> {
    if known.contains(&given.as_str()) {
        return Ok(given);
    }
    Err(format!("`{given}` is none of {}", known.join(", ")).into())
}

fn above_zero<T: std::str::FromStr + Default + PartialOrd>(given: &str) -> Result<T> {
    let number = given.parse().ok().filter(|number| *number > T::default());
    number.ok_or_else(|| format!("`{given}` is not a number above zero").into())
}
