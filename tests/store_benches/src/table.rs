//! Tables of ratios: every round gives each contender a turn, so that noise hits all alike; medians of the rounds.
//!
//! Each round has another order, because a contender can leave writes that slow down the next one.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::Result;
use crate::load::Contender;
use crate::options::Options;

/// The role of a contender in a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Part {
    /// A floor. If there are several, the fastest counts.
    Floor,
    /// Measured for comparison.
    Beside,
    /// Compared with the floor, with an aim as a share of it.
    Aim(f64),
}

/// A contender and its part.
pub(crate) struct Row {
    pub(crate) part: Part,
    pub(crate) contender: Box<dyn Contender>,
}

impl Row {
    pub(crate) fn new(part: Part, contender: impl Contender + 'static) -> Self {
        Self { part, contender: Box::new(contender) }
    }
}

/// The work of each contender per second, round by round.
pub(crate) struct Rounds(Vec<Vec<f64>>);

impl Rounds {
    /// Gives each contender a turn that does not count, then the rounds; afterwards the work is checked.
    pub(crate) fn measure(title: &str, rows: &mut [Row], options: &Options) -> Result<Self> {
        warm_up(rows, options)?;
        let mut rounds = Vec::new();
        for number in 1..=options.rounds {
            rounds.push(round(number, rows, options)?);
            progress(&format!("{title}: round {number} of {}", options.rounds));
        }
        check(rows)?;
        Ok(Self(rounds))
    }

    /// The median of a contender.
    pub(crate) fn rate(&self, index: usize) -> f64 {
        median(self.0.iter().map(|round| round[index]))
    }

    /// The median of a contender's ratios to another's, each taken within a round.
    pub(crate) fn ratio(&self, index: usize, to: usize) -> f64 {
        median(self.0.iter().map(|round| round[index] / round[to]))
    }
}

fn warm_up(rows: &mut [Row], options: &Options) -> Result<()> {
    rows.iter_mut().try_for_each(|row| row.contender.turn(options.warm_up()).map(drop))
}

/// The work of each contender per second in its turn.
fn round(number: usize, rows: &mut [Row], options: &Options) -> Result<Vec<f64>> {
    let mut rates = vec![0.0; rows.len()];
    for index in order(number, rows.len()) {
        rates[index] = rows[index].contender.turn(options.turn())?.per_second();
    }
    Ok(rates)
}

/// The order of a round: each round begins with another contender, and every second round goes backwards.
fn order(number: usize, count: usize) -> impl Iterator<Item = usize> {
    let step = if number.is_multiple_of(2) { count - 1 } else { 1 };
    (0..count).map(move |turn| (number + turn * step) % count)
}

fn check(rows: &mut [Row]) -> Result<()> {
    rows.iter_mut().try_for_each(|row| row.contender.check())
}

/// Measures, and writes a table with ratios to the fastest floor.
pub(crate) fn compare(title: &str, what: &str, mut rows: Vec<Row>, options: &Options) -> Result<String> {
    let rounds = Rounds::measure(title, &mut rows, options)?;
    ratios(title, what, &rows, &rounds)
}

/// The same with new files in each round, which exist as long as the value next to the rows. With two files that
/// get the same work, one can cost the kernel half as much again, as long as it exists.
pub(crate) fn compare_anew<D>(
    title: &str,
    what: &str,
    make: impl Fn() -> Result<(D, Vec<Row>)>,
    options: &Options,
) -> Result<String> {
    let (mut rounds, mut last) = (Rounds(Vec::new()), Vec::new());
    for number in 1..=options.rounds {
        let (_files, mut rows) = make()?;
        warm_up(&mut rows, options)?;
        rounds.0.push(round(number, &mut rows, options)?);
        check(&mut rows)?;
        progress(&format!("{title}: round {number} of {}", options.rounds));
        last = rows;
    }
    ratios(title, what, &last, &rounds)
}

fn ratios(title: &str, what: &str, rows: &[Row], rounds: &Rounds) -> Result<String> {
    let floors = (0..rows.len()).filter(|index| rows[*index].part == Part::Floor);
    let floor = floors.max_by(|one, other| rounds.rate(*one).total_cmp(&rounds.rate(*other)));
    let floor = floor.ok_or("a table has a floor")?;
    let mut table = heading(&[title, &format!("{what} a second"), "ratio to the floor", "aim"]);
    for (index, row) in rows.iter().enumerate() {
        let aim = match row.part {
            Part::Aim(aim) => format!("{aim:.2}"),
            Part::Floor | Part::Beside => String::new(),
        };
        let ratio = rounds.ratio(index, floor);
        writeln!(table, "| {} | {:.0} | {ratio:.2} | {aim} |", row.contender.name(), rounds.rate(index))?;
    }
    Ok(table)
}

/// The head of a table: the first column holds names, the others numbers.
pub(crate) fn heading(columns: &[&str]) -> String {
    format!("\n| {} |\n| ---{} |\n", columns.join(" | "), " | ---:".repeat(columns.len() - 1))
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Prints a line of progress.
pub(crate) fn progress(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
