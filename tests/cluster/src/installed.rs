//! Finds the installed programs that tests start, such as a Postgres server, and marks the tests that lack them.
//!
//! This file has no other module of the package as its dependency: `build.rs` includes it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names the directory of the programs, so that no other directory is searched.
const DIRECTORY: &str = "TOLLGATE_TEST_POSTGRES_BIN";
/// Names a server, by the URL of a superuser's database.
const NAMED: &str = "TOLLGATE_TEST_POSTGRES";
const NEEDED: [&str; 4] = ["initdb", "postgres", "pg_isready", "psql"];

/// Sets the conditions by which the tests of a package are ignored. A build script calls it.
///
/// | condition | is set if |
/// | --- | --- |
/// | `no_postgres` | no server is installed, and `TOLLGATE_TEST_POSTGRES` names none |
/// | `no_postgres_programs` | no server is installed: a test cannot start its own |
/// | `no_pgbouncer` | no server or no `PgBouncer` is installed |
/// | `no_namespaces` | `unshare` may not make a user and a mount namespace |
/// | `no_python` | `python3` is not installed |
///
/// If `CI` is set and not empty, none is set: the tests run, and fail if they lack a program.
#[allow(clippy::print_stdout, reason = "a build script instructs Cargo by lines of its output")]
pub fn ignore_tests_that_lack_programs() {
    let server = server_programs();
    let (pooler, python) = (program("pgbouncer"), program("python3"));
    watch(server.as_ref().map(|directory| directory.join("postgres")));
    watch(pooler.clone());
    watch(python.clone());
    println!("cargo::rerun-if-env-changed={DIRECTORY}");
    let absent = absent(&Found {
        server: server.is_some(),
        pooler: pooler.is_some(),
        python: python.is_some(),
        namespaces: may_make_namespaces(),
        named: is_set(NAMED),
        ci: is_set("CI"),
    });
    for condition in CONDITIONS {
        println!("cargo::rustc-check-cfg=cfg({condition})");
    }
    for condition in absent {
        println!("cargo::rustc-cfg={condition}");
    }
}

const CONDITIONS: [&str; 5] = ["no_postgres", "no_postgres_programs", "no_pgbouncer", "no_namespaces", "no_python"];

#[allow(clippy::struct_excessive_bools, reason = "each is another program")]
struct Found {
    server: bool,
    pooler: bool,
    python: bool,
    namespaces: bool,
    named: bool,
    ci: bool,
}

/// The conditions that are set.
fn absent(found: &Found) -> Vec<&'static str> {
    let Found { server, pooler, python, namespaces, named, ci } = *found;
    let lacks = [!server && !named, !server, !server || !pooler, !namespaces, !python];
    CONDITIONS.into_iter().zip(lacks).filter(|(_, lacks)| *lacks && !ci).map(|(condition, _)| condition).collect()
}

fn may_make_namespaces() -> bool {
    let made = Command::new("unshare").args(["--user", "--map-root-user", "--mount", "true"]).output();
    made.is_ok_and(|output| output.status.success())
}

/// Runs the build script again if this program is removed; or else, if one may have been installed.
#[allow(clippy::print_stdout, reason = "a build script instructs Cargo by lines of its output")]
fn watch(found: Option<PathBuf>) {
    if let Some(found) = found {
        println!("cargo::rerun-if-changed={}", found.display());
        return;
    }
    for variable in ["PATH", NAMED, "CI"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    for directory in path().filter(|directory| directory.is_dir()) {
        println!("cargo::rerun-if-changed={}", directory.display());
    }
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// The directory that has all programs of a server.
pub(crate) fn server_programs() -> Option<PathBuf> {
    let directories = match env::var_os(DIRECTORY) {
        Some(directory) => vec![PathBuf::from(directory)],
        None => directories(),
    };
    directories.into_iter().find(|directory| NEEDED.iter().all(|name| directory.join(name).is_file()))
}

fn program(name: &str) -> Option<PathBuf> {
    // Debian has PgBouncer where only root looks for programs.
    path().chain([PathBuf::from("/usr/sbin")]).map(|directory| directory.join(name)).find(|program| program.is_file())
}

fn path() -> impl Iterator<Item = PathBuf> {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>().into_iter()
}

fn directories() -> Vec<PathBuf> {
    let configured = Command::new("pg_config").arg("--bindir").output().ok().filter(|output| output.status.success());
    let configured = configured.and_then(|output| Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim())));
    configured.into_iter().chain(debian()).chain(path()).collect()
}

/// Debian has a directory for each version, and none of them is on the path. The newest comes first.
fn debian() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<f32>().ok();
    let mut versions: Vec<_> = versions.filter_map(|entry| Some((number(&entry.path())?, entry.path()))).collect();
    versions.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    versions.into_iter().map(|(_, path)| path.join("bin")).collect()
}

#[cfg(test)]
mod tests {
    use super::{CONDITIONS, Found, absent};

    const ALL: Found = Found { server: true, pooler: true, python: true, namespaces: true, named: false, ci: false };
    const NONE: Found =
        Found { server: false, pooler: false, python: false, namespaces: false, named: false, ci: false };

    #[test]
    fn absent_with_all_programs_is_empty() {
        assert!(absent(&ALL).is_empty());
    }

    #[test]
    fn absent_without_any_program_has_all_conditions() {
        assert_eq!(absent(&NONE), CONDITIONS);
    }

    #[test]
    fn absent_with_a_named_server_alone_allows_tests_on_a_shared_server() {
        assert_eq!(absent(&Found { named: true, ..NONE }), CONDITIONS[1..]);
    }

    #[test]
    fn absent_without_a_pooler_names_the_pooler() {
        assert_eq!(absent(&Found { pooler: false, ..ALL }), ["no_pgbouncer"]);
    }

    #[test]
    fn absent_in_ci_is_empty() {
        assert!(absent(&Found { ci: true, ..NONE }).is_empty());
    }
}
