//! The folders of each crate: one uses only those above it in the crate's list, so that none import each other in circles.
//!
//! A folder is a module of `lib.rs`: its file, and the files in the folder of that name. The sources are read as text: paths
//! that begin with `crate::`, or that leave the folder by `super::`. Comments and modules of tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of `runtime/src`. `lib.rs`, `private.rs` and the guide are the front of the crate, and may use all.
const RUNTIME: [&str; 10] =
    ["record", "chart", "machine", "observer", "sink", "commit", "event", "events", "hub", "file"];

/// The folders of `store/src`. A query is a method of the store.
const STORE: [&str; 8] = ["error", "schema", "row", "commit", "options", "backend", "store", "query"];

/// The folders of `macros/src`. `lib.rs` is the pipeline; `golden` and `mistakes` are tests.
const MACROS: [&str; 11] = [
    "report",
    "printable",
    "rename_rule",
    "syntax",
    "names",
    "model",
    "check",
    "fallback",
    "expand",
    "event",
    "subject",
];

#[test]
fn folder_of_runtime_uses_only_folders_above_it() {
    let sources = read(Path::new("../runtime/src"), &["lib", "private", "guide"]);
    assert_eq!(faults(&sources, &RUNTIME), [""; 0]);
}

#[test]
fn folder_of_store_uses_only_folders_above_it() {
    let sources = read(Path::new("../store/src"), &["lib", "guide"]);
    assert_eq!(faults(&sources, &STORE), [""; 0]);
}

#[test]
fn folder_of_macros_uses_only_folders_above_it() {
    let sources = read(Path::new("../macros/src"), &["lib", "golden", "mistakes"]);
    assert_eq!(faults(&sources, &MACROS), [""; 0]);
}

#[test]
fn use_of_a_later_folder_is_a_fault() {
    let sources = Sources::of(&[
        ("lib.rs", "mod record;\nmod chart;\npub use self::chart::{Chart, draw::{Options as Drawing}};"),
        ("record/id.rs", "use crate::{chart::Digest, record::Id};"),
        ("record/time.rs", "fn f() -> crate::Drawing {} // crate::chart::Edge"),
        ("record.rs", "use super::chart::State;\nuse self::id::chart;"),
        ("chart.rs", "use crate::record::Id;"),
        ("sink.rs", "use crate::record::Id;"),
    ]);
    let expected = [
        "record.rs: `record` uses `chart`, which is below it",
        "record/id.rs: `record` uses `chart`, which is below it",
        "record/time.rs: `record` uses `chart`, which is below it",
        "sink.rs: `sink` is not in the list of folders",
    ];
    assert_eq!(faults(&sources, &["record", "chart"]), expected);
}

/// The files of a crate below `src`, without comments, and the folders of the names in its root.
struct Sources {
    files: BTreeMap<String, String>,
    root: BTreeMap<String, String>,
}

impl Sources {
    fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), code(text))).collect();
        Self::without(files, &["lib"])
    }

    fn without(mut files: BTreeMap<String, String>, front: &[&str]) -> Self {
        let root = files.get("lib.rs").map(|text| root(text)).unwrap_or_default();
        files.retain(|name, _| !front.contains(&folder(name)));
        Self { files, root }
    }
}

fn read(directory: &Path, front: &[&str]) -> Sources {
    let (mut files, mut pending) = (BTreeMap::new(), vec![PathBuf::new()]);
    while let Some(below) = pending.pop() {
        for entry in fs::read_dir(directory.join(&below)).expect("the sources are there") {
            let path = below.join(entry.expect("an entry").file_name());
            if directory.join(&path).is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(directory.join(&path)).expect("a source is text");
                files.insert(path.to_str().expect("a plain name").replace('\\', "/"), code(&text));
            }
        }
    }
    assert!(files.contains_key("lib.rs"), "no crate in {}", directory.display());
    Sources::without(files, front)
}

/// The code before the module of tests, without comments.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn folder(file: &str) -> &str {
    file.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// The folder of each name that `lib.rs` re-exports.
fn root(text: &str) -> BTreeMap<String, String> {
    let declarations = text.split("use ").skip(1).filter_map(|rest| rest.split(';').next());
    let paths = declarations.flat_map(|tree| flatten(tree.trim_start_matches("crate::").trim_start_matches("self::")));
    paths.filter_map(|path| Some((path.last()?.clone(), path.first()?.clone()))).collect()
}

/// The folders that each file uses, by the file.
fn uses_of_files(sources: &Sources) -> BTreeMap<&str, BTreeSet<String>> {
    sources.files.iter().map(|(file, text)| (file.as_str(), used(file, text, &sources.root))).collect()
}

fn used(file: &str, text: &str, root: &BTreeMap<String, String>) -> BTreeSet<String> {
    // The module of a file is as deep as its path has parts.
    let out = "super::".repeat(file.split('/').count());
    let mut found = BTreeSet::new();
    for prefix in ["crate::", &out] {
        for (position, _) in text.match_indices(prefix) {
            let is_longer =
                text[..position].ends_with(|before: char| before == ':' || before == '_' || before.is_alphanumeric());
            if is_longer {
                continue;
            }
            for path in flatten(&text[position + prefix.len()..]) {
                let Some(first) = path.first() else { continue };
                found.insert(root.get(first).unwrap_or(first).clone());
            }
        }
    }
    found.remove(folder(file));
    found
}

/// The paths of a tree of imports, `a::{b, c::{d as e}}`, up to the first character that is not part of it.
fn flatten(tree: &str) -> Vec<Vec<String>> {
    let mut rest = tree;
    branch(&mut rest)
}

fn branch(rest: &mut &str) -> Vec<Vec<String>> {
    *rest = rest.trim_start();
    if let Some(inner) = rest.strip_prefix('{') {
        *rest = inner;
        let mut paths = Vec::new();
        loop {
            *rest = rest.trim_start().trim_start_matches(',').trim_start();
            if let Some(after) = rest.strip_prefix('}') {
                *rest = after;
                return paths;
            }
            let before = rest.len();
            paths.extend(branch(rest));
            if rest.len() == before {
                return paths;
            }
        }
    }
    let name = word(rest);
    if let Some(after) = rest.strip_prefix("::") {
        *rest = after;
        let inner = branch(rest);
        return inner.into_iter().map(|path| [vec![name.clone()], path].concat()).collect();
    }
    if let Some(after) = rest.strip_prefix(" as ") {
        *rest = after;
        return vec![vec![name, word(rest)]];
    }
    if name.is_empty() { Vec::new() } else { vec![vec![name]] }
}

fn word(rest: &mut &str) -> String {
    let end = rest.find(|letter: char| letter != '_' && !letter.is_alphanumeric()).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    *rest = after;
    word.to_owned()
}

/// The uses that go down the list, and the folders that are not in it.
fn faults(sources: &Sources, order: &[&str]) -> Vec<String> {
    let rank = |name: &str| order.iter().position(|known| *known == name);
    let mut faults = Vec::new();
    for (file, used) in uses_of_files(sources) {
        let own = folder(file);
        let Some(own_rank) = rank(own) else {
            faults.push(format!("{file}: `{own}` is not in the list of folders"));
            continue;
        };
        for other in used {
            match rank(&other) {
                Some(other_rank) if other_rank < own_rank => {}
                Some(_) => faults.push(format!("{file}: `{own}` uses `{other}`, which is below it")),
                None => faults.push(format!("{file}: `{own}` uses `{other}`, which is not in the list of folders")),
            }
        }
    }
    faults
}
