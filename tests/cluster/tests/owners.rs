//! A server whose owner ends, and a test that lacks a server: seen from outside, by other processes.

use std::env;
use std::error::Error;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tollgate_cluster::{database, own, shared};

type Tested = Result<(), Box<dyn Error>>;

const ROLE: &str = "TOLLGATE_ROLE";
/// The prefix that separates the lines of the child from those of the test harness.
const MARK: &str = "> ";

/// Started by [`child`]; without a role it returns.
#[test]
#[ignore = "the program that other tests start, and kill"]
fn owner() {
    let Ok(role) = env::var(ROLE) else { return };
    match role.as_str() {
        "own" => drop(own(&[])),
        "database" => say(database("mine")),
        "hold" => hold(),
        "panic" => {
            let _cluster = own(&[]);
            panic!("as ordered");
        }
        "exit" => {
            let _cluster = own(&[]);
            std::process::exit(0);
        }
        role => panic!("no role `{role}`"),
    }
}

/// Starts servers in every condition, and then waits: the parent kills this process, or closes its stdin.
fn hold() {
    let [running, killed, paused] = [(); 3].map(|()| own(&[]));
    // The thread that started it is not the one that ends with the process.
    let threaded = thread::spawn(|| own(&[])).join().expect("it starts");
    let shared = shared().expect("it starts").fresh_database("held").expect("it makes one");
    killed.kill().expect("it runs");
    paused.pause().expect("it runs");
    say(shared);
    for cluster in [&running, &threaded] {
        say(cluster.url("postgres"));
    }
    say("ready");
    let _ = std::io::stdin().read(&mut [0]);
}

fn say(line: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{MARK}{line}\n").as_bytes()).expect("the parent listens");
}

fn child(role: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program has a path"));
    command.args(["owner", "--exact", "--ignored", "--test-threads=1"]).env(ROLE, role);
    command.env_remove("TOLLGATE_TEST_POSTGRES");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Returns the directory of the child's servers, with access for the user that they run as.
fn place() -> Result<TempDir, Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    fs::set_permissions(place.path(), Permissions::from_mode(0o755))?;
    Ok(place)
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_mins(1), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn is_empty(place: &Path) -> bool {
    fs::read_dir(place).is_ok_and(|entries| entries.count() == 0)
}

/// Whether a process has this path in its command line: a server, or its keeper.
fn is_used(place: &Path) -> bool {
    let place = place.to_str().expect("a plain path").as_bytes();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.into_iter().any(|line| line.windows(place.len()).any(|part| part == place))
}

fn assert_nothing_left(place: &Path) {
    until("the files are removed", || is_empty(place));
    until("no process is left", || !is_used(place));
}

/// Returns its output until it is ready.
fn heard(child: &mut Child) -> Vec<String> {
    let out = BufReader::new(child.stdout.take().expect("it is piped"));
    let lines = out.lines().map_while(Result::ok);
    let said = lines.filter_map(|line| line.strip_prefix(MARK).map(str::to_owned));
    said.take_while(|line| line != "ready").collect()
}

fn is_there(url: &str) -> bool {
    let host = url.split('@').nth(1).and_then(|rest| rest.split('/').next()).expect("a URL of ours");
    TcpStream::connect(host).is_ok()
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn no_server_outlives_an_owner_that_is_killed() -> Tested {
    let place = place()?;
    let mut owner = child("hold").arg("--nocapture").env("TMPDIR", place.path()).spawn()?;
    let urls = heard(&mut owner);
    assert_eq!(urls.len(), 3);
    assert!(urls.iter().all(|url| is_there(url)) && is_used(place.path()) && !is_empty(place.path()));
    owner.kill()?;
    owner.wait()?;
    assert_nothing_left(place.path());
    assert!(!urls.iter().any(|url| is_there(url)));
    Ok(())
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn no_server_outlives_an_owner_that_is_killed_while_it_starts() -> Tested {
    killed_after([250])
}

#[test]
#[ignore = "long: run by .ci/run full"]
fn no_server_outlives_an_owner_that_is_killed_at_any_time_while_it_starts() -> Tested {
    killed_after((0..1000).step_by(110))
}

/// Kills an owner after each of these times in milliseconds, while its servers start.
fn killed_after(times: impl IntoIterator<Item = u64>) -> Tested {
    let place = place()?;
    for after in times {
        let mut owner = child("hold").env("TMPDIR", place.path()).spawn()?;
        thread::sleep(Duration::from_millis(after));
        owner.kill()?;
        owner.wait()?;
    }
    assert_nothing_left(place.path());
    Ok(())
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn no_server_outlives_an_owner_that_panics_or_leaves_without_unwinding() -> Tested {
    for role in ["panic", "exit"] {
        let place = place()?;
        child(role).env("TMPDIR", place.path()).output()?;
        assert_nothing_left(place.path());
    }
    Ok(())
}

#[test]
fn own_and_database_without_a_server_fail_and_name_what_to_install() -> Tested {
    for (role, more) in [("own", ""), ("database", "; or name one in TOLLGATE_TEST_POSTGRES")] {
        // A directory without the programs of a server.
        let output = child(role).env("TOLLGATE_TEST_POSTGRES_BIN", "/proc").output()?;
        assert!(!output.status.success());
        let printed = String::from_utf8([output.stdout, output.stderr].concat())?;
        let reason = format!("no Postgres server is installed (Debian: apt-get install postgresql){more}\n");
        assert!(printed.contains(&reason), "{printed}");
    }
    Ok(())
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn a_named_server_is_used_in_place_of_one_of_its_own() -> Tested {
    let cluster = own(&[]);
    let place = place()?;
    let mut user = child("database");
    user.arg("--nocapture").env("TOLLGATE_TEST_POSTGRES", cluster.url("postgres")).env("TMPDIR", place.path());
    let urls = heard(&mut user.spawn()?);
    assert_eq!(urls.len(), 1);
    assert!(urls[0].starts_with(&cluster.url("tollgate_mine_")), "{urls:?}");
    assert_eq!(cluster.psql().run(&urls[0], "SELECT 1")?, "1");
    assert!(is_empty(place.path()));
    Ok(())
}

#[test]
fn database_on_a_named_server_that_is_absent_fails() -> Tested {
    let output = child("database").env("TOLLGATE_TEST_POSTGRES", "postgres://127.0.0.1:1/none").output()?;
    assert!(!output.status.success());
    Ok(())
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn the_program_serves_until_its_stdin_closes() -> Tested {
    let place = place()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_cluster"));
    command.arg("max_connections=9").env("TMPDIR", place.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut program = command.spawn()?;
    let mut url = String::new();
    BufReader::new(program.stdout.take().expect("it is piped")).read_line(&mut url)?;
    assert!(is_there(url.trim_end()), "{url}");
    drop(program.stdin.take());
    assert!(program.wait()?.success());
    assert!(!is_there(url.trim_end()) && is_empty(place.path()));
    Ok(())
}
