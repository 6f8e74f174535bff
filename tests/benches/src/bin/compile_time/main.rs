//! What a machine costs at compile time: generates machines of many states for each contender, times `cargo check`, prints a table.

#![allow(clippy::print_stdout, reason = "the table is printed")]

mod machines;
mod options;
mod scratch;

use std::env;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::fs;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use machines::{CONTENDERS, Contender, DISPATCHED_BY_HAND, TYPED_BY_HAND};
use options::{Options, USAGE};
use scratch::{Crate, Scratch};

/// A contender that is not done by then gets a row that says so.
const LIMIT: Duration = Duration::from_mins(2);

fn main() -> ExitCode {
    let options = match Options::parse(env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}\n\n{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let scratch = Scratch::open()?;
    let contenders: Vec<&Contender> = CONTENDERS.iter().filter(|contender| is_wanted(contender, options)).collect();
    let mut table = String::from(
        "| states | contender | median, s | to typed by hand | to typed + dispatch by hand |
| ---: | --- | ---: | ---: | ---: |
",
    );
    for &states in options.states {
        let attempts = measure(&scratch, &contenders, states, options.runs);
        write_rows(&mut table, states, &attempts)?;
    }
    print!("{table}");
    if let Some(path) = &options.write {
        let circumstances = circumstances(&scratch, options.runs)?;
        fs::write(path, format!("{circumstances}\n\n{table}"))?;
    }
    Ok(())
}

/// The hand-written ones are always wanted: without them there is no ratio.
fn is_wanted(contender: &Contender, options: &Options) -> bool {
    [TYPED_BY_HAND, DISPATCHED_BY_HAND].contains(&contender.name)
        || options.only.as_ref().is_none_or(|only| only == contender.name)
}

/// A contender on its way to its row: its crate and the seconds of each run, or why it gave up.
struct Attempt {
    name: &'static str,
    progress: Result<(Crate, Vec<f64>), Box<dyn Error>>,
}

fn measure(scratch: &Scratch, contenders: &[&Contender], states: usize, runs: usize) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = contenders
        .iter()
        .map(|contender| {
            eprintln!("{states} states: preparing {}", contender.name);
            let prepared = scratch.prepare(contender, states, LIMIT);
            Attempt { name: contender.name, progress: prepared.map(|generated| (generated, Vec::new())) }
        })
        .collect();
    // A run of each in turn, so that a slow minute of the machine hits all alike.
    for run in 1..=runs {
        for attempt in &mut attempts {
            attempt.run(states, run);
        }
    }
    attempts
}

impl Attempt {
    fn run(&mut self, states: usize, run: usize) {
        let Ok((generated, times)) = &mut self.progress else {
            return;
        };
        match generated.check(LIMIT) {
            Ok(elapsed) => {
                eprintln!("{states} states, run {run}: {} {elapsed:.2?}", self.name);
                times.push(elapsed.as_secs_f64());
            }
            Err(error) => self.progress = Err(error),
        }
    }

    fn times(&self) -> Option<&[f64]> {
        self.progress.as_ref().ok().map(|(_, times)| &times[..])
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn write_rows(table: &mut String, states: usize, attempts: &[Attempt]) -> fmt::Result {
    // The median of each run's ratio, and not the ratio of medians: a slow run slows both its sides.
    let ratio = |times: &[f64], floor: &str| {
        let floor = attempts.iter().find(|attempt| attempt.name == floor);
        match floor.and_then(Attempt::times) {
            Some(floor) => {
                let ratios = times.iter().zip(floor).map(|(time, floor)| time / floor);
                format!("{:.2}", median(ratios))
            }
            None => String::new(),
        }
    };
    for Attempt { name, progress } in attempts {
        match progress {
            Ok((_, times)) => {
                let seconds = median(times.iter().copied());
                let typed = ratio(times, TYPED_BY_HAND);
                let dispatched = ratio(times, DISPATCHED_BY_HAND);
                writeln!(table, "| {states} | {name} | {seconds:.3} | {typed} | {dispatched} |")?;
            }
            Err(error) => {
                let reason = error.to_string().replace('|', "\\|");
                writeln!(table, "| {states} | {name} | {reason} | | |")?;
            }
        }
    }
    Ok(())
}

/// What the seconds depend on; the ratios depend on it less.
fn circumstances(scratch: &Scratch, runs: usize) -> Result<String, Box<dyn Error>> {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unknown processor", |(_, model)| model);
    let cores = thread::available_parallelism()?;
    let rustc = scratch.rustc_version()?;
    Ok(format!(
        "`cargo check` of one crate with one machine, three transitions a state, dependencies built, \
         incremental off; medians of {runs}, each ratio taken within a run. Measured on {processor}, {cores} cores, {rustc}."
    ))
}
