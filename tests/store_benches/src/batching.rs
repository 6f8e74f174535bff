//! Commits of many tasks joined into one statement, next to single commits of the same tasks and to hand-written batches.

use std::fmt::Write as _;

use tollgate_store::Batching;

use crate::commits::{EACH, on_postgres_by_us, ours_on_postgres};
use crate::load::Contender as _;
use crate::options::Options;
use crate::ours::Single;
use crate::plan::Plan;
use crate::postgres::{Database, Server, by_hand};
use crate::table::{Part, Rounds, Row, heading};
use crate::{Result, load::Tasks};

const TASKS: usize = 256;
/// The subjects that each task moves in turn.
const EACH_TASK: usize = 16;
const CONNECTIONS: usize = 32;
/// The best number of hand-written writers: with more, each waits for the rows and pages of the others.
const WRITERS: usize = 2;
/// The index of the row with single commits.
const SINGLES: usize = 3;
/// The aims: a share of the hand-written batches, and a multiple of the single commits.
const AIMS: (f64, f64) = (0.8, 5.0);

pub(crate) fn on_postgres(server: &Server, options: &Options) -> Result<String> {
    let (tasks, connections) = if options.quick { (16, 4) } else { (TASKS, CONNECTIONS) };
    let filled = |clients: usize, each: usize, keeps_chain, by_hand| {
        server.database(Plan { subjects: (clients * each) as u64, versions: 1, keeps_chain, by_hand })
    };
    let single =
        on_postgres_by_us("tollgate, single commits", &filled(connections, EACH, true, false)?, connections, EACH)?;
    let joined = filled(tasks, EACH_TASK, true, false)?;
    let unchained = filled(tasks, EACH_TASK, false, false)?;
    let mut joined_tasks = batching("tollgate, batching", &joined, tasks)?;
    let unchained_tasks = batching("tollgate, batching, without the chain", &unchained, tasks)?;
    // The hand-written batches must have the same size, which is known only after the first run.
    joined_tasks.turn(options.turn())?;
    let size = (joined.joined()?.round() as usize).max(1);
    let by_hand = |name: &str, keeps_chain, is_plain| {
        // The same steps of the same tasks.
        let database = filled(tasks, EACH_TASK, keeps_chain, is_plain)?;
        let name = format!("{name} of {size} in {WRITERS} connections");
        by_hand::batches(&name, &database, WRITERS, tasks, EACH_TASK, size)
    };
    let mut rows = vec![
        Row::new(Part::Floor, by_hand("hand-written, UNNEST", false, true)?),
        Row::new(Part::Beside, by_hand("hand-written, UNNEST with the chain,", true, true)?),
        Row::new(Part::Beside, by_hand("hand-written, UNNEST into the store's defended table,", false, false)?),
        Row::new(Part::Beside, single),
        Row::new(Part::Beside, unchained_tasks),
        Row::new(Part::Aim(AIMS.0), joined_tasks),
    ];
    let title = format!("Postgres, {tasks} tasks; single commits over {connections} connections");
    let rounds = Rounds::measure(&title, &mut rows, options)?;
    let mut table = heading(&[&title, "commits a second", "ratio to the floor", "times single commits"]);
    for (index, row) in rows.iter().enumerate() {
        let (rate, ratio, times) = (rounds.rate(index), rounds.ratio(index, 0), rounds.ratio(index, SINGLES));
        writeln!(table, "| {} | {rate:.0} | {ratio:.2} | {times:.2} |", row.contender.name())?;
    }
    let sizes = (joined.joined()?, unchained.joined()?);
    writeln!(
        table,
        "\nAims: {:.2} of the floor, {:.0} times single commits. In the mean {:.0} commits were joined, {:.0} without the chain.",
        AIMS.0, AIMS.1, sizes.0, sizes.1
    )?;
    Ok(table)
}

/// Tasks whose commits are joined.
pub(crate) fn batching(name: &str, database: &Database, tasks: usize) -> Result<Tasks<Single<Batching>>> {
    let ours = ours_on_postgres(database);
    let store = ours.open(|options| options)?;
    let sink = store.batching();
    ours.tasks(name, &store, tasks, EACH_TASK, || sink.clone())
}
