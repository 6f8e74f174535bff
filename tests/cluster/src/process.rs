//! Processes of the system: their states, their parents, and signals to them.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::ClusterError;

/// Far more than any action here takes: after so long, it has failed.
const TIMEOUT: Duration = Duration::from_mins(1);
/// The longest time between two checks, some of which start a process.
const INTERVAL: Duration = Duration::from_millis(50);

/// The state letter and the parent, if there is such a process.
fn status(process: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name is in parentheses, and may contain any character.
    let mut words = stat.rsplit_once(')')?.1.split_whitespace();
    Some((words.next()?.chars().next()?, words.next()?.parse().ok()?))
}

/// Whether there is such a process, even one that has ended and that its parent has not asked about.
pub(crate) fn exists(process: u32) -> bool {
    status(process).is_some()
}

/// Whether it runs or could continue: a process that has ended holds nothing any more, also before its parent asks.
pub(crate) fn is_alive(process: u32) -> bool {
    status(process).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X'))
}

/// Whether it is stopped, or has ended.
pub(crate) fn is_still(process: u32) -> bool {
    status(process).is_none_or(|(state, _)| matches!(state, 'T' | 't' | 'Z' | 'X'))
}

pub(crate) fn children(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|process| status(*process).is_some_and(|(_, of)| of == parent)).collect()
}

/// Signals all of them. The caller waits for the effect: some may have ended meanwhile.
pub(crate) fn signal(name: &str, processes: &[u32]) -> Result<(), ClusterError> {
    // The shell's own `kill`: the program of that name is not on every system.
    let mut command = Command::new("sh");
    command.args(["-c", r#"kill -s "$0" "$@""#, name]).args(processes.iter().map(u32::to_string));
    command.stderr(Stdio::null()).status().map(drop).map_err(ClusterError::io("starting `sh`"))
}

/// Polls until the condition holds, at growing intervals.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) -> Result<(), ClusterError> {
    let start = Instant::now();
    let mut interval = Duration::from_millis(2);
    while !is_so() {
        if start.elapsed() > TIMEOUT {
            return Err(ClusterError::failed(what, "not within a minute"));
        }
        thread::sleep(interval);
        interval = (interval * 2).min(INTERVAL);
    }
    Ok(())
}
