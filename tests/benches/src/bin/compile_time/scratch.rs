//! The scratch folder of generated crates, and the timing of `cargo check` over one of them.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::machines::Contender;

/// The folder of generated crates. They share one target folder, so each dependency is built once.
pub(crate) struct Scratch {
    root: PathBuf,
    folder: PathBuf,
}

impl Scratch {
    pub(crate) fn open() -> Result<Self, Box<dyn Error>> {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root =
            package.ancestors().nth(2).ok_or("this package is no longer two folders below the root")?.to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(target) => PathBuf::from(target),
            None => root.join("target"),
        };
        fs::create_dir_all(target.join("compile-time"))?;
        // Absolute, since cargo is run in the folders below.
        let folder = target.join("compile-time").canonicalize()?;
        Ok(Scratch { root, folder })
    }

    pub(crate) fn rustc_version(&self) -> Result<String, Box<dyn Error>> {
        let output = Command::new("rustc").arg("--version").current_dir(&self.folder).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Writes a contender's crate, builds its dependency, and checks it once, untimed.
    pub(crate) fn prepare(
        &self,
        contender: &Contender,
        workload: &str,
        source: &str,
        limit: Duration,
    ) -> Result<Crate, Box<dyn Error>> {
        let name: String = contender.name.chars().filter(char::is_ascii_alphanumeric).collect();
        let folder = self.folder.join(format!("{name}-{workload}"));
        fs::create_dir_all(folder.join("src"))?;
        let dependency = contender.dependency.replace("{root}", &self.root.to_string_lossy());
        fs::write(
            folder.join("Cargo.toml"),
            format!(
                "[package]
name = '{name}-{workload}'
version = '0.0.0'
edition = '2024'

[workspace]

[dependencies]
{dependency}
"
            ),
        )?;
        copy_lock_file(&folder)?;
        let generated = Crate { source: folder.join("src/lib.rs"), target: self.folder.join("target"), folder };
        // An empty crate first: building the dependency is not to count against the limit.
        fs::write(&generated.source, "")?;
        generated.check(Duration::MAX)?;
        fs::write(&generated.source, source)?;
        generated.check(limit)?;
        Ok(generated)
    }
}

/// Gives a crate this repository's lock file, or an offline cargo may choose versions that were
/// never downloaded; cargo itself drops what the crate does not use.
fn copy_lock_file(folder: &Path) -> Result<(), Box<dyn Error>> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|ancestor| ancestor.join("Cargo.lock"))
        .find(|lock_file| lock_file.is_file());
    if let Some(lock_file) = found {
        fs::copy(lock_file, folder.join("Cargo.lock"))?;
    }
    Ok(())
}

/// The time of one check.
pub(crate) struct Spent {
    pub(crate) elapsed: Duration,
    /// The processor's time outside the kernel, on Linux: it depends less on what else the machine does.
    pub(crate) user: Option<Duration>,
}

/// The user time of all processes that this one has started and waited for, and of theirs.
fn user_time_of_children() -> Option<Duration> {
    const TICK: Duration = Duration::from_millis(10);
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program is in parentheses and can contain anything. `cutime` is the 14th field after it.
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks: u32 = fields.split(' ').nth(13)?.parse().ok()?;
    Some(TICK * ticks)
}

/// A generated crate whose dependency is built.
pub(crate) struct Crate {
    folder: PathBuf,
    source: PathBuf,
    target: PathBuf,
}

impl Crate {
    /// Checks the crate alone, from scratch, and returns how long that took.
    pub(crate) fn check(&self, limit: Duration) -> Result<Spent, Box<dyn Error>> {
        File::options().write(true).open(&self.source)?.set_modified(SystemTime::now())?;
        // A file, not a pipe: this thread waits and could not read a pipe.
        let log_path = self.folder.join("check.log");
        let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        command
            .args(["check", "--offline"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            // Incrementally, an unchanged source would be expanded again and not type-checked.
            .env("CARGO_INCREMENTAL", "0")
            .stdout(Stdio::null())
            .stderr(File::create(&log_path)?);
        lead_a_group(&mut command);

        let user_before = user_time_of_children();
        let started = Instant::now();
        let mut child = command.spawn()?;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if started.elapsed() > limit {
                stop_group(&mut child)?;
                return Err(format!("not done in {} s", limit.as_secs()).into());
            }
            thread::sleep(Duration::from_millis(1));
        };
        let elapsed = started.elapsed();
        let user = user_time_of_children().zip(user_before).map(|(after, before)| after.saturating_sub(before));

        let log = fs::read_to_string(&log_path)?;
        if !status.success() {
            return Err(first_error(&log).into());
        }
        if !log.contains("Checking ") {
            return Err("cargo took the touched source for unchanged".into());
        }
        Ok(Spent { elapsed, user })
    }
}

fn first_error(log: &str) -> String {
    let error = log.lines().find(|line| line.starts_with("error"));
    format!("does not compile: {}", error.unwrap_or("no reason given"))
}

/// Cargo starts rustc, and stopping only cargo would leave rustc at work under the next timings.
#[cfg(unix)]
fn lead_a_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    command.process_group(0);
}

#[cfg(not(unix))]
fn lead_a_group(_command: &mut Command) {}

#[cfg(unix)]
fn stop_group(child: &mut Child) -> Result<(), Box<dyn Error>> {
    let group = format!("-{}", child.id());
    Command::new("kill").args(["-KILL", "--", &group]).status()?;
    child.wait()?;
    Ok(())
}

#[cfg(not(unix))]
fn stop_group(child: &mut Child) -> Result<(), Box<dyn Error>> {
    child.kill()?;
    child.wait()?;
    Ok(())
}
