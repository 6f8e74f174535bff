//! The command line, as a selection of measurements.

use std::path::PathBuf;

use crate::machines::CONTENDERS;

pub(crate) const USAGE: &str = "\
usage: compile_time [--quick] [--runs N] [--only NAME] [--write FILE]

  --quick       5 and 100 states, one run each
  --runs N      timed runs of each crate, the median of which is shown (default: 5)
  --only NAME   this contender alone, beside the hand-written ones
  --write FILE  save the table, with the machine it was measured on";

pub(crate) struct Options {
    pub(crate) states: &'static [usize],
    pub(crate) runs: usize,
    pub(crate) only: Option<String>,
    pub(crate) write: Option<PathBuf>,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut quick = false;
        let mut runs = None;
        let mut only = None;
        let mut write = None;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--quick" => quick = true,
                "--runs" => runs = Some(parse_runs(&value()?)?),
                "--only" => only = Some(parse_contender(value()?)?),
                "--write" => write = Some(PathBuf::from(value()?)),
                _ => return Err(format!("`{argument}` is not an option")),
            }
        }
        Ok(Options {
            states: if quick { &[5, 100] } else { &[5, 100, 400] },
            runs: runs.unwrap_or(if quick { 1 } else { 5 }),
            only,
            write,
        })
    }
}

fn parse_runs(value: &str) -> Result<usize, String> {
    value
        .parse()
        .ok()
        .filter(|runs| *runs > 0)
        .ok_or_else(|| format!("`--runs` needs a number of at least 1, not `{value}`"))
}

fn parse_contender(value: String) -> Result<String, String> {
    if CONTENDERS.iter().any(|contender| contender.name == value) {
        return Ok(value);
    }
    let names: Vec<_> = CONTENDERS.iter().map(|contender| format!("`{}`", contender.name)).collect();
    Err(format!("`{value}` is no contender; there are {}", names.join(", ")))
}
