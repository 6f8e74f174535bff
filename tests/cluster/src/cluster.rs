//! A private Postgres server: started, killed, paused, restarted and copied.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::database;
use crate::keeper::Keeper;
use crate::process::{children, exists, is_alive, is_still, signal, until};
use crate::programs::{Programs, Unprivileged};
use crate::{ClusterError, Psql};

/// The base settings, before those of [`Cluster::with`]. Durability is under test, so none of them weakens it.
const SETTINGS: [(&str, &str); 2] = [("listen_addresses", "127.0.0.1"), ("max_connections", "100")];
/// Below the ephemeral ports: the system could assign one of those while a killed server is down.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// A socket's path has 107 bytes, of which these are ours.
const PARENT_LENGTH: usize = 107 - "/tollgate-123456/.s.PGSQL.65535".len();

/// A private Postgres server, on a free port of 127.0.0.1. It ends with this value, or with this process, even if
/// that is killed; its files go with it.
///
/// The superuser is `postgres`, without a password. All methods may be called while other threads use the server.
///
/// ```no_run
/// # fn main() -> Result<(), tollgate_cluster::ClusterError> {
/// let cluster = tollgate_cluster::Cluster::with(&[("statement_timeout", "5s")])?;
/// let url = cluster.fresh_database("orders")?;
/// cluster.kill()?;
/// cluster.restart()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Cluster {
    running: Mutex<Running>,
    port: u16,
    programs: Programs,
    directory: PathBuf,
}

#[derive(Debug)]
struct Running {
    keeper: Keeper,
    /// `None` after it was killed or stopped: its number may then belong to another process.
    postmaster: Option<u32>,
}

impl Cluster {
    /// Starts a server with `fsync` on and at most 100 connections.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NotInstalled`]; or, if it did not start, the end of its log.
    pub fn start() -> Result<Self, ClusterError> {
        Self::with(&[])
    }

    /// Starts a server with these settings of `postgresql.conf`, by name and value.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NotInstalled`]; or, if it did not start, the end of its log.
    pub fn with(settings: &[(&str, &str)]) -> Result<Self, ClusterError> {
        let (programs, mut keeper) = keeper()?;
        if !keeper.initdb()? {
            return Err(failure("`initdb`", keeper.directory()));
        }
        Self::run(programs, keeper, settings)
    }

    /// Starts a hot standby of this server, with its own port and files. It replicates when this returns;
    /// `SELECT pg_promote()` makes it a primary.
    ///
    /// # Errors
    ///
    /// If this server cannot be copied, or if the copy does not start: the end of its log.
    pub fn standby(&self) -> Result<Self, ClusterError> {
        let (programs, mut keeper) = keeper()?;
        if !keeper.copy_server(self.port)? {
            return Err(failure("`pg_basebackup`", keeper.directory()));
        }
        Self::run(programs, keeper, &[])
    }

    /// Starts `PgBouncer` in transaction mode, with at most this many connections to each database of this server, and returns
    /// the port at which it listens. None if it is not installed. It ends with this server.
    ///
    /// # Errors
    ///
    /// If it does not listen within a minute.
    pub fn pgbouncer(&self, connections: usize) -> Result<Option<u16>, ClusterError> {
        let port = free_port()?;
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n\
             default_pool_size = {connections}\nmax_client_conn = 200\n",
            self.port
        );
        let file = self.directory.join("pgbouncer.ini");
        fs::write(file, settings).map_err(ClusterError::io("writing `pgbouncer.ini`"))?;
        if !self.running().keeper.start_pgbouncer()? {
            return Ok(None);
        }
        until("waiting for PgBouncer", || TcpStream::connect(("127.0.0.1", port)).is_ok())?;
        Ok(Some(port))
    }

    /// Starts the server whose files are there.
    fn run(programs: Programs, mut keeper: Keeper, settings: &[(&str, &str)]) -> Result<Self, ClusterError> {
        let directory = keeper.directory().to_owned();
        configure(&directory, settings).map_err(ClusterError::io("writing `postgresql.conf`"))?;
        // A free port may be taken a moment later, but not so many times in a row.
        for _ in 0..8 {
            let port = free_port()?;
            let postmaster = keeper.start_server(port)?;
            if answers(&programs, &directory, port, postmaster)? {
                let running = Mutex::new(Running { keeper, postmaster: Some(postmaster) });
                return Ok(Self { running, port, programs, directory });
            }
            if !log_end(&directory).contains("could not create any TCP/IP sockets") {
                break;
            }
        }
        Err(failure("the server does not start", &directory))
    }

    /// Returns the URL of this database of the server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The directory of the server's unix socket, which is named for [`port`](Self::port).
    #[must_use]
    pub fn socket_directory(&self) -> &Path {
        &self.directory
    }

    /// The server's port, which it keeps over restarts.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server's log.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.directory.join("log")
    }

    /// Makes a new database, named after the hint, and returns its URL.
    ///
    /// # Errors
    ///
    /// The error of the server.
    pub fn fresh_database(&self, hint: &str) -> Result<String, ClusterError> {
        database::fresh(&self.psql(), &self.url("postgres"), hint)
    }

    /// Returns `psql`, for SQL without a driver.
    #[must_use]
    pub fn psql(&self) -> Psql {
        Psql::of(&self.programs)
    }

    /// Kills the server with all its backends by SIGKILL, as a lost machine would. Returns when they are gone.
    ///
    /// # Errors
    ///
    /// If the signal could not be sent.
    pub fn kill(&self) -> Result<(), ClusterError> {
        let mut running = self.running();
        let all = still(running.postmaster()?)?;
        signal("KILL", &all)?;
        // The server starts again only after the last of them has released the shared memory.
        until("killing the server", || !all.iter().any(|process| is_alive(*process)))?;
        running.postmaster = None;
        Ok(())
    }

    /// Starts the server again on the same port and files, and waits until it answers: after a kill, recovered.
    /// One that runs is stopped first.
    ///
    /// # Errors
    ///
    /// If it did not start: the end of its log.
    pub fn restart(&self) -> Result<(), ClusterError> {
        let mut running = self.running();
        if let Some(postmaster) = running.postmaster.take() {
            stop(postmaster)?;
        }
        let postmaster = running.keeper.start_server(self.port)?;
        running.postmaster = Some(postmaster);
        if answers(&self.programs, &self.directory, self.port, postmaster)? {
            return Ok(());
        }
        Err(failure("the server does not start again", &self.directory))
    }

    /// Kills one backend by SIGKILL. The server then ends all others and recovers. Returns when it has begun to:
    /// [`answers`](Self::answers) waits until it is done.
    ///
    /// # Errors
    ///
    /// If this process is not a backend of this server.
    pub fn kill_backend(&self, backend: u32) -> Result<(), ClusterError> {
        let postmaster = self.running().postmaster()?;
        if !children(postmaster).contains(&backend) {
            return Err(ClusterError::failed(format!("killing the backend {backend}"), "it is not one of this server"));
        }
        signal("KILL", &[backend])?;
        // Wait until the process is reaped: then the server has noticed, and no caller finds it in its former state.
        until("killing a backend", || !exists(backend))
    }

    /// Waits until the server takes connections.
    ///
    /// # Errors
    ///
    /// If it does not run, or does not answer within a minute.
    pub fn answers(&self) -> Result<(), ClusterError> {
        let postmaster = self.running().postmaster()?;
        if answers(&self.programs, &self.directory, self.port, postmaster)? {
            return Ok(());
        }
        Err(failure("the server does not run", &self.directory))
    }

    /// Stops the server by a fast shutdown, which does not wait for its clients.
    ///
    /// # Errors
    ///
    /// If it does not end within a minute.
    pub fn stop(&self) -> Result<(), ClusterError> {
        let mut running = self.running();
        stop(running.postmaster()?)?;
        running.postmaster = None;
        Ok(())
    }

    /// Pauses the server with all its backends (SIGSTOP): it accepts data and does not answer.
    ///
    /// # Errors
    ///
    /// If the signal could not be sent.
    pub fn pause(&self) -> Result<(), ClusterError> {
        still(self.running().postmaster()?).map(drop)
    }

    /// Resumes a paused server.
    ///
    /// # Errors
    ///
    /// If the signal could not be sent.
    pub fn resume(&self) -> Result<(), ClusterError> {
        resume(self.running().postmaster()?)
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    fn postmaster(&self) -> Result<u32, ClusterError> {
        self.postmaster.ok_or_else(|| ClusterError::failed("asking for the server", "it has been killed or stopped"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A paused process would not end. The keeper does the rest.
        let _ = self.resume();
    }
}

/// The installed programs, and a directory with a process that keeps it.
fn keeper() -> Result<(Programs, Keeper), ClusterError> {
    let programs = Programs::find()?;
    let user = Unprivileged::where_needed()?;
    let keeper = Keeper::start(&parent(), &programs, user)?;
    Ok((programs, keeper))
}

/// The process with all its children, stopped, so that there are no more of them than these.
fn still(postmaster: u32) -> Result<Vec<u32>, ClusterError> {
    signal("STOP", &[postmaster])?;
    until("pausing the server", || is_still(postmaster))?;
    let mut all = children(postmaster);
    signal("STOP", &all)?;
    until("pausing the backends", || all.iter().all(|backend| is_still(*backend)))?;
    all.push(postmaster);
    Ok(all)
}

fn resume(postmaster: u32) -> Result<(), ClusterError> {
    let mut all = children(postmaster);
    all.push(postmaster);
    signal("CONT", &all)
}

fn stop(postmaster: u32) -> Result<(), ClusterError> {
    if is_alive(postmaster) {
        resume(postmaster)?;
        signal("INT", &[postmaster])?;
    }
    until("stopping the server", || !is_alive(postmaster))
}

/// Waits until it takes connections, or has ended.
fn answers(programs: &Programs, directory: &Path, port: u16, postmaster: u32) -> Result<bool, ClusterError> {
    let port = port.to_string();
    let asked = || {
        let mut command = programs.command("pg_isready");
        // By its socket, which it opens after its port: at the port another server could answer, if two had wanted it.
        command.args(["-q", "-U", "postgres", "-d", "postgres", "-p", &port, "-h"]).arg(directory);
        command.stdin(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    until("waiting for the server", || !is_alive(postmaster) || asked())?;
    Ok(is_alive(postmaster))
}

/// The parent of the server's directory: that of temporary files, unless the socket's path would be too long there.
fn parent() -> PathBuf {
    let parent = env::temp_dir();
    if parent.as_os_str().len() > PARENT_LENGTH { PathBuf::from("/tmp") } else { parent }
}

fn configure(directory: &Path, settings: &[(&str, &str)]) -> std::io::Result<()> {
    let directory_text = directory.display().to_string();
    let mut file = OpenOptions::new().append(true).open(directory.join("data/postgresql.conf"))?;
    let ours = SETTINGS.into_iter().chain([("unix_socket_directories", directory_text.as_str())]);
    // If a name comes twice, the last one counts.
    for (name, value) in ours.chain(settings.iter().copied()) {
        writeln!(file, "{name} = '{}'", value.replace('\'', "''"))?;
    }
    Ok(())
}

/// Returns a port that this process has not used yet, so that no test takes the port of a server that is down. Begins where
/// no other process is likely to.
fn free_port() -> Result<u16, ClusterError> {
    static GIVEN: AtomicUsize = AtomicUsize::new(0);
    let first = (process::id() as usize).wrapping_mul(97);
    let next = || first.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed));
    let mut ports = (0..PORTS.len()).filter_map(|_| PORTS.clone().nth(next() % PORTS.len()));
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.ok_or_else(|| ClusterError::failed("looking for a free port", "all are taken"))
}

fn failure(what: &str, directory: &Path) -> ClusterError {
    ClusterError::failed(what, format_args!("the end of its log is\n{}", log_end(directory)))
}

fn log_end(directory: &Path) -> String {
    let log = fs::read(directory.join("log")).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let lines: Vec<_> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
