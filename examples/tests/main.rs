//! The examples, run as programs: their output, their files and their exit.

mod axum_api;
mod bad_requests;
mod hub;
mod orders_service;
mod process;
mod resume;
mod review;
mod review_database;
mod small;
mod stop;
mod store_page;

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::{env, fs};

use tollgate::{JsonLines, Record};

/// The file of commands that the README names.
const COMMANDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/review.jsonl");

/// The result of a program.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs an example in a folder, with nothing on its standard input.
fn run<A: AsRef<OsStr>>(folder: &Path, example: &str, arguments: &[A]) -> Run {
    run_with_input(folder, example, arguments, b"")
}

fn run_with_input<A: AsRef<OsStr>>(folder: &Path, example: &str, arguments: &[A], input: &[u8]) -> Run {
    let mut program = Command::new(built(example))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example starts");
    let mut stdin = program.stdin.take().expect("standard input is a pipe");
    let input = input.to_vec();
    // On another thread than the reader, or both sides could wait for each other. A program that reads nothing
    // has closed the pipe.
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let output = program.wait_with_output().expect("the example ends");
    let _ = writing.join().expect("the writer does not panic");
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("the example prints text"),
        err: String::from_utf8(output.stderr).expect("the example prints text"),
    }
}

/// Returns the path of the example. Cargo gives tests the paths of binaries, but not of examples, so cargo
/// is called: it has built them for `cargo test` already.
fn built(example: &str) -> &'static Path {
    static BUILT: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--workspace", "--examples", "--offline", "--message-format=json"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let messages = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let messages = messages.map(|line| serde_json::from_slice::<serde_json::Value>(line).expect("cargo's JSON"));
        let executables = messages.filter_map(|message| {
            let name = message["target"]["name"].as_str()?;
            Some((name.to_owned(), message["executable"].as_str()?.into()))
        });
        executables.collect()
    });
    built.get(example).unwrap_or_else(|| panic!("cargo builds `{example}`"))
}

/// An empty folder for one test.
fn scratch(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder under target/");
    folder
}

/// The records of a trail, each of which must be one.
fn records(trail: &Path) -> Vec<Record> {
    let text = fs::read(trail).expect("the trail is there");
    JsonLines::read_from(&text[..]).collect::<Result<_, _>>().expect("each line is a record")
}
