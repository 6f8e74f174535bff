//! The cost of a transition at run time: criterion's statistics of each row, then each row's ratio to the floor.

#![allow(clippy::print_stdout, reason = "tables are printed")]

use tollgate::Record;
use tollgate_benches::ratios::{self, Table, row};
use tollgate_benches::{
    by_hand, recorded_by_hand, with_rust_fsm, with_smlang, with_statig, with_statum, with_tollgate,
};

/// A state known at compile time: the cycle is two method calls.
const TYPED: Table = Table {
    title: "typed, a cycle of two transitions",
    part: "a transition",
    parts: 2,
    turns: 20_000,
    rows: &[
        row("hand-written", by_hand::typed),
        row("hand-written, with the time of each step", by_hand::typed_with_time),
        row("statum", with_statum::typed),
        row("tollgate, NoAudit", with_tollgate::typed),
    ],
};

/// The same, with a record of each transition in memory.
const RECORDED: Table = Table {
    title: "typed and recorded, a cycle of two transitions",
    part: "a transition",
    parts: 2,
    turns: 1_024,
    rows: &[
        row("hand-written: clock, UUIDv7, record, push", recorded_by_hand::with_own_context),
        row("hand-written with `Uuid::now_v7`", recorded_by_hand::with_now_v7),
        row("tollgate, into a preallocated Vec", with_tollgate::recorded),
    ],
};

/// A state known only at run time: the cycle is two events.
const DISPATCHED: Table = Table {
    title: "dispatched, a cycle of two transitions",
    part: "a transition",
    parts: 2,
    turns: 20_000,
    rows: &[
        row("hand-written, match in place", by_hand::dispatched_in_place),
        row("hand-written, match by value", by_hand::dispatched_by_value),
        row("hand-written, match by value, with the time of each step", by_hand::dispatched_with_time),
        row("rust-fsm", with_rust_fsm::dispatched),
        row("smlang", with_smlang::dispatched),
        row("statig", with_statig::dispatched),
        row("tollgate, AnyReport::fire with NoAudit", with_tollgate::dispatched),
    ],
};

fn main() {
    ratios::statistics(&[("typed", &TYPED), ("recorded", &RECORDED), ("dispatched", &DISPATCHED)]);
    if let Some(rounds) = ratios::rounds(41, 401) {
        ratios::print(&TYPED, rounds);
        println!(
            "\nThe hand-written machine is two registers wide, and crosses the call that separates two steps in them. \
             tollgate's knows besides when its last record was, and crosses in memory: the second row is the \
             floor for that."
        );
        ratios::print(&RECORDED, rounds);
        println!(
            "\nA `Vec` is a sink for tests: it clones the record that it is shown, {} bytes and what they own. The other \
             sinks clone none.",
            size_of::<Record>(),
        );
        ratios::print(&DISPATCHED, rounds);
        println!(
            "\n`fire` takes the machine by value and gives it back by value, so that a refusal can return it. What it \
             costs beyond a peer's match in place is spent on that: the machine moves through memory, as in `match \
             by value`. And the edge is looked up in the chart: the new state is read at the end of three loads, each \
             of which waits for the one before, where a match is a jump that the processor foresees."
        );
    }
}
