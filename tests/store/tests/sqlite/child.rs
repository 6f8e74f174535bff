//! The child process: this test binary, started to write to a database until it is killed or the disk is full.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child as Process, ChildStdout, Command, Stdio};
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tollgate::CommitError;
use tollgate_store::{Error, Sqlite};

use crate::machines::{AnyReport, Report, ReportMachine, ReportState, ReportTransition, report_state};

const ROLE: &str = "TOLLGATE_ROLE";
const FILE: &str = "TOLLGATE_FILE";
/// Separates the lines of the child from those of the test harness.
const MARK: &str = "> ";

/// Runs the role that [`Child::start`] sets; without a role it returns.
#[test]
#[ignore = "the program that other tests start, and kill"]
fn child() {
    let Ok(role) = env::var(ROLE) else { return };
    let path = PathBuf::from(env::var_os(FILE).expect("the parent says which file"));
    match role.split_once(' ').unwrap_or((&role, "")) {
        ("open", _) => drop(Sqlite::open(path).expect("it opens")),
        ("load", first) => load(&path, first.parse().expect("the first report")),
        ("share", steps) => share(&path, steps.parse().expect("how many steps")),
        ("until_refused", _) => until_refused(&path),
        ("try", _) => say(Sqlite::open(path).map_or_else(|error| error.to_string(), |_| "opened".to_owned())),
        ("restore", _) => {
            crate::restored::restore(&path);
            crate::restored::register_lamps(&path);
        }
        ("limited", _) => limited(&path),
        ("filled", _) => filled(&path),
        role => panic!("no role `{role:?}`"),
    }
}

/// Sends a line to the parent.
fn say(line: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{MARK}{line}\n").as_bytes()).expect("the parent listens");
}

/// Adds comments to four reports until the process is killed, and prints each after its commit has returned. Between two
/// comments each thread tries a transition without an edge.
fn load(path: &Path, first: i64) {
    let store = Sqlite::open(path).expect("it opens");
    thread::scope(|scope| {
        for id in first..first + 4 {
            let store = &store;
            scope.spawn(move || {
                let mut report = ReportMachine::create(Report { id }).commit(store).expect("it is created");
                loop {
                    let mut step = report.comment();
                    let record = step.record_id();
                    report = step.commit(store).map_err(CommitError::into_cause).expect("the file takes it");
                    say(record);
                    report = refused_approval(report.into());
                }
            });
        }
    });
}

/// Returns the same draft after an approval, for which there is no edge, was refused.
pub(crate) fn refused_approval(report: AnyReport) -> ReportMachine<report_state::Draft> {
    let Err(not_allowed) = report.fire(ReportTransition::Approve) else { panic!("no edge allows it") };
    let AnyReport::Draft(report) = not_allowed.into_machine() else { panic!("no step submits it") };
    report
}

/// Adds this number of comments to a report that other processes also write to, and reads it again before each.
fn share(path: &Path, steps: u64) {
    let store = Sqlite::open(path).expect("it opens");
    let mut conflicts = 0_u64;
    for _ in 0..steps {
        loop {
            let report = store.resume::<ReportState>(Report { id: 1 }).expect("it is there");
            let AnyReport::Draft(report) = report else { panic!("no step submits it") };
            match report.comment().commit(&store) {
                Ok(_) => break,
                Err(refused) => match refused.into_cause() {
                    tollgate::Cause::Sink(Error::Conflict(_)) => conflicts += 1,
                    other => panic!("{other:?}"),
                },
            }
        }
    }
    say(conflicts);
}

/// Adds comments to a shared report, and prints each after its commit has returned, until a commit fails with an error
/// that is not a conflict; then prints that error.
fn until_refused(path: &Path) {
    let store = Sqlite::open(path).expect("it opens");
    loop {
        let report = match store.resume::<ReportState>(Report { id: 1 }) {
            Ok(AnyReport::Draft(report)) => report,
            Ok(_) => panic!("no step submits it"),
            Err(error) => return say(error),
        };
        let mut step = report.comment();
        let record = step.record_id();
        match step.commit(&store).map_err(CommitError::into_cause) {
            Ok(_) => say(record),
            Err(tollgate::Cause::Sink(Error::Conflict(_))) => {}
            Err(tollgate::Cause::Sink(error)) => return say(error),
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// Reaches the limit of the file size, and continues when it is lifted.
fn limited(path: &Path) {
    let store = Sqlite::open(path).expect("it opens");
    let none = getrlimit(Resource::Fsize);
    setrlimit(Resource::Fsize, Rlimit { current: Some(300_000), maximum: none.maximum })
        .expect("a lower limit is free");
    meet_the_end_of_room(&store, || setrlimit(Resource::Fsize, none).expect("the limit may be lifted"));
}

/// Fills the disk, and continues when another file was removed.
fn filled(path: &Path) {
    let ballast = path.with_file_name("ballast");
    std::fs::write(&ballast, vec![b'x'; 300_000]).expect("there is room yet");
    let store = Sqlite::open(path).expect("it opens");
    meet_the_end_of_room(&store, || std::fs::remove_file(ballast).expect("it is there"));
}

fn meet_the_end_of_room(store: &Sqlite, make_room: impl FnOnce()) {
    let mut report = ReportMachine::create(Report { id: 1 }).commit(store).expect("there is room for one");
    let long = "x".repeat(2000);
    let refused = loop {
        match report.comment().with("note", long.as_str()).commit(store) {
            Ok(next) => report = next,
            Err(refused) => break refused,
        }
    };
    say(refused.cause());
    let mut step = refused.into_step();
    let record = step.record_id();
    assert!(store.outcome(record).expect("it can be read").is_none(), "what was refused is not there");
    let refused = step.commit(store).expect_err("there is still no room");
    make_room();
    let report = refused.into_step().commit(store).map_err(CommitError::into_cause).expect("there is room now");
    say(format_args!("went on to {}", report.version()));
}

/// A running child process.
pub(crate) struct Child {
    process: Process,
    out: BufReader<ChildStdout>,
}

impl Child {
    pub(crate) fn start(role: &str, file: &Path) -> Self {
        Self::start_by::<&str>(&[], role, file)
    }

    /// Starts the child through another program, which gets the child's command line appended.
    pub(crate) fn start_by<A: AsRef<std::ffi::OsStr>>(wrapper: &[A], role: &str, file: &Path) -> Self {
        let this = env::current_exe().expect("this program has a path");
        let words = wrapper.iter().map(AsRef::as_ref).chain([this.as_os_str()]);
        let words: Vec<_> = words.collect();
        let mut process = Command::new(words[0])
            .args(&words[1..])
            .args(["child::child", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(ROLE, role)
            .env(FILE, file)
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts once more");
        let out = BufReader::new(process.stdout.take().expect("its output is piped"));
        Self { process, out }
    }

    /// Returns the next line of the child, or `None` after it has ended.
    pub(crate) fn heard(&mut self) -> Option<String> {
        let mut line = String::new();
        while self.out.read_line(&mut line).expect("its output can be read") > 0 {
            // The harness may have written the beginning of the line.
            if let (Some((_, said)), true) = (line.split_once(MARK), line.ends_with('\n')) {
                return Some(said.trim_end().to_owned());
            }
            line.clear();
        }
        None
    }

    /// Kills the process at once.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it runs, or has ended");
    }

    /// Returns all remaining lines, and whether the process ended successfully.
    pub(crate) fn ended(mut self) -> (Vec<String>, bool) {
        let said = std::iter::from_fn(|| self.heard()).collect();
        (said, self.process.wait().expect("it is ours").success())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
