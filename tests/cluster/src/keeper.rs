//! The process that keeps a server. It outlives its owner by a moment, to remove everything. Its actions are in
//! `keeper.sh`.

use std::io::{BufRead, BufReader, Write};
use std::num::ParseIntError;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::ClusterError;
use crate::programs::{Programs, Unprivileged};

/// A running keeper.
#[derive(Debug)]
pub(crate) struct Keeper {
    process: Child,
    /// The end of this pipe is what the keeper waits for. The system closes it when this process dies, in whatever way,
    /// and no other process has it. (A parent-death signal would come when the *thread* ends that started the server.)
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    directory: PathBuf,
}

impl Keeper {
    pub(crate) fn start(parent: &Path, programs: &Programs, user: Option<Unprivileged>) -> Result<Self, ClusterError> {
        let mut process = Command::new("sh")
            .args(["-c", include_str!("keeper.sh"), "keeper"])
            .args([parent, programs.directory()])
            .args(user.iter().flat_map(|user| [user.user, user.group]).map(|number| number.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A process that waits for the end of our output must not wait for the keeper too.
            .stderr(Stdio::null())
            // Its own process group, so that an interrupt from the terminal does not end the server before its owner.
            .process_group(0)
            .spawn()
            .map_err(ClusterError::io("starting `sh`"))?;
        let orders = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("its output is piped"));
        let mut keeper = Self { process, orders, answers, directory: PathBuf::new() };
        keeper.directory = keeper.answer("making a directory")?.into();
        Ok(keeper)
    }

    /// The directory of the server: its files under `data`, its socket and its `log`.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Makes the files of a server, and returns whether it succeeded.
    pub(crate) fn initdb(&mut self) -> Result<bool, ClusterError> {
        Ok(self.order("initdb")? == 0)
    }

    /// Copies the server at this port, as the files of its standby, and returns whether it succeeded.
    pub(crate) fn copy_server(&mut self, port: u16) -> Result<bool, ClusterError> {
        Ok(self.order(&format!("copy {port}"))? == 0)
    }

    /// Starts `PgBouncer` with `pgbouncer.ini` of the directory; false if it is not installed.
    pub(crate) fn start_pgbouncer(&mut self) -> Result<bool, ClusterError> {
        Ok(self.order("pgbouncer")? != 0)
    }

    /// Starts the server, which must not be running, and returns its process id.
    pub(crate) fn start_server(&mut self, port: u16) -> Result<u32, ClusterError> {
        self.order(&format!("start {port}"))
    }

    fn order(&mut self, order: &str) -> Result<u32, ClusterError> {
        let what = format!("ordering `{order}`");
        let orders = self.orders.as_mut().expect("it is taken only in `drop`");
        writeln!(orders, "{order}").map_err(ClusterError::io(what.as_str()))?;
        self.answer(&what)?.parse().map_err(|error: ParseIntError| ClusterError::failed(what, error))
    }

    fn answer(&mut self, what: &str) -> Result<String, ClusterError> {
        let mut answer = String::new();
        match self.answers.read_line(&mut answer).map_err(ClusterError::io(what))? {
            0 => Err(ClusterError::failed(what, "the keeper of the server has ended")),
            _ => Ok(answer.trim_end().to_owned()),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.process.wait();
    }
}
