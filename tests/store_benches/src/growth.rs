//! The cost of a commit among few records and among many.

use std::fmt::Write as _;

use crate::commits::{on_postgres_by_us, on_sqlite_by_us};
use crate::grown::{Grown, VERSIONS};
use crate::options::Options;
use crate::sqlite::Synchronous;
use crate::table::{Part, Rounds, Row, heading};
use crate::{Result, postgres, sqlite};

/// The clients, and the subjects that each moves in turn: fewer than the smallest database has.
const CLIENTS: usize = 8;
const EACH: usize = 32;

/// The largest number of records, a tenth and a thousandth of it.
fn sizes(options: &Options) -> Vec<u64> {
    // Fewer would not have a subject for each client.
    let least = (CLIENTS * EACH) as u64 * VERSIONS;
    let mut sizes = [1000, 10, 1].map(|part| (options.records / part).max(least)).to_vec();
    sizes.dedup();
    sizes
}

pub(crate) fn on_postgres(grown: &mut Grown<'_, postgres::Database>, options: &Options) -> Result<String> {
    let mut rows = Vec::new();
    for size in sizes(options) {
        let (by_hand, ours) = (grown.with(size, true)?, grown.with(size, false)?);
        let form = postgres::by_hand::Form::Cte;
        rows.push(Row::new(Part::Floor, postgres::by_hand::singles("hand-written", &by_hand, CLIENTS, EACH, form)?));
        rows.push(Row::new(Part::Beside, on_postgres_by_us("tollgate", &ours, CLIENTS, EACH)?));
    }
    table(&format!("Postgres, {CLIENTS} connections, records there before"), rows, options)
}

pub(crate) fn on_sqlite(grown: &mut Grown<'_, sqlite::Database>, options: &Options) -> Result<String> {
    let mut rows = Vec::new();
    for size in sizes(options) {
        let (by_hand, ours) = (grown.with(size, true)?, grown.with(size, false)?);
        let form = sqlite::by_hand::Form::Shared;
        let full = Synchronous::Full;
        rows.push(Row::new(
            Part::Floor,
            sqlite::by_hand::singles("hand-written", &by_hand, full, CLIENTS, EACH, form)?,
        ));
        rows.push(Row::new(Part::Beside, on_sqlite_by_us("tollgate", &ours, full, CLIENTS, EACH)?));
    }
    table(&format!("SQLite, synchronous FULL, {CLIENTS} threads, records there before"), rows, options)
}

/// A floor and tollgate for each size, in this order. All of them take turns, so that sizes can be compared too.
fn table(title: &str, mut rows: Vec<Row>, options: &Options) -> Result<String> {
    let rounds = Rounds::measure(title, &mut rows, options)?;
    let columns =
        ["hand-written, with the chain, a second", "tollgate, a second", "ratio", "hand-written to its first row"];
    let columns = [&[title], &columns[..], &["tollgate to its first row", "by depth"]].concat();
    let mut table = heading(&columns);
    let sizes = sizes(options);
    for (index, size) in sizes.iter().copied().enumerate() {
        let (by_hand, ours) = (2 * index, 2 * index + 1);
        let (floor, rate, ratio) = (rounds.rate(by_hand), rounds.rate(ours), rounds.ratio(ours, by_hand));
        let (floor_grown, grown) = (rounds.ratio(by_hand, 0), rounds.ratio(ours, 1));
        // An index is as deep as the logarithm of what it holds.
        let depth = (sizes[0] as f64).ln() / (size as f64).ln();
        writeln!(
            table,
            "| {size} | {floor:.0} | {rate:.0} | {ratio:.2} | {floor_grown:.2} | {grown:.2} | {depth:.2} |"
        )?;
    }
    table += "\n`by depth` is what would be left of the first row if a commit cost as much as its indexes are deep: the aim \
              is not to fall below it.\n";
    Ok(table)
}
