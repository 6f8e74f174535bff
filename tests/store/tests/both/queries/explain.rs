//! Each query goes by an index in the order that it needs, and the database itself says so.

use tollgate::{Id, RecordKind, commit_all_async};
use tollgate_store::{Records, Store};

use super::world::{OrderMachine, OrderState, ReportMachine, ReportState};
use super::{Failure, Place, on_each};

on_each! {
    each_query_goes_by_its_index
}

const VERSION: &str = "tollgate_record_version";
const EDGE: &str = "tollgate_record_edge";
const ACTOR: &str = "tollgate_record_actor";
const OTHER: &str = "tollgate_record_other";

/// Many orders of one actor, and some reports of others.
async fn fill(store: &Store) -> Result<(), Failure> {
    for batch in 0..24_i64 {
        let orders = (batch * 500..(batch + 1) * 500).map(|order| OrderMachine::create(Id::from(order)).by("cleo"));
        let orders =
            commit_all_async(orders.collect::<Vec<_>>(), store).await.map_err(|refused| refused.to_string())?;
        let held = orders.into_iter().map(|order| order.hold().by("dora")).collect::<Vec<_>>();
        commit_all_async(held, store).await.map_err(|refused| refused.to_string())?;
        let reports = (batch * 20..(batch + 1) * 20).map(|report| ReportMachine::create(Id::from(report)).by("ann"));
        let reports =
            commit_all_async(reports.collect::<Vec<_>>(), store).await.map_err(|refused| refused.to_string())?;
        let submitted = reports.into_iter().map(|report| report.submit().by("bob")).collect::<Vec<_>>();
        commit_all_async(submitted, store).await.map_err(|refused| refused.to_string())?;
    }
    Ok(())
}

async fn each_query_goes_by_its_index(place: Place) -> Result<(), Failure> {
    let store = place.open().await?;
    fill(&store).await?;
    let statistics = "ANALYZE";
    if let Some(postgres) = store.as_postgres() {
        sqlx::query(statistics).execute(postgres.pool()).await?;
    } else {
        rusqlite::Connection::open(place.file())?.execute_batch(statistics)?;
    }
    let primary = if place.is_postgres() { "tollgate_record_pkey" } else { "PRIMARY KEY" };
    let all = store.records().all().await?.records;
    let (since, until) = (all[all.len() / 2].at, all[all.len() / 2 + 500].at);
    let after = store.records().machine::<OrderState>().page(10).await?.next.ok_or("there are many")?;
    let records = || store.records();
    // Half of all records are along one edge of orders: Postgres may as well read all in order, and leave out the others.
    let either = if place.is_postgres() { "tollgate_record_" } else { EDGE };
    let queries: Vec<(&str, Records, &str)> = vec![
        ("a history", store.history::<ReportState>(7), VERSION),
        ("a history, newest first", store.history::<ReportState>(7).newest_first(), VERSION),
        ("a history by actor and state", store.history::<ReportState>(7).by("ann").state("Review"), VERSION),
        ("an actor", records().by("ann"), ACTOR),
        ("an actor, newest first", records().by("ann").newest_first(), ACTOR),
        ("an actor in a time", records().by("bob").since(since).until(until), ACTOR),
        ("a transition", records().machine::<OrderState>().transition("hold"), either),
        ("a transition of two edges", records().machine::<OrderState>().transition("approve"), either),
        ("a state", records().machine::<ReportState>().state("Review"), EDGE),
        ("a machine", records().machine::<ReportState>(), EDGE),
        ("a machine, newest first", records().machine::<OrderState>().newest_first(), either),
        ("a machine after a page", records().machine::<OrderState>().after(&after), either),
        ("a machine in a time", records().machine::<OrderState>().since(since).until(until), either),
        ("creations", records().machine::<OrderState>().kind(RecordKind::Creation), either),
        ("refusals", records().kind(RecordKind::Refusal), OTHER),
        ("refusals of a machine", records().machine::<ReportState>().kind(RecordKind::Refusal), OTHER),
        ("refusals of a subject", records().of::<ReportState>(7).kind(RecordKind::Refusal), OTHER),
        ("events", records().kind(RecordKind::Event).newest_first(), OTHER),
        ("a time", records().since(since).until(until), primary),
        ("all after a page", records().after(&after), primary),
        ("all, newest first", records().since(since).newest_first(), primary),
    ];
    for (what, query, index) in queries {
        let plan = query.explain().await?;
        goes_by(index, &plan, what);
        assert!(is_in_order(&plan), "{what} is sorted:\n{plan}");
    }
    // How many of the actor's records are left is for the database to guess: it may read and sort what it takes for few.
    let of_bob = records().by("bob").machine::<ReportState>();
    goes_by(ACTOR, &of_bob.clone().transition("submit").explain().await?, "an actor's transitions");
    goes_by(ACTOR, &of_bob.state("Review").explain().await?, "an actor's changes into a state");
    let plan = store.subjects_in::<ReportState>("Review").explain().await?;
    goes_by(EDGE, &plan, "the subjects in a state");
    goes_by(VERSION, &plan, "the subjects in a state");
    assert!(is_in_order(&plan), "{plan}");
    goes_by(VERSION, &store.time_in_states::<ReportState>().explain().await?, "the time in states");
    goes_by(EDGE, &store.counts::<ReportState>().explain().await?, "the counts of a machine");
    let counts = store.counts::<OrderState>().since(since).until(until).explain().await?;
    goes_by(if counts.contains(EDGE) { EDGE } else { primary }, &counts, "the counts of some time");
    Ok(())
}

/// It names the index, and reads the table in no other way than by an index.
fn goes_by(index: &str, plan: &str, what: &str) {
    assert!(plan.contains(index), "{what} does not go by {index}:\n{plan}");
    let reads_all = |line: &str| line.contains("Seq Scan on tollgate_record") || line.contains("SCAN tollgate_record");
    assert!(!plan.lines().any(reads_all), "{what} reads the whole table:\n{plan}");
}

/// Whether the index gives the order: nothing is read to be sorted.
fn is_in_order(plan: &str) -> bool {
    !plan.lines().any(|line| line.contains("TEMP B-TREE") || line.contains("Sort  ("))
}
