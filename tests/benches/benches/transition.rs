//! What a transition costs at run time: criterion's statistics of each row, then each row's ratio to the hand-written floor.

#![forbid(unsafe_code)]

use std::env;
use std::time::Duration;

use criterion::Criterion;
use tollgate_benches::{by_hand, with_rust_fsm, with_smlang, with_statig, with_statum};

/// A contender, and the loop that times so many cycles of it.
struct Row {
    name: &'static str,
    time: fn(cycles: u64) -> Duration,
}

const fn row(name: &'static str, time: fn(u64) -> Duration) -> Row {
    Row { name, time }
}

// In each list the first row is the floor.

/// A state known at compile time: the cycle is two method calls.
const TYPED: &[Row] = &[
    row("by hand", by_hand::typed),
    row("statum", with_statum::typed),
    // tollgate goes here: `NoAudit`, and a `Vec` with room for every record of the run.
];

/// A state known only at run time: the cycle is two events.
const DISPATCHED: &[Row] = &[
    row("by hand, match in place", by_hand::dispatched_in_place),
    row("by hand, match by value", by_hand::dispatched_by_value),
    row("rust-fsm", with_rust_fsm::dispatched),
    row("smlang", with_smlang::dispatched),
    row("statig", with_statig::dispatched),
    // tollgate goes here: `AnyReport::fire` with `NoAudit`.
];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for (title, rows) in [("typed", TYPED), ("dispatched", DISPATCHED)] {
        let mut group = criterion.benchmark_group(title);
        for row in rows {
            group.bench_function(row.name, |bencher| bencher.iter_custom(row.time));
        }
        group.finish();
    }
    criterion.final_summary();

    // `cargo test` runs this program too, without `--bench`, and then nothing is to be timed.
    if env::args().any(|argument| argument == "--bench") {
        print_ratios("typed", TYPED);
        print_ratios("dispatched", DISPATCHED);
    }
}

const ROUNDS: usize = 401;
const CYCLES: u64 = 20_000;

/// Measures the rows once more, all of them in every round, so that noise hits all alike.
///
/// Criterion runs one row after the other, seconds apart; on a busy machine that alone shifts a
/// ratio by a tenth. What is left is the placing of code and data, worth about as much: a row a
/// little under the floor is no faster than it.
fn print_ratios(title: &str, rows: &[Row]) {
    let mut nanoseconds = vec![Vec::with_capacity(ROUNDS); rows.len()];
    let mut ratios = vec![Vec::with_capacity(ROUNDS); rows.len()];
    for _ in 0..ROUNDS {
        let round: Vec<f64> = rows
            .iter()
            .map(|row| (row.time)(CYCLES).as_nanos() as f64 / CYCLES as f64)
            .collect();
        for (index, cycle) in round.iter().enumerate() {
            nanoseconds[index].push(*cycle);
            ratios[index].push(cycle / round[0]);
        }
    }

    println!("\n| {title}, a cycle of two transitions | ns | ratio to the floor |");
    println!("| --- | ---: | ---: |");
    for (index, row) in rows.iter().enumerate() {
        println!(
            "| {} | {:.2} | {:.2} |",
            row.name,
            median(&mut nanoseconds[index]),
            median(&mut ratios[index]),
        );
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
