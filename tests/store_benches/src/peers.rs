//! The peers, state machines for Django, on the same server in the same rounds.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::Result;
use crate::batching::batching;
use crate::commits::{EACH, on_postgres_by_us, ours_on_postgres};
use crate::load::{AsyncClient, Contender, Tasks};
use crate::options::Options;
use crate::ours::CommitsTo;
use crate::plan::Plan;
use crate::postgres::{Database, Server};
use crate::report::{Report, ReportState};
use crate::table::{heading, median, progress};
use tollgate_store::Store;

const CLIENTS: [usize; 2] = [1, 32];
const TASKS: usize = 256;
const EACH_TASK: usize = 16;
/// The connections of a user's own pool.
const CONNECTIONS: u32 = 32;

/// The figures of the peers and ours, by rows, from the same rounds.
#[derive(Default)]
struct Figures {
    names: Vec<String>,
    rates: Vec<Vec<f64>>,
}

impl Figures {
    fn add(&mut self, name: String, rate: f64) {
        let found = self.names.iter().position(|known| *known == name);
        let index = found.unwrap_or_else(|| {
            self.names.push(name);
            self.rates.push(Vec::new());
            self.rates.len() - 1
        });
        self.rates[index].push(rate);
    }
}

/// A loud line where they cannot be run.
pub(crate) fn on_postgres(server: &Server, options: &Options) -> Result<String> {
    let mut ours = ours(server)?;
    let mut figures = Figures::default();
    for number in 1..=options.rounds.min(3) {
        for clients in CLIENTS {
            for (name, rate) in match run(&server.url(), clients, options.seconds.max(1.0)) {
                Ok(rates) => rates,
                Err(why) => {
                    progress(&format!("THE PEERS ARE NOT MEASURED: {why}"));
                    return Ok(format!("\nThe peers were not measured: {why}\n"));
                }
            } {
                let clients = if clients == 1 { "1 client".to_owned() } else { format!("{clients} clients") };
                figures.add(format!("{name}, {clients}"), rate);
            }
        }
        for contender in &mut ours {
            let name = contender.name().to_owned();
            figures.add(name, contender.turn(options.turn())?.per_second());
        }
        progress(&format!("peers: round {number}"));
    }
    for contender in &mut ours {
        contender.check()?;
    }
    table(&figures, ours.len())
}

/// Rows of ours against the faster of the peers, with one client and with most.
fn table(figures: &Figures, ours: usize) -> Result<String> {
    let best = |clients: &str| {
        let of = figures.names.iter().zip(&figures.rates).take(figures.names.len() - ours);
        let rates = of.filter(|(name, _)| name.ends_with(clients)).map(|(_, rates)| median(rates.iter().copied()));
        rates.fold(0.0, f64::max)
    };
    let (one, many) = (best(", 1 client"), best(", 32 clients"));
    let columns = ["the same server", "transitions a second", "to the faster peer with 1 client", "to it with 32"];
    let mut table = heading(&columns);
    for (name, rates) in figures.names.iter().zip(&figures.rates) {
        let rate = median(rates.iter().copied());
        writeln!(table, "| {name} | {rate:.0} | {:.2} | {:.2} |", rate / one, rate / many)?;
    }
    table += "\nAims: 6 times with one client, 20 times with batching. A peer reads the row before each transition, and so \
              do the rows of ours that say so.\n";
    Ok(table)
}

/// The transitions of each peer per second.
fn run(url: &str, clients: usize, seconds: f64) -> std::result::Result<Vec<(String, f64)>, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/peers/transitions.py");
    let mut command = Command::new("python3");
    command.arg(script).args(["--url", url, "--clients", &clients.to_string(), "--seconds", &seconds.to_string()]);
    let output = command.output().map_err(|error| format!("`python3`: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let read = |line: &str| {
        let value: Value = serde_json::from_str(line).ok()?;
        Some((value["peer"].as_str()?.to_owned(), value["per_second"].as_f64()?))
    };
    lines.lines().map(|line| read(line).ok_or_else(|| format!("`{line}` is no figure"))).collect()
}

/// Ours: the commit alone, and with all that a request of the peers does.
fn ours(server: &Server) -> Result<Vec<Box<dyn Contender>>> {
    let filled = |clients: usize, each: usize| {
        server.database(Plan { subjects: (clients * each) as u64, versions: 1, keeps_chain: true, by_hand: false })
    };
    let single = on_postgres_by_us("tollgate, 1 client, the commit alone", &filled(1, EACH)?, 1, EACH)?;
    let one = requests("tollgate, 1 client, row and history read first", &filled(1, EACH)?, 1, EACH, |store| store)?;
    let joined =
        batching(&format!("tollgate, batching, {TASKS} tasks, the commit alone"), &filled(TASKS, EACH_TASK)?, TASKS)?;
    let name = format!("tollgate, batching, {TASKS} tasks, row and history read first");
    let joined_requests = requests(&name, &filled(TASKS, EACH_TASK)?, TASKS, EACH_TASK, |store| store.batching())?;
    Ok(vec![Box::new(one), Box::new(single), Box::new(joined_requests), Box::new(joined)])
}

fn requests<S: CommitsTo>(
    name: &str,
    database: &Database,
    clients: usize,
    each: usize,
    sink: impl FnOnce(Store) -> S,
) -> Result<Tasks<Request<S>>> {
    let ours = ours_on_postgres(database);
    let connections = CONNECTIONS.min(u32::try_from(clients)?);
    let store = ours.open(|options| options.connections(connections))?;
    let rows = PgPoolOptions::new().max_connections(connections).test_before_acquire(false);
    let rows = database.runtime.block_on(rows.connect(&database.url))?;
    let sink = sink(store.clone());
    let shares = database.plan.shares(clients, each).into_iter().enumerate();
    let all = shares.map(|(number, places)| Request {
        store: store.clone(),
        rows: rows.clone(),
        sink: sink.clone(),
        subjects: places.iter().map(|place| place.id).collect(),
        turn: 0,
        count: 0,
        actor: format!("user-{number}"),
    });
    Ok(Tasks::new(name, &database.runtime, all.collect(), database.check()))
}

/// A client that keeps nothing between two requests: it reads the row and the last record, and moves the report.
struct Request<S> {
    store: Store,
    rows: PgPool,
    sink: S,
    subjects: Vec<i64>,
    turn: usize,
    count: u64,
    actor: String,
}

impl<S: CommitsTo> AsyncClient for Request<S> {
    async fn work(&mut self) -> Result<u64> {
        self.turn = (self.turn + 1) % self.subjects.len();
        self.count += 1;
        let id = self.subjects[self.turn];
        sqlx::query("SELECT id, title FROM reports WHERE id = $1").bind(id).fetch_one(&self.rows).await?;
        let report = self.store.resume::<ReportState>(Report { id }).await?;
        self.sink.step(report, &self.actor, self.count).await?;
        Ok(1)
    }
}
