//! A line that describes the machine, without which figures mean little.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Processor, cores, file system and compiler.
pub(crate) fn describe(files: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let disk = file_system(files).unwrap_or_else(|| "unknown file system".to_owned());
    format!("{}, {cores} cores, {disk}, {}", processor(), compiler())
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or("unknown processor", |(_, name)| name.trim()).to_owned()
}

fn compiler() -> String {
    let version = Command::new("rustc").arg("--version").output().ok().map(|output| output.stdout);
    let version = String::from_utf8(version.unwrap_or_default()).unwrap_or_default();
    version.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

/// The kind of the file system on which these files are: that of the longest mount point above them.
fn file_system(files: &Path) -> Option<String> {
    let mounts = fs::read_to_string("/proc/mounts").ok()?;
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((words.next()?, words.next()?))
    });
    let above = mounts.filter(|(place, _)| files.starts_with(place)).max_by_key(|(place, _)| place.len());
    above.map(|(_, kind)| kind.to_owned())
}
