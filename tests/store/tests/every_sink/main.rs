//! Whatever a sink accepts, every reader of it reads back equal; whatever is refused is named.
//!
//! Arbitrary values (depth, floats, times, ids, unicode, controls, sizes) are committed to every sink, by a machine whose
//! data is recorded, by an event and by a step that a guard refuses, and are read by every reader of that sink.

mod given;
mod readers;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tollgate::{JsonLines, Record, file, sink};
use tollgate_store_tests::{Database, Kind, Tested};

use self::given::{Given, Told, commit, commit_async};
use self::readers::{Expected, in_binary_formats, of_a_file, of_a_store, of_lines};

/// How many cases each sink gets: all sinks the same ones. `TOLLGATE_CASES` asks for more.
const CASES: usize = 192;

/// The cases: the same in each run, so that a failure can be looked at.
fn cases() -> Vec<Given> {
    let count = std::env::var("TOLLGATE_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(CASES);
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = given::given();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("a strategy without filters").current()).collect()
}

/// What is refused, with a name, by every sink alike: it does not depend on the sink.
fn expect_named(told: &Told) {
    for refusal in &told.refused {
        let fields = ["context.", "context[", "data.", "properties.", "at`"];
        let is_named = fields.iter().any(|field| refusal.starts_with(field));
        assert!(is_named, "the refusal names no field: {refusal}");
    }
}

#[test]
fn memory_and_lines_hold_what_they_accept() -> Tested {
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
        "{accepted} accepted, {refused} refused: the cases say too little"
    );
    Ok(())
}

#[test]
fn durable_file_holds_what_it_accepts() -> Tested {
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
        // Opened again, for tasks.
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

/// Each case in a store, by single commits and by joined ones.
fn store_holds_what_it_accepts(kind: Kind, name: &str) -> Tested {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let database = Database::new(kind, name);
        let store = database.store().await?;
        let batching = store.batching();
        let mut expected = Expected::default();
        for (number, given) in cases().into_iter().enumerate() {
            // Two subjects of one id would be one.
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
fn sqlite_holds_what_it_accepts() -> Tested {
    store_holds_what_it_accepts(Kind::Sqlite, "every_sink")
}

#[test]
#[cfg_attr(no_postgres, ignore = "needs a Postgres server: see CONTRIBUTING.md")]
fn postgres_holds_what_it_accepts() -> Tested {
    store_holds_what_it_accepts(Kind::Postgres, "every_sink")
}
