//! rustc compiles the mistakes of `macros/mistakes/` at once. It shows the errors that the files show, at the same tokens, and no
//! follow-up errors: after a mistake, the types and methods still exist.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

/// An error at a range of columns, which count from 1.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Error {
    file: String,
    line: usize,
    columns: (usize, usize),
    message: String,
}

#[test]
fn mistakes_compiled_by_rustc_show_their_errors_and_no_follow_ups() {
    let shown = shown_by_rustc();
    let expected = expected();
    let missing: Vec<&Error> = expected.difference(&shown).collect();
    let unexpected: Vec<&Error> = shown.difference(&expected).collect();
    assert!(missing.is_empty() && unexpected.is_empty(), "missing: {missing:#?}\nunexpected: {unexpected:#?}");
}

/// The errors that the files show: carets in a comment below the line, and the message.
fn expected() -> BTreeSet<Error> {
    let mut errors = BTreeSet::new();
    for entry in fs::read_dir("../../macros/mistakes").expect("the folder is readable") {
        let path = entry.expect("the entry is readable").path();
        let file = file_name(&path);
        let mut guilty = 0;
        for (index, line) in fs::read_to_string(&path).expect("the file is readable").lines().enumerate() {
            let comment = line.strip_prefix("//").map(str::trim_start);
            let Some(comment) = comment.filter(|comment| comment.starts_with('^')) else {
                guilty = index + 1;
                continue;
            };
            let (carets, message) = comment.split_once(' ').expect("a message follows the carets");
            let column = line.chars().take_while(|letter| *letter != '^').count() + 1;
            let columns = (column, column + carets.len());
            errors.insert(Error { file: file.clone(), line: guilty, columns, message: message.to_owned() });
        }
    }
    errors
}

fn shown_by_rustc() -> BTreeSet<Error> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mistakes");
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--package", "tollgate-mistakes", "--offline", "--message-format", "json"])
        .env("TOLLGATE_MISTAKES", "1")
        .arg("--target-dir")
        .arg(&target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let messages = lines.map(|line| serde_json::from_slice::<Value>(line).expect("cargo writes JSON"));
    let errors: BTreeSet<Error> = messages.filter_map(|message| error(&message["message"])).collect();
    assert!(!errors.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    errors
}

/// Reads an error from a message of rustc.
fn error(message: &Value) -> Option<Error> {
    let text = message["message"].as_str()?;
    if message["level"] != "error" || text.starts_with("aborting due to") {
        return None;
    }
    let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
    let mut span = &message["spans"][0];
    // An error in a macro of `lib.rs` is one of the mistake that calls the macro.
    while let (Some("lib.rs"), Some(call)) = (file_of(span).as_deref(), span["expansion"].get("span")) {
        span = call;
    }
    Some(Error {
        file: file_of(span).unwrap_or_default(),
        line: number(&span["line_start"]),
        columns: (number(&span["column_start"]), number(&span["column_end"])),
        // A file shows no error that has a code, such as `E0308`: then this one is unexpected.
        message: match message["code"]["code"].as_str() {
            Some(code) => format!("{code}: {text}"),
            None => text.to_owned(),
        },
    })
}

fn file_of(span: &Value) -> Option<String> {
    Some(file_name(Path::new(span["file_name"].as_str()?)))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
