//! A buffer delivers the records of a write after it has committed, in order, and never those of a failed one.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tollgate::observer::{AsyncObserver, AsyncObservers, Buffer, Observer, ObserverError, Observers};
use tollgate::{JsonLines, Record, Sink, sink};

use crate::Tested;
use crate::report::{draft, in_review};

/// A log that is written as a whole or not at all: into a temporary file, which is then renamed.
struct Transaction {
    path: PathBuf,
    lines: JsonLines<fs::File>,
}

impl Transaction {
    fn begin(path: &Path) -> io::Result<Self> {
        let mut file = fs::File::create(path.with_extension("new"))?;
        if path.exists() {
            file.write_all(&fs::read(path)?)?;
        }
        Ok(Self { path: path.to_owned(), lines: JsonLines::new(file) })
    }

    fn commit(self) -> io::Result<()> {
        self.lines.into_inner()?.sync_all()?;
        fs::rename(self.path.with_extension("new"), self.path)
    }
}

impl Sink for &mut Transaction {
    type Error = io::Error;

    fn on_success(&mut self, record: &Record) -> io::Result<()> {
        Sink::on_success(&mut self.lines, record)
    }
}

fn read(path: &Path) -> io::Result<Vec<Record>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    JsonLines::read_from(io::BufReader::new(fs::File::open(path)?)).collect()
}

/// Returns a path that only this test uses, without a file.
fn path_of(test: &str) -> io::Result<PathBuf> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("buffer-{test}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path)?;
    Ok(path.join("log"))
}

/// A plugin that reads the log whenever it is notified of a record, and notes whether the record is in it.
fn reading<'a>(path: &'a Path, is_there: &'a Mutex<Vec<bool>>) -> impl Observer + Send + 'a {
    move |record: &Record| -> Result<(), ObserverError> {
        let is_held = read(path)?.contains(record);
        is_there.lock().unwrap_or_else(PoisonError::into_inner).push(is_held);
        Ok(())
    }
}

#[test]
fn those_who_are_told_find_what_they_are_told_of_in_the_log() -> Tested {
    let path = path_of("found")?;
    let is_there = Mutex::new(Vec::new());
    let mut plugins = Observers::new();
    plugins.add(reading(&path, &is_there));
    for _ in 0..2 {
        let mut buffer = Buffer::new();
        let mut transaction = Transaction::begin(&path)?;
        let report = in_review().0;
        let mut log = sink::adapt(&mut transaction).observed_by(buffer.by_ref());
        let report = report.comment().because("a").commit(&mut log)?;
        let _ = report.comment().because("b").commit(&mut log)?;
        drop(log);
        transaction.commit()?;
        assert_eq!(buffer.deliver(&mut plugins).len(), 0);
    }
    assert!(plugins.failures().all(|of| of.total() == 0), "{plugins:?}");
    drop(plugins);
    assert_eq!(is_there.into_inner()?, [true; 4]);
    Ok(())
}

#[test]
fn of_a_write_that_failed_nobody_is_told() -> Tested {
    /// Fails after the record was accepted and before it is in place.
    fn write(path: &Path, plugins: &mut Observers<'_>, how: &str) -> Tested {
        let mut buffer = Buffer::new();
        let mut transaction = Transaction::begin(path)?;
        let _ = draft().0.archive().commit(sink::adapt(&mut transaction).observed_by(buffer.by_ref()))?;
        assert_eq!(buffer.records().len(), 1, "the sink has accepted");
        match how {
            "error" => Err("what else was to be written is wrong")?,
            "panic" => panic!("what else was to be written is wrong"),
            _ => fs::remove_file(path.with_extension("new"))?,
        }
        transaction.commit()?;
        buffer.deliver(plugins);
        Ok(())
    }
    let path = path_of("failed")?;
    let told = Mutex::new(0);
    let mut plugins = Observers::new();
    plugins.add(|_: &Record| *told.lock().unwrap_or_else(PoisonError::into_inner) += 1);
    assert!(write(&path, &mut plugins, "error").is_err());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| write(&path, &mut plugins, "panic")));
    assert!(panicked.is_err());
    assert!(write(&path, &mut plugins, "commit").is_err(), "it cannot be put in place");
    drop(plugins);
    assert_eq!((told.into_inner()?, read(&path)?.len()), (0, 0));
    Ok(())
}

/// Returns the reasons of its records.
fn reasons(records: &[Record]) -> Vec<&str> {
    records.iter().filter_map(|record| record.reason.as_deref()).collect()
}

/// Records with these reasons.
fn records<const N: usize>(reasons: [&str; N]) -> Result<[Record; N], Box<dyn std::error::Error>> {
    let (mut report, mut log) = in_review();
    log.clear();
    for reason in reasons {
        report = report.comment().because(reason).commit(&mut log)?;
    }
    log.try_into().map_err(|_| "a record for each reason".into())
}

fn hears(observer: &mut impl Observer, record: &Record) -> Tested {
    observer.observe(record).map_err(|error| error as Box<dyn std::error::Error>)
}

#[test]
fn savepoints_share_one_order_and_one_that_fails_drops_its_own_alone() -> Tested {
    let [before, body, deep, after_deep, lost, lost_too, after] =
        records(["before", "body", "deep", "after deep", "lost", "lost too", "after"])?;
    let mut buffer = Buffer::new();
    hears(&mut buffer, &before)?;
    {
        let mut savepoint = buffer.savepoint();
        hears(&mut savepoint, &body)?;
        {
            let mut inner = savepoint.savepoint();
            hears(&mut inner, &deep)?;
            inner.keep();
        }
        hears(&mut savepoint, &after_deep)?;
        savepoint.keep();
    }
    {
        let mut savepoint = buffer.savepoint();
        hears(&mut savepoint, &lost)?;
        let mut inner = savepoint.savepoint();
        hears(&mut inner, &lost_too)?;
        inner.keep(); // a record kept in a lost buffer is lost
    }
    hears(&mut buffer, &after)?;
    assert_eq!(reasons(buffer.records()), ["before", "body", "deep", "after deep", "after"]);
    let mut told = Vec::new();
    buffer.deliver(&mut |record: &Record| told.push(record.clone()));
    assert_eq!(told, [before, body, deep, after_deep, after]);
    Ok(())
}

#[test]
fn a_savepoint_that_a_panic_leaves_drops_its_own_alone() -> Tested {
    let [before, lost, after] = records(["before", "lost", "after"])?;
    let mut buffer = Buffer::new();
    hears(&mut buffer, &before)?;
    let left = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut savepoint = buffer.savepoint();
        savepoint.observe(&lost).expect("a savepoint cannot fail");
        panic!("the savepoint fails");
    }));
    assert!(left.is_err());
    hears(&mut buffer, &after)?;
    assert_eq!(buffer.records(), [before, after]);
    Ok(())
}

fn owned<T>((id, text): (T, &str)) -> (T, String) {
    (id, text.to_owned())
}

#[test]
fn deliver_to_observer_that_fails_returns_each_failure_and_notifies_of_the_next_record() -> Tested {
    let [a, b, c] = records(["a", "b", "c"])?;
    let mut buffer = Buffer::new();
    for record in [&a, &b, &c] {
        hears(&mut buffer, record)?;
    }
    let mut told = Vec::new();
    let failing = |record: &Record| {
        told.push(record.reason.clone());
        assert!(told.len() != 1, "the first is too much");
        if told.len() == 2 { Err("the second too") } else { Ok(()) }
    };
    let failures = buffer.deliver(&mut failing.named("failing"));
    let expected = [(a.id, "panicked: the first is too much"), (b.id, "failed: the second too")];
    assert_eq!(failures.iter().map(|of| (of.record.id, of.fault.to_string())).collect::<Vec<_>>(), expected.map(owned));
    assert_eq!(failures[1].to_string(), format!("observer `failing` failed: the second too, on record {}", b.id));
    assert_eq!(told, ["a", "b", "c"].map(|reason| Some(reason.to_owned())));
    Ok(())
}

#[tokio::test]
async fn those_who_wait_are_told_in_order_when_the_write_has_succeeded() -> Tested {
    let told = Mutex::new(Vec::new());
    let mut plugins = AsyncObservers::new();
    plugins.add_async(|record: &Record| {
        let (told, record) = (&told, record.clone());
        async move {
            tokio::task::yield_now().await;
            told.lock().unwrap_or_else(PoisonError::into_inner).push(record);
        }
    });
    let mut buffer = Buffer::new();
    let mut log: Vec<Record> = Vec::new();
    let mut observed = sink::adapt(&mut log).observed_by(buffer.by_ref());
    let report = draft().0.archive().commit_async(&mut observed).await?;
    let _ = report.into_parts();
    let _ = in_review().0.comment().because("x").commit_async(&mut observed).await?;
    drop(observed);
    assert!(told.lock().unwrap_or_else(PoisonError::into_inner).is_empty());
    assert_eq!(buffer.deliver_async(&mut plugins).await.len(), 0);
    drop(plugins);
    assert_eq!((told.into_inner()?, log.len()), (log, 2));
    Ok(())
}

#[tokio::test]
async fn deliver_async_to_observer_that_fails_returns_each_failure_and_notifies_of_the_next_record() -> Tested {
    let [a, b, c] = records(["a", "b", "c"])?;
    let mut buffer = Buffer::new();
    for record in [&a, &b, &c] {
        hears(&mut buffer, record)?;
    }
    let told = Mutex::new(0);
    let failing = |_: &Record| async {
        tokio::task::yield_now().await;
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        *told += 1;
        assert!(*told != 1, "the first is too much");
        if *told == 2 { Err("the second too") } else { Ok(()) }
    };
    let failures = buffer.deliver_async(&mut failing.named("failing")).await;
    let expected = [(a.id, "panicked: the first is too much"), (b.id, "failed: the second too")];
    assert_eq!(failures.iter().map(|of| (of.record.id, of.fault.to_string())).collect::<Vec<_>>(), expected.map(owned));
    assert_eq!((failures[0].observer.as_str(), *told.lock().unwrap_or_else(PoisonError::into_inner)), ("failing", 3));
    Ok(())
}
