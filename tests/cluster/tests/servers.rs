//! A private server: its behaviour, and each action of the tests on it.

use std::error::Error;
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use tollgate_cluster::{Cluster, ClusterError, own};

type Tested = Result<(), Box<dyn Error>>;

fn until(what: &str, mut is_so: impl FnMut() -> Result<bool, Box<dyn Error>>) -> Tested {
    let start = Instant::now();
    while !is_so()? {
        assert!(start.elapsed() < Duration::from_mins(1), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn takes_connections(cluster: &Cluster) -> bool {
    TcpStream::connect(("127.0.0.1", cluster.port())).is_ok()
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn a_server_answers_by_its_port_and_by_its_socket() -> Tested {
    let cluster = own(&[]);
    let by_socket = format!(
        "postgres:///postgres?user=postgres&host={}&port={}",
        cluster.socket_directory().display(),
        cluster.port()
    );
    for url in [cluster.url("postgres"), by_socket] {
        assert_eq!(cluster.psql().run(&url, "SELECT 6 * 7, current_user")?, "42|postgres");
    }
    Ok(())
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn a_server_is_as_durable_as_it_comes_unless_told_otherwise() -> Tested {
    let usual = own(&[]);
    let other = own(&[("fsync", "off"), ("max_connections", "7"), ("application_name", "it's")]);
    let asked = "SELECT current_setting('fsync'), current_setting('synchronous_commit'), \
                 current_setting('max_connections'), current_setting('server_encoding')";
    assert_eq!(usual.psql().run(&usual.url("postgres"), asked)?, "on|on|100|UTF8");
    assert_eq!(other.psql().run(&other.url("postgres"), asked)?, "off|on|7|UTF8");
    Ok(())
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn servers_that_start_at_the_same_time_are_different_ones() -> Tested {
    let started: Vec<_> = thread::scope(|scope| {
        let starts: Vec<_> = (0..3).map(|_| scope.spawn(|| own(&[]))).collect();
        starts.into_iter().map(|start| start.join().expect("it starts")).collect()
    });
    for (place, cluster) in started.iter().enumerate() {
        cluster.psql().run(&cluster.url("postgres"), &format!("CREATE TABLE of_{place} ()"))?;
    }
    for (place, cluster) in started.iter().enumerate() {
        let tables = "SELECT string_agg(relname, ' ') FROM pg_class WHERE relname LIKE 'of\\__'";
        assert_eq!(cluster.psql().run(&cluster.url("postgres"), tables)?, format!("of_{place}"));
    }
    Ok(())
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn fresh_databases_are_apart() -> Tested {
    let cluster = own(&[]);
    let (one, other) = (cluster.fresh_database("same")?, cluster.fresh_database("same")?);
    cluster.psql().run(&one, "CREATE TABLE notes (note text)")?;
    let error = cluster.psql().run(&other, "SELECT * FROM notes").expect_err("it is another database");
    assert!(error.to_string().contains("relation \"notes\" does not exist"), "{error}");
    Ok(())
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn what_was_committed_outlives_a_kill_and_what_was_not_does_not() -> Tested {
    let cluster = own(&[]);
    let url = cluster.fresh_database("kept")?;
    let psql = cluster.psql();
    psql.run(&url, "CREATE TABLE notes (note text); INSERT INTO notes VALUES ('kept')")?;
    for _ in 0..2 {
        thread::scope(|scope| {
            let open = scope.spawn(|| psql.run(&url, "INSERT INTO notes VALUES ('lost') RETURNING pg_sleep(600)"));
            sleeper(&cluster, &url)?;
            cluster.kill()?;
            assert!(open.join().expect("it returns").is_err(), "it was cut off");
            assert!(!takes_connections(&cluster));
            let error = cluster.kill().expect_err("there is none");
            assert_eq!(error.to_string(), "asking for the server: it has been killed or stopped");
            cluster.restart()?;
            assert_eq!(psql.run(&url, "SELECT note FROM notes")?, "kept");
            Tested::Ok(())
        })?;
    }
    let log = fs::read_to_string(cluster.log())?;
    assert!(log.contains("database system was not properly shut down; automatic recovery in progress"), "{log}");
    Ok(())
}

/// The backend of a query that sleeps, once it does.
fn sleeper(cluster: &Cluster, url: &str) -> Result<u32, Box<dyn Error>> {
    let asked = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    let mut found = String::new();
    until("it sleeps", || {
        found = cluster.psql().run(url, asked)?;
        Ok(!found.is_empty())
    })?;
    Ok(found.parse()?)
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn a_killed_backend_takes_all_others_with_it_and_the_server_recovers() -> Tested {
    let cluster = own(&[]);
    let url = cluster.url("postgres");
    let psql = cluster.psql();
    thread::scope(|scope| {
        let one = scope.spawn(|| psql.run(&url, "SELECT pg_sleep(600)"));
        let backend = sleeper(&cluster, &url)?;
        let other = scope.spawn(|| psql.run(&url, "SELECT pg_sleep_until('infinity')"));
        until("both sleep", || {
            let asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
            Ok(psql.run(&url, asked)? == "2")
        })?;
        cluster.kill_backend(backend)?;
        for cut in [one, other] {
            assert!(cut.join().expect("it returns").is_err(), "it was cut off");
        }
        cluster.answers()?;
        assert_eq!(psql.run(&url, "SELECT 1")?, "1");
        Tested::Ok(())
    })
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn only_a_backend_of_this_server_is_killed() {
    let cluster = own(&[]);
    let me = std::process::id();
    let error = cluster.kill_backend(me).expect_err("this is no backend");
    assert_eq!(error.to_string(), format!("killing the backend {me}: it is not one of this server"));
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn a_paused_server_takes_connections_and_does_not_answer_until_it_goes_on() -> Tested {
    let cluster = own(&[]);
    let (psql, url) = (cluster.psql(), cluster.url("postgres"));
    cluster.pause()?;
    assert!(takes_connections(&cluster));
    let error = psql.run(&format!("{url}?connect_timeout=2"), "SELECT 1").expect_err("it hangs");
    assert!(error.to_string().contains("timeout expired"), "{error}");
    cluster.resume()?;
    assert_eq!(psql.run(&url, "SELECT 1")?, "1");
    // A paused server can be stopped too.
    cluster.pause()?;
    cluster.restart()?;
    assert_eq!(psql.run(&url, "SELECT 1")?, "1");
    cluster.pause()?;
    cluster.kill()?;
    cluster.restart()?;
    cluster.pause()?;
    Ok(())
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn a_stopped_server_is_gone_and_starts_again_without_a_recovery() -> Tested {
    let cluster = own(&[]);
    cluster.stop()?;
    assert!(!takes_connections(&cluster));
    cluster.restart()?;
    assert_eq!(cluster.psql().run(&cluster.url("postgres"), "SELECT 1")?, "1");
    let log = fs::read_to_string(cluster.log())?;
    assert!(!log.contains("automatic recovery"), "{log}");
    Ok(())
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn a_server_that_does_not_start_says_why() {
    match Cluster::with(&[("max_conections", "10")]) {
        Err(ClusterError::Failed { what, said }) => {
            assert_eq!(what, "the server does not start");
            assert!(said.contains("unrecognized configuration parameter \"max_conections\""), "{said}");
        }
        Err(error @ ClusterError::NotInstalled) => panic!("{error}"),
        Ok(_) => panic!("there is no such setting"),
    }
}

#[test]
#[cfg_attr(no_postgres_programs, ignore = "needs an installed Postgres server: see CONTRIBUTING.md")]
fn nothing_is_left_of_a_server_that_is_dropped_after_a_kill() -> Tested {
    nothing_is_left_after(&[Cluster::kill])
}

#[test]
#[ignore = "long: run by .ci/run full"]
fn nothing_is_left_of_a_server_that_is_dropped_whatever_was_done_to_it() -> Tested {
    nothing_is_left_after(&[Cluster::answers, Cluster::stop, Cluster::kill, Cluster::pause])
}

/// An operation on a server.
type Operation = fn(&Cluster) -> Result<(), ClusterError>;

fn nothing_is_left_after(operations: &[Operation]) -> Tested {
    for operation in operations {
        let cluster = own(&[]);
        let directory: PathBuf = cluster.socket_directory().to_owned();
        let memory = shared_memory(&directory)?;
        assert!(is_in_use(&memory)?);
        operation(&cluster)?;
        let port = cluster.port();
        assert!(directory.is_dir());
        drop(cluster);
        assert!(!directory.exists());
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
        assert!(!is_in_use(&memory)?);
    }
    Ok(())
}

/// The id of the segment by which a server knows whether another one has its files.
fn shared_memory(directory: &Path) -> Result<String, Box<dyn Error>> {
    let notes = fs::read_to_string(directory.join("data/postmaster.pid"))?;
    let line = notes.lines().nth(6).and_then(|line| line.split_whitespace().nth(1));
    Ok(line.ok_or("no shared memory is noted")?.to_owned())
}

fn is_in_use(memory: &str) -> Result<bool, Box<dyn Error>> {
    let segments = fs::read_to_string("/proc/sysvipc/shm")?;
    Ok(segments.lines().any(|line| line.split_whitespace().nth(1) == Some(memory)))
}
