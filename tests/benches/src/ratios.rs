//! Tables of ratios: all rows are measured in every round, so that noise hits all alike.

#![allow(clippy::print_stdout, reason = "tables are printed")]

use std::env;
use std::time::Duration;

use criterion::Criterion;

/// A contender, and the loop that times so many turns of it.
pub struct Row {
    pub name: &'static str,
    pub time: fn(turns: u64) -> Duration,
}

#[must_use]
pub const fn row(name: &'static str, time: fn(u64) -> Duration) -> Row {
    Row { name, time }
}

/// A table, the first row of which is the floor.
pub struct Table {
    pub title: &'static str,
    /// The unit of the column of differences, and how many of them one turn has.
    pub part: &'static str,
    pub parts: u32,
    /// How often each loop goes round in a round.
    pub turns: u64,
    pub rows: &'static [Row],
}

/// How many rounds a table is measured for: fewer in quick mode, and none where `cargo test` runs the program, which
/// it does without `--bench`.
#[must_use]
pub fn rounds(quick: usize, full: usize) -> Option<usize> {
    let has = |wanted: &str| env::args().any(|argument| argument == wanted);
    has("--bench").then(|| if has("--quick") { quick } else { full })
}

/// Criterion's statistics of each row, in a group of this name.
pub fn statistics(groups: &[(&str, &Table)]) {
    let mut criterion = Criterion::default().configure_from_args();
    for (name, table) in groups {
        let mut group = criterion.benchmark_group(*name);
        for row in table.rows {
            group.bench_function(row.name, |bencher| bencher.iter_custom(row.time));
        }
        group.finish();
    }
    criterion.final_summary();
}

/// Measures and prints.
///
/// Criterion runs one row after the other, seconds apart; on a busy machine that alone shifts a
/// ratio by a tenth. The placing of code and data remains, which is worth about as much: a row a
/// little under the floor is not faster than the floor.
pub fn print(table: &Table, rounds: usize) {
    let Table { title, part, parts, turns, rows } = table;
    let rounds: Vec<Vec<f64>> = (0..rounds)
        .map(|_| rows.iter().map(|row| (row.time)(*turns).as_secs_f64() * 1e9 / *turns as f64).collect())
        .collect();
    println!("\n| {title} | ns | ratio to the floor | ns above it, {part} |");
    println!("| --- | ---: | ---: | ---: |");
    for (index, row) in rows.iter().enumerate() {
        let over = |compare: fn(f64, f64) -> f64| median(rounds.iter().map(|round| compare(round[index], round[0])));
        println!(
            "| {} | {:.2} | {:.2} | {:.2} |",
            row.name,
            over(|turn, _| turn),
            over(|turn, floor| turn / floor),
            over(|turn, floor| turn - floor) / f64::from(*parts),
        );
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
