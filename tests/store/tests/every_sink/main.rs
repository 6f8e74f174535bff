//! Every reader of a sink reads an accepted record back unchanged, and every refusal names a field.
//!
//! Arbitrary values (depth, floats, times, ids, unicode, controls, sizes) are committed to every sink, by a machine with
//! recorded data, by an event and by a step that a guard refuses. Every reader of that sink then reads them.

mod given;
mod readers;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tollgate::{JsonLines, Record, file, sink};
use tollgate_store_tests::{Database, Kind, Tested};

use self::given::{Given, Told, commit, commit_async};
use self::readers::{Expected, in_binary_formats, of_a_file, of_a_store, of_lines};

/// The number of cases, which are the same for every sink. `TOLLGATE_CASES` raises it.
const CASES: usize = 192;

/// Returns the cases, the same in each run, so that a failure is reproducible.
fn cases() -> Vec<Given> {
    let count = std::env::var("TOLLGATE_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(CASES);
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = given::given();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("a strategy without filters").current()).collect()
}

/// Asserts that each refusal names a field. Every sink refuses the same values.
fn expect_named(told: &Told) {
    for refusal in &told.refused {
        let fields = ["context.", "context[", "data.", "properties.", "at`"];
        let is_named = fields.iter().any(|field| refusal.starts_with(field));
        assert!(is_named, "the refusal names no field: {refusal}");
    }
}

#[test]
fn memory_and_lines_read_back_accepted_records() -> Tested {
    let (mut accepted, mut refused) = (0, 0);
    for given in cases() {
        let mut log: Vec<Record> = Vec::new();
        let told = commit(&given, &mut log)?;
        expect_named(&told);
        assert_eq!(log, told.accepted);
        in_binary_formats(&log)?;

        let mut lines = JsonLines::new(Vec::new());
        let told = commit(&given, &mut lines)?;
        expect_named(&told);
        of_lines(&lines.into_inner()?, &told)?;
        accepted += told.accepted.len();
        refused += told.refused.len();

        let mut kept = Vec::new();
        let told = commit(
            &given,
            sink::from_fn(|record: &Record| {
                kept.push(record.clone());
                Ok::<(), std::io::Error>(())
            }),
        )?;
        assert_eq!(kept, told.accepted);
    }
    assert!(
        accepted > CASES && refused > CASES / 4,
        "{accepted} accepted, {refused} refused: the cases cover too little"
    );
    Ok(())
}

#[test]
fn durable_file_reads_back_accepted_records() -> Tested {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("trail.jsonl");
    let mut expected = Expected::default();
    {
        let log = JsonLines::options().rotate(file::Rotation::BySize(64 * 1024)).open(&path)?;
        for given in cases() {
            let told = commit(&given, &log)?;
            expect_named(&told);
            expected.add(told);
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Opens the log again, for async commits.
        let log = JsonLines::open(&path)?;
        assert_eq!(log.unreadable().count, 0);
        for given in cases() {
            let told = commit_async(&given, &log).await?;
            expect_named(&told);
            expected.add(told);
        }
        Tested::Ok(())
    })?;
    of_a_file(&path, &expected)
}

/// Commits each case to a store, by single commits and by joined ones.
fn assert_store_reads_back_accepted_records(kind: Kind, name: &str) -> Tested {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let database = Database::new(kind, name);
        let store = database.store().await?;
        let batching = store.batching();
        let mut expected = Expected::default();
        for (number, given) in cases().into_iter().enumerate() {
            // Two subjects of the same id would be one subject.
            let given = given.distinct(number);
            let told = if number % 2 == 0 {
                commit_async(&given, &store).await?
            } else {
                commit_async(&given, &batching).await?
            };
            for refusal in &told.refused {
                let fields =
                    ["context", "data", "properties", "at", "subject", "actor", "on_behalf_of", "reason", "refusal"];
                assert!(fields.iter().any(|field| refusal.contains(field)), "the refusal names no field: {refusal}");
            }
            expected.add(told);
        }
        of_a_store(&store, &expected).await
    })
}

#[test]
fn sqlite_reads_back_accepted_records() -> Tested {
    assert_store_reads_back_accepted_records(Kind::Sqlite, "every_sink")
}

#[test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
fn postgres_reads_back_accepted_records() -> Tested {
    assert_store_reads_back_accepted_records(Kind::Postgres, "every_sink")
}
