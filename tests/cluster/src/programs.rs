//! The programs of an installed server: where they are, and as whom they run.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ClusterError;

/// Names the directory of the programs, so that they are looked for nowhere else.
const DIRECTORY: &str = "TOLLGATE_TEST_POSTGRES_BIN";
const NEEDED: [&str; 4] = ["initdb", "postgres", "pg_isready", "psql"];

/// The directory that has all of them.
#[derive(Debug)]
pub(crate) struct Programs(PathBuf);

impl Programs {
    pub(crate) fn find() -> Result<Self, ClusterError> {
        let places = match env::var_os(DIRECTORY) {
            Some(directory) => vec![PathBuf::from(directory)],
            None => places(),
        };
        let complete = |place: &PathBuf| NEEDED.iter().all(|name| place.join(name).is_file());
        places.into_iter().find(complete).map(Self).ok_or(ClusterError::NotInstalled)
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }

    pub(crate) fn command(&self, name: &str) -> Command {
        Command::new(self.0.join(name))
    }
}

fn places() -> Vec<PathBuf> {
    let configured = said(Command::new("pg_config").arg("--bindir")).map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    configured.into_iter().chain(debian()).chain(env::split_paths(&path)).collect()
}

/// Debian has a directory for each version, and none of them is on the path. The newest comes first.
fn debian() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<f32>().ok();
    let mut versions: Vec<_> = versions.filter_map(|entry| Some((number(&entry.path())?, entry.path()))).collect();
    versions.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    versions.into_iter().map(|(_, path)| path.join("bin")).collect()
}

/// The user that a server runs as if this process is root: a server refuses to run as root.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unprivileged {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

impl Unprivileged {
    /// `None` if this process is not root.
    pub(crate) fn where_needed() -> Result<Option<Self>, ClusterError> {
        let me = fs::metadata("/proc/self").map_err(ClusterError::io("reading `/proc/self`"))?;
        if me.uid() != 0 {
            return Ok(None);
        }
        let named = ["postgres", "nobody"].into_iter().find_map(Self::named);
        named
            .map(Some)
            .ok_or_else(|| ClusterError::failed("looking for an unprivileged user", "no `postgres` nor `nobody`"))
    }

    fn named(name: &str) -> Option<Self> {
        let number = |of: &str| said(Command::new("id").args([of, name]))?.parse().ok();
        Some(Self { user: number("-u")?, group: number("-g")? })
    }
}

fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
