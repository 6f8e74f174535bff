//! Tables of ratios: every round gives each contender a turn, so that noise hits all alike; medians of the rounds.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::Result;
use crate::load::Contender;
use crate::options::Options;

/// What stands in a table beside the contender's figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Part {
    /// A floor. Of several the fastest counts.
    Floor,
    /// Measured for comparison.
    Beside,
    /// Held against the floor, of which it is to reach so much.
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

/// What each contender did a second, round by round.
pub(crate) struct Rounds(Vec<Vec<f64>>);

impl Rounds {
    /// Gives everybody a turn that does not count, then the rounds; afterwards the work is checked.
    pub(crate) fn measure(title: &str, rows: &mut [Row], options: &Options) -> Result<Self> {
        for row in rows.iter_mut() {
            row.contender.turn(options.warm_up())?;
        }
        let mut rounds = Vec::new();
        for number in 1..=options.rounds {
            let mut round = Vec::new();
            for row in rows.iter_mut() {
                round.push(row.contender.turn(options.turn())?.per_second());
            }
            rounds.push(round);
            progress(&format!("{title}: round {number} of {}", options.rounds));
        }
        for row in rows {
            row.contender.check()?;
        }
        Ok(Self(rounds))
    }

    /// The median of what a contender did.
    pub(crate) fn rate(&self, index: usize) -> f64 {
        median(self.0.iter().map(|round| round[index]))
    }

    /// The median of a contender's ratios to another's, each taken within a round.
    pub(crate) fn ratio(&self, index: usize, to: usize) -> f64 {
        median(self.0.iter().map(|round| round[index] / round[to]))
    }
}

/// Measures, and writes a table with ratios to the fastest floor.
pub(crate) fn compare(title: &str, what: &str, mut rows: Vec<Row>, options: &Options) -> Result<String> {
    let rounds = Rounds::measure(title, &mut rows, options)?;
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

/// A line for who waits.
pub(crate) fn progress(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
