//! Concurrent commits to one file: each record is written once, and observers are notified in the order of the file.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;

use tollgate::file::{Durability, FileError, Rotation};
use tollgate::uuid::Uuid;
use tollgate::{AsyncSink, BatchSink, JsonLines, JsonLinesFile, Observer, Record, RecordKind, Sink};

use crate::clock::{assert_in_order, created, records, tick, tick_async};
use crate::{Tested, directory, read};

const EVERY: [Durability; 3] = [Durability::EachRecord, Durability::Grouped, Durability::OnFlush];

fn ids(records: &[Record]) -> Vec<Uuid> {
    records.iter().map(|record| record.id).collect()
}

#[test]
fn commits_of_sixty_four_threads_are_written_once_and_in_order() -> Tested {
    for durability in EVERY {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        let notified = Arc::new(Mutex::new(Vec::new()));
        let notified_ids = Arc::clone(&notified);
        let options = JsonLines::options().durability(durability).rotate(Rotation::BySize(50_000));
        let log = options.open(&path)?.observed_by(move |record: &Record| notified_ids.lock().unwrap().push(record.id));
        thread::scope(|scope| {
            for id in 0..64 {
                let log = &log;
                scope.spawn(move || tick(created(id, log), 30, log));
            }
        });
        log.flush()?;
        let records = read(&path);
        assert_eq!(records.len(), 64 * 31, "{durability:?}");
        assert_in_order(&records);
        assert_eq!(*notified.lock().unwrap(), ids(&records), "{durability:?}: notified in the order of the file");
    }
    Ok(())
}

#[test]
fn commit_that_returned_is_in_the_file() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    thread::scope(|scope| {
        for id in 0..8 {
            let (log, path) = (&log, &path);
            scope.spawn(move || {
                let mut clock = created(id, log);
                for _ in 0..10 {
                    let before = clock.version();
                    clock = tick(clock, 1, log).0;
                    let mine =
                        read(path).iter().filter(|record| record.subject.as_ref().unwrap().id == id.into()).count();
                    assert_eq!((mine as u64, clock.version()), (before + 1, before + 1));
                }
            });
        }
    });
    Ok(())
}

#[test]
fn batches_of_many_threads_are_written_in_one_piece_each() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::options().rotate(Rotation::BySize(10_000)).open(&path)?;
    thread::scope(|scope| {
        for id in 0..16 {
            let log = Arc::new(&log);
            scope.spawn(move || (&mut &**log).on_success_all(&records(id, 20)).expect("the file takes it"));
        }
    });
    let records = read(&path);
    assert_eq!(records.len(), 16 * 20);
    for batch in records.chunks(20) {
        assert!(batch.iter().all(|record| record.subject == batch[0].subject), "a batch is in one piece");
    }
    Ok(())
}

#[test]
fn commits_of_tasks_and_threads_are_written_once_and_in_order() -> Tested {
    let current = tokio::runtime::Builder::new_current_thread().build()?;
    let several = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    for (runtime, durability) in [&current, &several].into_iter().flat_map(|runtime| EVERY.map(|each| (runtime, each)))
    {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        let notified = Arc::new(Mutex::new(Vec::new()));
        let notified_ids = Arc::clone(&notified);
        let log = JsonLines::options().durability(durability).rotate(Rotation::BySize(100_000)).open(&path)?;
        let log = Arc::new(log.observed_by(move |record: &Record| notified_ids.lock().unwrap().push(record.id)));
        thread::scope(|scope| {
            scope.spawn(|| tick(created(100, &*log), 100, &*log));
            let tasks: Vec<_> = (0..20)
                .map(|id| {
                    let log = Arc::clone(&log);
                    runtime.spawn(async move { tick_async(created(id, &*log), 30, &*log).await.len() })
                })
                .collect();
            runtime.block_on(async {
                for task in tasks {
                    assert_eq!(task.await.expect("it does not panic"), 30);
                }
            });
        });
        log.flush()?;
        let records = read(&path);
        assert_eq!(records.len(), 101 + 20 * 31);
        assert_in_order(&records);
        assert_eq!(*notified.lock().unwrap(), ids(&records), "{durability:?}: notified in the order of the file");
    }
    Ok(())
}

/// A log that is stuck in the middle of a commit until something is sent.
fn stuck(log: JsonLinesFile) -> (JsonLinesFile, Receiver<()>, Sender<()>) {
    let (reached, is_reached) = channel();
    let (sender, receiver) = channel();
    let log = log.observed_by(move |_: &Record| {
        let _ = reached.send(());
        // A limit, so that a failure is an assertion below and not a hang.
        let _ = receiver.recv_timeout(Duration::from_secs(60));
    });
    (log, is_reached, sender)
}

#[test]
fn commit_async_while_the_file_is_busy_does_not_block_other_tasks() -> Tested {
    let directory = directory();
    let (log, is_reached, free) = stuck(JsonLines::open(directory.path().join("trail.jsonl"))?);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let turns = AtomicUsize::new(0);
    runtime.block_on(async {
        let commit = async {
            let mut log = &log;
            AsyncSink::on_success(&mut log, &records(1, 1)[0]).await.expect("the file takes it");
            assert_eq!(turns.load(Ordering::Relaxed), 1000, "it returned before the file was free");
        };
        let other = async {
            while is_reached.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
            for _ in 0..1000 {
                turns.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
            // The commit can end only now: a commit that blocks the thread would be a deadlock.
            drop(free);
        };
        tokio::join!(commit, other);
    });
    Ok(())
}

#[test]
fn commit_async_during_a_commit_of_a_thread_does_not_block() -> Tested {
    let directory = directory();
    let (log, is_reached, free) = stuck(JsonLines::open(directory.path().join("trail.jsonl"))?);
    thread::scope(|scope| {
        scope.spawn(|| Sink::on_success(&mut &log, &records(1, 1)[0]).expect("the file takes it"));
        is_reached.recv().expect("the thread commits");
        let record = &records(2, 1)[0];
        let mut sink = &log;
        let mut commit = pin!(AsyncSink::on_success(&mut sink, record));
        assert!(
            commit.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(),
            "it waits without blocking"
        );
        drop(free);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(commit).expect("the file takes it");
    });
    Ok(())
}

#[test]
fn commit_async_that_is_dropped_is_written_and_stops_no_other_commit() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let log = JsonLines::open(&path)?;
    let mut sink = &log;
    for record in records(1, 3) {
        let mut commit = Box::pin(AsyncSink::on_success(&mut sink, &record));
        let _ = commit.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    let (clock, _) = tick(created(2, &log), 10, &log);
    drop(log);
    let records = read(&path);
    assert_in_order(&records);
    let (of_tasks, of_threads): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|record| record.subject.as_ref().unwrap().id == 1_u64.into());
    assert_eq!(
        (of_tasks.len(), of_threads.len() as u64),
        (3, clock.version()),
        "all were started, and so all are written"
    );
    Ok(())
}

/// A waker that panics.
struct Panicking;

impl Wake for Panicking {
    fn wake(self: Arc<Self>) {
        panic!("the waker panics");
    }
}

#[test]
fn waker_that_panics_stops_no_other_commit() -> Tested {
    let directory = directory();
    let path = directory.path().join("trail.jsonl");
    let (log, is_reached, free) = stuck(JsonLines::open(&path)?);
    let mut sink = &log;
    let record = &records(1, 1)[0];
    let mut commit = pin!(AsyncSink::on_success(&mut sink, record));
    assert!(commit.as_mut().poll(&mut Context::from_waker(&Arc::new(Panicking).into())).is_pending());
    is_reached.recv()?;
    drop(free);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let ids = runtime.block_on(tick_async(created(2, &log), 10, &log));
    assert_eq!((ids.len(), read(&path).len()), (10, 12));
    Ok(())
}

#[test]
fn observer_that_commits_to_its_own_file_is_refused() -> Tested {
    for durability in EVERY {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        let own: Arc<OnceLock<Arc<JsonLinesFile>>> = Arc::default();
        let errors: Arc<Mutex<Vec<FileError>>> = Arc::default();
        let (seen, log) = (Arc::clone(&own), JsonLines::options().durability(durability).open(&path)?);
        let refused = Arc::clone(&errors);
        let log = Arc::new(log.observed_by(move |record: &Record| {
            let mut log = &**seen.get().expect("set before the first commit");
            refused.lock().unwrap().extend(Sink::on_success(&mut log, record).err());
            assert!(record.id.is_nil(), "and a panic of the observer stops no commit");
        }));
        own.set(Arc::clone(&log)).map_err(drop).expect("set once");
        tick(created(1, &*log), 2, &*log);
        log.flush()?;
        assert_eq!(read(&path).len(), 3);
        let errors = errors.lock().unwrap();
        assert!(errors.len() == 3 && errors.iter().all(|error| matches!(error, FileError::FromObserver { .. })));
        assert_eq!(log.failures().iter().map(|of| of.panics).collect::<Vec<_>>(), [3], "counted, and notified again");
    }
    Ok(())
}

#[test]
fn observers_are_notified_by_position_of_successes_and_not_of_refusals() -> Tested {
    for durability in EVERY {
        let directory = directory();
        let path = directory.path().join("trail.jsonl");
        let notified: Arc<Mutex<Vec<(&str, Uuid)>>> = Arc::default();
        let reported: Arc<Mutex<Vec<String>>> = Arc::default();
        let observer = |name| {
            let notified = Arc::clone(&notified);
            move |record: &Record| notified.lock().unwrap().push((name, record.id))
        };
        let reports = Arc::clone(&reported);
        let mut log = JsonLines::options()
            .durability(durability)
            .open(&path)?
            .observed_by(observer("registered"))
            .observed_by((|_: &Record| Err("no line")).named("webhook"))
            .observed_by(observer("first").first())
            .on_failure(move |failure| reports.lock().unwrap().push(failure.to_string()));
        let mut refusal = records(1, 1).remove(0);
        refusal.kind = RecordKind::Refusal;
        Sink::on_refusal(&mut log, &refusal)?;
        let success = records(1, 1).remove(0);
        Sink::on_success(&mut log, &success)?;
        log.flush()?;
        assert_eq!(ids(&read(&path)), [refusal.id, success.id], "both are written");
        assert_eq!(*notified.lock().unwrap(), [("first", success.id), ("registered", success.id)]);
        assert_eq!(
            *reported.lock().unwrap(),
            [format!("observer `webhook` failed: no line, on record {}", success.id)]
        );
    }
    Ok(())
}

#[test]
fn observers_of_two_files_that_commit_to_each_other_are_refused() -> Tested {
    let directory = directory();
    let paths = ["one", "other"].map(|name| directory.path().join(name).with_extension("jsonl"));
    let logs: Arc<OnceLock<[JsonLinesFile; 2]>> = Arc::default();
    let refused: Arc<Mutex<Vec<FileError>>> = Arc::default();
    let commits_to = |other: usize| {
        let (logs, refused) = (Arc::clone(&logs), Arc::clone(&refused));
        move |record: &Record| {
            let mut log = &logs.get().expect("set before the first commit")[other];
            let error = Sink::on_success(&mut log, record).err();
            refused.lock().unwrap().extend(error);
            assert!(log.failures().iter().all(|of| of.total() == 0), "which can be read during a notification");
        }
    };
    let one = JsonLines::open(&paths[0])?.observed_by(commits_to(1));
    let other = JsonLines::open(&paths[1])?.observed_by(commits_to(0));
    logs.set([one, other]).map_err(drop).expect("set once");
    let record = records(1, 1).remove(0);
    Sink::on_success(&mut &logs.get().expect("set above")[0], &record)?;
    assert_eq!((ids(&read(&paths[0])), ids(&read(&paths[1]))), (vec![record.id], vec![record.id]));
    assert!(matches!(refused.lock().unwrap()[..], [FileError::FromObserver { .. }]));
    Ok(())
}
