//! The programs of an installed server: where they are, and as whom they run.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ClusterError;
use crate::installed::server_programs;

/// The directory that has all of them.
#[derive(Debug)]
pub(crate) struct Programs(PathBuf);

impl Programs {
    pub(crate) fn find() -> Result<Self, ClusterError> {
        server_programs().map(Self).ok_or(ClusterError::NotInstalled)
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }

    pub(crate) fn command(&self, name: &str) -> Command {
        Command::new(self.0.join(name))
    }
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
