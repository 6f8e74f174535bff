//! A service as a separate process: started, queried, signalled and awaited.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::axum_api::client::{Answer, exchange, send};
use crate::built;

/// How long a test waits for a process that should end.
const LONG: Duration = Duration::from_mins(1);

/// A service that listens on loopback. It is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
    /// The lines before the one that names the address.
    pub(crate) before: Vec<String>,
    pub(crate) address: SocketAddr,
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) err: String,
    pub(crate) took: Duration,
}

impl Process {
    #[allow(clippy::zombie_processes, reason = "dropping it waits")]
    pub(crate) fn start(folder: &Path, example: &str, arguments: &[&str]) -> Self {
        let mut child = spawn(folder, example, arguments);
        let mut out = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        let mut before = Vec::new();
        loop {
            let mut line = String::new();
            if out.read_line(&mut line).expect("standard output is text") == 0 {
                let mut err = String::new();
                child.stderr.take().map(|mut stderr| stderr.read_to_string(&mut err));
                let _ = child.wait();
                panic!("{example} ended before it listened: {err}");
            }
            let address = line.trim_end().strip_prefix("listening on http://");
            if let Some(address) = address.and_then(|rest| rest.split(',').next()) {
                let address = address.parse().expect("an address");
                return Self { child, out, before, address };
            }
            before.push(line.trim_end().to_owned());
        }
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(self.address, method, path, headers, body).expect("the service answers")
    }

    /// Sends these bytes as they are.
    pub(crate) fn exchange(&self, request: &[u8]) -> Answer {
        let mut connection = self.connect();
        exchange(&mut connection, request).expect("the service answers")
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).expect("the service listens")
    }

    pub(crate) fn post(&self, actor: &str, path: &str, body: &str) -> Value {
        let answer = self.send("POST", path, &[("x-actor", actor)], body);
        assert!(answer.status < 300, "{path}: {}", answer.body);
        answer.body
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.send("GET", path, &[("x-actor", "ann")], "").body
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("there is a shell").success());
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.wait();
    }

    /// Waits for the end of the process, and fails the test if it does not come.
    pub(crate) fn wait(&mut self) -> Ended {
        let started = Instant::now();
        let code = loop {
            match self.child.try_wait().expect("it can be waited for") {
                Some(status) => break status.code(),
                None if started.elapsed() > LONG => panic!("the process does not end"),
                None => thread::sleep(Duration::from_millis(10)),
            }
        };
        let took = started.elapsed();
        self.out.read_to_string(&mut String::new()).expect("the rest of the output");
        let mut err = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut err).expect("standard error is text");
        }
        Ended { code, err, took }
    }
}

fn spawn(folder: &Path, example: &str, arguments: &[&str]) -> Child {
    let mut program = Command::new(built(example));
    program.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    program.spawn().expect("the example starts")
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
