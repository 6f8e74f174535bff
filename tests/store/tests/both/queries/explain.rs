//! Each query reads an index in the required order, according to the plan of the database.

use tollgate::RecordKind;
use tollgate::chrono::{DateTime, Utc};
use tollgate_store::{Records, Store};

use super::filling::{Histories, insert, millis};
use super::world::{OrderState, ReportState};
use super::{Failure, Place, on_each};

on_each! {
    query_among_many_records_uses_its_index
}

const VERSION: &str = "tollgate_record_version";
const EDGE: &str = "tollgate_record_edge";
const CREATION: &str = "tollgate_record_creation";
const ACTOR: &str = "tollgate_record_actor";
const OTHER: &str = "tollgate_record_other";

/// Returns many orders of two actors, and some reports of others: 10^5 records.
fn histories() -> [Histories; 2] {
    let of =
        |machine, transitions, subjects, actors| Histories { machine, transitions, subjects, versions: 1..=2, actors };
    [
        of("Order", ["hold", "approve"], 50_001..=98_000, ["dora", "cleo"]),
        of("Report", ["submit", "reject"], 1..=2_000, ["bob", "ann"]),
    ]
}

async fn query_among_many_records_uses_its_index(place: Place) -> Result<(), Failure> {
    let store = place.open().await?;
    store.register::<OrderState>().await?;
    store.register::<ReportState>().await?;
    insert(&place, &store, &histories()).await?;
    let cases = cases(&place, &store).await?;
    for (what, query, index) in cases {
        let plan = query.explain().await?;
        goes_by(index, &plan, what);
        assert!(is_in_order(&plan), "{what} is sorted:\n{plan}");
    }
    // The planner estimates how many of the actor's records match: it may read and sort them if it expects few.
    let of_bob = store.records().by("bob").machine::<ReportState>();
    goes_by(ACTOR, &of_bob.clone().transition("submit").explain().await?, "an actor's transitions");
    goes_by(ACTOR, &of_bob.state("Review").explain().await?, "an actor's changes into a state");
    let plan = store.subjects_in::<ReportState>("Review").explain().await?;
    goes_by(CREATION, &plan, "the subjects in a state");
    goes_by(VERSION, &plan, "the subjects in a state");
    assert!(is_in_order(&plan), "{plan}");
    goes_by(VERSION, &store.time_in_states::<ReportState>().explain().await?, "the time in states");
    goes_by(EDGE, &store.counts::<ReportState>().explain().await?, "the counts of a machine");
    let [since, until] = times();
    let counts = store.counts::<OrderState>().since(since).until(until).explain().await?;
    let index = if counts.contains(EDGE) { EDGE } else { primary(&place) };
    goes_by(index, &counts, "the counts of some time");
    Ok(())
}

/// Returns each query with the index that it uses.
async fn cases(place: &Place, store: &Store) -> Result<Vec<(&'static str, Records, &'static str)>, Failure> {
    let primary = primary(place);
    let [since, until] = times();
    let after = store.records().machine::<OrderState>().page(10).await?.next.ok_or("there are many")?;
    let records = || store.records();
    // Half of all records have one edge of orders: Postgres may read all in order and filter them.
    let either = if place.is_postgres() { "tollgate_record_" } else { EDGE };
    Ok(vec![
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
    ])
}

fn primary(place: &Place) -> &'static str {
    if place.is_postgres() { "tollgate_record_pkey" } else { "PRIMARY KEY" }
}

/// Returns the times of the creations of 500 orders.
fn times() -> [DateTime<Utc>; 2] {
    [60_000, 60_500].map(|order| DateTime::from_timestamp_millis(millis(1, order)).unwrap_or_default())
}

/// Asserts that the plan names the index and reads the table only through an index.
fn goes_by(index: &str, plan: &str, what: &str) {
    assert!(plan.contains(index), "{what} does not go by {index}:\n{plan}");
    let reads_all = |line: &str| line.contains("Seq Scan on tollgate_record") || line.contains("SCAN tollgate_record");
    assert!(!plan.lines().any(reads_all), "{what} reads the whole table:\n{plan}");
}

/// Returns whether the index gives the order, without a sort.
fn is_in_order(plan: &str) -> bool {
    !plan.lines().any(|line| line.contains("TEMP B-TREE") || line.contains("Sort  ("))
}
