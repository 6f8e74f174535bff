//! The child process: this same program, started to hold a file, to write to it without end, or to run into a fault.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child as Process, ChildStdout, Command, Stdio};
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tollgate::file::{FileError, FileOptions, Rotation};
use tollgate::{BatchSink, Cause, JsonLines, JsonLinesFile};

use crate::clock::{self, Clock};

const ROLE: &str = "TOLLGATE_ROLE";
const LOG: &str = "TOLLGATE_LOG";
/// Separates the lines of the child from those of the test harness.
const MARK: &str = "> ";

/// The child process, started by [`Child::start`]; without a role it returns.
#[test]
#[ignore = "the program that other tests start, and kill"]
fn child() {
    let Ok(role) = env::var(ROLE) else { return };
    let path = PathBuf::from(env::var_os(LOG).expect("the parent sets the log"));
    match role.as_str() {
        "hold" => hold(&path),
        "load" => load(&JsonLines::open(&path).expect("it opens")),
        "load, rotating" => load(&rotating().open(&path).expect("it opens")),
        "load, tasks" => load_with_tasks(&rotating().open(&path).expect("it opens")),
        "limited" => limited(&path),
        "filled" => filled(&path),
        "failing" => crate::failures::failing(&path),
        "steps" => steps(&path),
        "days" => crate::rotation::days(&path),
        role => panic!("no role `{role}`"),
    }
}

fn rotating() -> FileOptions {
    JsonLines::options().rotate(Rotation::BySize(20_000))
}

/// Writes a line to the parent.
pub(crate) fn report(line: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{MARK}{line}\n").as_bytes()).expect("the parent reads");
}

fn hold(path: &Path) {
    let log = JsonLines::open(path).expect("it opens");
    let _ = clock::created(1, &log);
    report("open");
    let _ = std::io::stdin().read(&mut [0]);
}

/// Four clocks that tick until the process is killed, and report each tick after its commit has returned.
fn load(log: &JsonLinesFile) {
    let first = u64::from(std::process::id()) << 16;
    thread::scope(|scope| {
        for id in first..first + 4 {
            scope.spawn(move || {
                let mut clock = clock::created(id, log);
                loop {
                    clock = tick_and_report(clock, log);
                }
            });
        }
    });
}

fn tick_and_report(clock: Clock, log: &JsonLinesFile) -> Clock {
    let mut step = clock.tick().with("note", "two\nlines, \u{1f525}");
    let id = step.record_id();
    let clock = step.commit(log).map_err(tollgate::CommitError::into_cause).expect("the file takes it");
    report(id);
    clock
}

/// The same as tasks, next to a thread.
fn load_with_tasks(log: &JsonLinesFile) {
    let first = u64::from(std::process::id()) << 16;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut clock = clock::created(first, log);
            loop {
                clock = tick_and_report(clock, log);
            }
        });
        let ticking = |id| async move {
            let mut clock = clock::created(id, log);
            loop {
                let mut step = clock.tick();
                let id = step.record_id();
                clock =
                    step.commit_async(log).await.map_err(tollgate::CommitError::into_cause).expect("the file takes it");
                report(id);
            }
        };
        runtime.block_on(async { tokio::join!(ticking(first + 1), ticking(first + 2), ticking(first + 3)) });
    });
}

/// Ticks and single batches over several files, and then `done`.
fn steps(path: &Path) {
    let log = JsonLines::options().rotate(Rotation::BySize(1500)).open(path).expect("it opens");
    let id = u64::from(std::process::id()) << 16;
    let mut clock = clock::created(id, &log);
    for round in 1..=6 {
        clock = tick_and_report(clock, &log);
        let batch = clock::records(id + round, 3);
        (&log).on_success_all(&batch).expect("the file takes it");
        batch.iter().for_each(|record| report(record.id));
    }
    report("done");
}

/// Commits up to a limit of the file size, and continues when it is lifted.
fn limited(path: &Path) {
    let log = JsonLines::open(path).expect("it opens");
    let none = getrlimit(Resource::Fsize);
    setrlimit(Resource::Fsize, Rlimit { current: Some(5000), maximum: none.maximum }).expect("a lower limit is free");
    fill_up(&log, path, || setrlimit(Resource::Fsize, none).expect("the limit may be lifted"));
}

/// Commits until the disk is full, and continues when another file has been removed.
fn filled(path: &Path) {
    let ballast = path.with_file_name("ballast");
    std::fs::write(&ballast, vec![b'x'; 64 * 1024]).expect("there is room yet");
    let log = JsonLines::open(path).expect("it opens");
    fill_up(&log, path, || std::fs::remove_file(ballast).expect("it is there"));
}

fn fill_up(log: &JsonLinesFile, path: &Path, make_room: impl FnOnce()) {
    let mut clock = clock::created(1, log);
    let refused = loop {
        let step = clock.tick();
        match step.commit(log) {
            Ok(next) => clock = next,
            Err(refused) => break refused,
        }
    };
    report(cause(&refused));
    let before = clock_of(path);
    // Again, and in a batch: refused as long as there is no room, and nothing of it stays.
    let refused = refused.into_step().commit(log).expect_err("there is still no room");
    assert!((&mut &*log).on_success_all(&clock::records(2, 1000)).is_err(), "nor for a thousand");
    assert_eq!(clock_of(path), before, "the file is what it was");
    make_room();
    let mut clock =
        refused.into_step().commit(log).map_err(tollgate::CommitError::into_cause).expect("there is room now");
    clock = tick_and_report(clock, log);
    report(format_args!("continued to {}", clock.version()));
}

fn clock_of(path: &Path) -> Vec<u8> {
    let text = std::fs::read(path).expect("it can be read");
    assert!(text.ends_with(b"\n"), "no half line is left");
    text
}

pub(crate) fn cause<S>(refused: &tollgate::CommitError<S, FileError>) -> String {
    match refused.cause() {
        Cause::Sink(error) => format!("{:?}: {error}", error.kind()),
        other => panic!("{other:?}"),
    }
}

/// A running child process.
pub(crate) struct Child {
    process: Process,
    out: BufReader<ChildStdout>,
}

impl Child {
    pub(crate) fn start(role: &str, log: &Path) -> Self {
        Self::start_by::<&str, &str>(&[], role, log, &[])
    }

    /// Through another program, which gets the child's command line appended, with more in the environment.
    pub(crate) fn start_by<A: AsRef<OsStr>, V: AsRef<OsStr>>(
        wrapper: &[A],
        role: &str,
        log: &Path,
        environment: &[(&str, V)],
    ) -> Self {
        let this = env::current_exe().expect("this program has a path");
        let words: Vec<&OsStr> = wrapper.iter().map(AsRef::as_ref).chain([this.as_os_str()]).collect();
        let mut process = Command::new(words[0])
            .args(&words[1..])
            .args(["child::child", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env(ROLE, role)
            .env(LOG, log)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts once more");
        let out = BufReader::new(process.stdout.take().expect("its output is piped"));
        Self { process, out }
    }

    /// Returns the next line that it reports; `None` when it has ended.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        while self.out.read_line(&mut line).expect("its output can be read") > 0 {
            // The harness may have begun the line.
            if let (Some((_, reported)), true) = (line.split_once(MARK), line.ends_with('\n')) {
                return Some(reported.trim_end().to_owned());
            }
            line.clear();
        }
        None
    }

    /// Kills it.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it runs, or has ended");
    }

    /// Returns its remaining lines, and whether it ended with success.
    pub(crate) fn ended(mut self) -> (Vec<String>, bool) {
        let lines = std::iter::from_fn(|| self.line()).collect();
        (lines, self.process.wait().expect("it is ours").success())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
