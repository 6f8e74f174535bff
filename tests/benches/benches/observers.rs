//! The cost of observers: criterion's statistics of each row, then each row's ratio to the floor.

#![allow(clippy::print_stdout, reason = "tables are printed")]

use tollgate_benches::ratios::{self, Table, row};
use tollgate_benches::with_observers;

/// Observers that only count, so that what is measured is the way to them.
const LISTED: Table = Table {
    title: "a record to observers that count",
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
    title: "a record to an observer in the background",
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
    ratios::statistics(&[("listed", &LISTED), ("background", &BACKGROUND)]);
    if let Some(rounds) = ratios::rounds(41, 401) {
        ratios::print(&LISTED, rounds);
        ratios::print(&BACKGROUND, rounds);
    }
}
