//! What observers cost: criterion's statistics of each row, then each row's ratio to the floor.

#![allow(clippy::print_stdout, reason = "tables are printed")]

use std::env;

use criterion::Criterion;
use tollgate_benches::ratios::{self, Table, row};
use tollgate_benches::with_observers;

/// Observers that only count, so that what is measured is the way to them.
const LISTED: Table = Table {
    title: "a record told to observers that count",
    part: "a record",
    parts: 1,
    turns: 20_000,
    rows: &[
        row("a direct call of one", with_observers::direct),
        row("tollgate, Observers, none", with_observers::listed_0),
        row("tollgate, Observers, 1", with_observers::listed_1),
        row("tollgate, Observers, 4", with_observers::listed_4),
    ],
};

/// The same record, cloned, to a thread that drops it, and room for 1024: from the first to the last that arrives.
const BACKGROUND: Table = Table {
    title: "a record told in the background",
    part: "a record",
    parts: 1,
    turns: 20_000,
    rows: &[
        row("crossbeam-channel, bounded", with_observers::crossbeam),
        row("std::sync::mpsc::sync_channel", with_observers::sync_channel),
        row("tollgate, Background, WhenFull::Wait", with_observers::background),
    ],
};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for (title, table) in [("listed", LISTED), ("background", BACKGROUND)] {
        let mut group = criterion.benchmark_group(title);
        for row in table.rows {
            group.bench_function(row.name, |bencher| bencher.iter_custom(row.time));
        }
        group.finish();
    }
    criterion.final_summary();

    // `cargo test` runs this program too, without `--bench`, and then nothing is to be timed.
    let has = |wanted: &str| env::args().any(|argument| argument == wanted);
    if has("--bench") {
        let rounds = if has("--quick") { 41 } else { 401 };
        ratios::print(&LISTED, rounds);
        ratios::print(&BACKGROUND, rounds);
    }
}
