//! The cost of a machine at compile time: generates machines of many states for each contender, times `cargo check`, prints a table.

#![allow(clippy::print_stdout, reason = "the table is printed")]

mod crowd;
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

use crowd::{CROWD, MACHINES};
use machines::{CONTENDERS, Contender, DISPATCHED_BY_HAND, TYPED_BY_HAND};
use options::{Options, USAGE};
use scratch::{Crate, Scratch, Spent};

/// A contender that is not done by then gets a row without a time.
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
        "| states | contender | median, s | to typed, hand-written | to typed + dispatch, hand-written |
| ---: | --- | ---: | ---: | ---: |
",
    );
    for &states in options.states {
        let workload = format!("{states}-states");
        let sources = contenders.iter().map(|contender| (*contender, (contender.source)(states)));
        let attempts = measure(&scratch, &workload, sources, options.runs);
        write_rows(&mut table, states, &attempts)?;
    }
    let crowd = CROWD.iter().filter_map(|(name, source)| {
        let contender = contenders.iter().find(|contender| contender.name == *name)?;
        Some((*contender, source()))
    });
    let attempts = measure(&scratch, &format!("{MACHINES}-machines"), crowd, options.runs);
    write_crowd(&mut table, &attempts)?;
    print!("{table}");
    if let Some(path) = &options.write {
        let circumstances = circumstances(&scratch, options.runs)?;
        fs::write(path, format!("{circumstances}\n\n{table}"))?;
    }
    Ok(())
}

/// The hand-written ones are always measured: without them there is no ratio.
fn is_wanted(contender: &Contender, options: &Options) -> bool {
    [TYPED_BY_HAND, DISPATCHED_BY_HAND].contains(&contender.name)
        || options.only.as_ref().is_none_or(|only| only == contender.name)
}

/// A contender that is being measured: its crate and the seconds of each run, or the reason why it failed.
struct Attempt {
    name: &'static str,
    progress: Result<(Crate, Vec<Spent>), Box<dyn Error>>,
}

fn measure<'a>(
    scratch: &Scratch,
    workload: &str,
    sources: impl Iterator<Item = (&'a Contender, String)>,
    runs: usize,
) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = sources
        .map(|(contender, source)| {
            eprintln!("{workload}: preparing {}", contender.name);
            let prepared = scratch.prepare(contender, workload, &source, LIMIT);
            Attempt { name: contender.name, progress: prepared.map(|generated| (generated, Vec::new())) }
        })
        .collect();
    // A run of each in turn, so that a slow minute of the machine hits all alike.
    for run in 1..=runs {
        for attempt in &mut attempts {
            attempt.run(workload, run);
        }
    }
    attempts
}

impl Attempt {
    fn run(&mut self, workload: &str, run: usize) {
        let Ok((generated, spent)) = &mut self.progress else {
            return;
        };
        match generated.check(LIMIT) {
            Ok(time) => {
                eprintln!("{workload}, run {run}: {} {:.2?}", self.name, time.elapsed);
                spent.push(time);
            }
            Err(error) => self.progress = Err(error),
        }
    }

    fn seconds(&self, of: fn(&Spent) -> Option<Duration>) -> Option<Vec<f64>> {
        let (_, spent) = self.progress.as_ref().ok()?;
        spent.iter().map(|spent| of(spent).map(|time| time.as_secs_f64())).collect()
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn write_rows(table: &mut String, states: usize, attempts: &[Attempt]) -> fmt::Result {
    let seconds = |spent: &Spent| Some(spent.elapsed);
    for attempt in attempts {
        let columns = columns(attempt, attempts, seconds, [TYPED_BY_HAND, DISPATCHED_BY_HAND]);
        writeln!(table, "| {states} | {} | {columns}", attempt.name)?;
    }
    Ok(())
}

fn write_crowd(table: &mut String, attempts: &[Attempt]) -> fmt::Result {
    table.push_str(
        "
| machines | contender | median, user s | to typed + dispatch, hand-written | to statum |
| ---: | --- | ---: | ---: | ---: |
",
    );
    for attempt in attempts {
        let columns = columns(attempt, attempts, |spent| spent.user, [DISPATCHED_BY_HAND, "statum"]);
        writeln!(table, "| {MACHINES} | {} | {columns}", attempt.name)?;
    }
    Ok(())
}

/// The median and the ratios to two others, or the reason why they are missing.
fn columns(attempt: &Attempt, attempts: &[Attempt], of: fn(&Spent) -> Option<Duration>, floors: [&str; 2]) -> String {
    if let Err(error) = &attempt.progress {
        return format!("{} | | |", error.to_string().replace('|', "\\|"));
    }
    let Some(times) = attempt.seconds(of) else {
        return "not measured on this system | | |".to_owned();
    };
    // The median of each run's ratio, and not the ratio of medians: a slow run slows both its sides.
    let ratio = |floor: &str| {
        let floor = attempts.iter().find(|attempt| attempt.name == floor).and_then(|floor| floor.seconds(of));
        let ratios = floor.map(|floor| median(times.iter().zip(floor).map(|(time, floor)| time / floor)));
        ratios.map_or(String::new(), |ratio| format!("{ratio:.2}"))
    };
    let [first, second] = floors.map(ratio);
    format!("{:.3} | {first} | {second} |", median(times.iter().copied()))
}

/// The machine and the load, on which the seconds depend; the ratios depend on them less.
fn circumstances(scratch: &Scratch, runs: usize) -> Result<String, Box<dyn Error>> {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unknown processor", |(_, model)| model);
    let cores = thread::available_parallelism()?;
    let rustc = scratch.rustc_version()?;
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').nth(1).map_or(String::from("load unknown"), |load| format!("load {load} at the end"));
    Ok(format!(
        "`cargo check` of one crate, dependencies built, incremental off; medians of {runs}, each ratio taken within a run. \
         The first table has one machine with three transitions a state, and seconds of the clock. The second has \
         {MACHINES} machines of 6 states and 10 edges each, of which one has a guard and one leads to a state with data, and \
         user seconds. Measured on {processor}, {cores} cores, {rustc}; {load}."
    ))
}
