//! Records of all years, also before 1970: filters, counts, order and pages, compared with a plain list.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tollgate::chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tollgate::{Id, Record, commit_all_async};
use tollgate_store::Store;
use tollgate_store_tests::{Database, DoorMachine, DoorState, Tested, on_both};

on_both! {
    time_filter_in_any_year_matches_a_plain_list,
    records_before_1970_are_counted_by_day_and_ordered_by_time,
}

const YEAR_0: i64 = -62_167_219_200;
const YEAR_10000: i64 = 253_402_300_800;

fn time(seconds: i64, nanos: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, nanos).expect("in range")
}

/// Returns times at boundaries: the first and last supported years, 1970, and the instants just before and after each.
fn boundaries() -> Vec<DateTime<Utc>> {
    let around = [YEAR_0, -631_152_000, -1, 0, 1, 951_782_400, YEAR_10000 - 1];
    let parts = [0, 1, 999, 1_000, 999_999, 1_000_000, 500_000_000, 999_000_000, 999_999_999];
    around.iter().flat_map(|seconds| parts.map(|nanos| time(*seconds, nanos))).collect()
}

/// Generates any supported time: near 1970, far from it, or at a boundary.
fn any_time() -> impl Strategy<Value = DateTime<Utc>> {
    let whole = |seconds| (seconds, 0..1_000_000_000_u32).prop_map(|(seconds, nanos)| time(seconds, nanos));
    prop_oneof![
        whole(YEAR_0..YEAR_10000),
        whole(-3_000_000_000..3_000_000_000),
        whole(-2..3),
        proptest::sample::select(boundaries()),
    ]
}

/// Returns `count` values, the same in each run.
fn sample<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("it has values").current()).collect()
}

/// Creates a door at each time.
async fn doors(store: &Store, times: &[DateTime<Utc>]) -> Tested<Vec<Record>> {
    let doors = (1..).zip(times).map(|(id, at): (i64, _)| DoorMachine::create(Id::from(id)).at(*at));
    commit_all_async(doors.collect::<Vec<_>>(), store).await?;
    let mut records = store.records().all().await?.records;
    assert_eq!(records.len(), times.len());
    records.sort_by_key(|record| (record.at.timestamp_millis(), record.id));
    Ok(records)
}

async fn time_filter_in_any_year_matches_a_plain_list(database: &Database) -> Tested {
    let store = database.store().await?;
    let times: Vec<_> = boundaries().into_iter().chain(sample(&any_time(), 100)).collect();
    let written = doors(&store, &times).await?;
    assert_eq!(store.records().all().await?.records, written, "all are ordered by time");

    let none = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, time(YEAR_0 - 1, 5), time(YEAR_10000, 0)];
    let ends = sample(&(any_time(), any_time()), 60);
    let alone = boundaries().into_iter().chain(none).map(|end| (end, end));
    for (since, until) in ends.into_iter().chain(alone) {
        let nano = TimeDelta::nanoseconds(1);
        for until in
            [until.checked_sub_signed(nano).unwrap_or(until), until, until.checked_add_signed(nano).unwrap_or(until)]
        {
            let holds = |record: &&Record| since <= record.at && record.at < until;
            let both: Vec<Record> = written.iter().filter(holds).cloned().collect();
            let query = || store.records().since(since).until(until);
            assert_eq!(query().all().await?.records, both, "{since} to {until}");
            assert_eq!(query().count().await?, both.len() as u64, "{since} to {until}");
            let early: Vec<Record> = written.iter().filter(|record| record.at < until).cloned().rev().collect();
            let found = store.records().machine::<DoorState>().until(until).newest_first().all().await?.records;
            assert_eq!(found, early, "until {until}");
            let late = written.iter().filter(|record| record.at >= since).count();
            assert_eq!(
                store.records().machine::<DoorState>().since(since).count().await?,
                late as u64,
                "since {since}"
            );
            let counted = store.counts::<DoorState>().since(since).until(until).all().await?;
            let mut days: BTreeMap<NaiveDate, u64> = BTreeMap::new();
            for record in &both {
                *days.entry(record.at.date_naive()).or_default() += 1;
            }
            assert_eq!(counted.iter().map(|count| (count.day, count.count)).collect::<BTreeMap<_, _>>(), days);
        }
    }
    Ok(())
}

async fn records_before_1970_are_counted_by_day_and_ordered_by_time(database: &Database) -> Tested {
    let store = database.store().await?;
    // Written in random order.
    let seconds = [5, -631_152_000, 0, -86_400, -1, YEAR_0, -631_152_000 + 7_200, -2_208_988_800];
    let times: Vec<_> = seconds.iter().map(|seconds| time(*seconds, 500_000_000)).collect();
    let written = doors(&store, &times).await?;
    assert!(written.windows(2).all(|pair| pair[0].at < pair[1].at));
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let query = store.records();
        let query = if let Some(cursor) = &after { query.after(cursor) } else { query };
        let page = query.page(3).await?;
        pages.extend(page.records);
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    assert_eq!(pages, written);
    let listed = store.subjects_in::<DoorState>("Shut").all().await?.subjects;
    assert!(listed.iter().map(|door| door.since).eq(written.iter().map(|record| record.at)), "{listed:?}");
    // The year 1950 began at -631,152,000.
    assert_eq!(store.records().until(time(-631_152_000, 0)).count().await?, 2);
    assert_eq!(store.records().since(DateTime::UNIX_EPOCH).count().await?, 2);
    let counts = store.counts::<DoorState>().until(DateTime::UNIX_EPOCH).all().await?;
    let counts: Vec<_> = counts.iter().map(|count| (count.day.to_string(), count.count)).collect();
    let expected = [("0000-01-01", 1), ("1900-01-01", 1), ("1950-01-01", 2), ("1969-12-31", 2)];
    assert_eq!(counts, expected.map(|(day, count)| (day.to_owned(), count)));
    Ok(())
}
