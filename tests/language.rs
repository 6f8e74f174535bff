//! The language of everything a person reads: comments, docs, pages and the texts of the library. A reader's second language
//! may be English, so sentences begin with their subject, and words that this project used in a private sense are banned.

use std::fs;
use std::path::{Path, PathBuf};

/// Each with a word to use instead.
const WORDS: &[(&str, &str)] = &[
    ("affair", "matter"),
    ("affairs", "matters"),
    ("anew", "again"),
    ("at hand", "available"),
    ("for ever", "without end"),
    ("by now", "already"),
    ("all the same", "nevertheless"),
    ("beside", "next to, compared with"),
    ("reckoned", "counted"),
    ("of its own", "its own, separate"),
    ("of their own", "their own, separate"),
    ("of the user's", "the user's"),
    ("by hand", "manually, hand-written"),
    ("whoever", "the caller, a program that"),
    ("somebody", "another caller, another process"),
    ("nobody", "no caller, no process"),
    ("anybody", "any caller"),
    ("one who", "a caller who"),
    ("give up", "stop, discard, release"),
    ("gives up", "stops, discards, releases"),
    ("given up", "stopped, discarded, released"),
    ("go on", "continue"),
    ("goes on", "continues"),
    ("going on", "continuing"),
    ("gone on", "continued"),
    ("is told", "is notified, gets"),
    ("are told", "are notified, get"),
    ("be told", "be notified, get"),
    ("tells", "has, states, shows"),
    ("is none", "is not a .., is missing"),
    ("are none", "are not .., are missing"),
    ("is to be", "must be, will be"),
    ("are to be", "must be, will be"),
    ("was to be", "had to be"),
    ("were to be", "had to be"),
    ("mend", "repair"),
    ("mends", "repairs"),
    ("mended", "repaired"),
];

/// A sentence does not begin with one of these, unless it is a question.
const OPENINGS: [&str; 5] = ["What", "Who", "Of", "Where", "Whoever"];

#[test]
fn sentences_begin_with_their_subject_and_have_no_word_of_the_old_dialect() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 300, "{} files: the walk misses some", files.len());
    let mut faults = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("a text file");
        let name = file.strip_prefix(&root).expect("below the root").display().to_string();
        for (line, sentence) in sentences(&name, &text) {
            faults.extend(faults_of(&sentence).map(|fault| format!("{name}:{line}: {fault}: {sentence}")));
        }
    }
    assert!(faults.is_empty(), "{} sentences:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn rules_find_each_fault() {
    let source = "/// Of two writers, one wins.\n/// It is `somebody`. There is no row, and it\n/// is no longer told.\nlet a = 1; // anew\n";
    let found: Vec<_> = sentences("runtime/src/a.rs", source)
        .flat_map(|(line, sentence)| faults_of(&sentence).map(|fault| (line, fault)).collect::<Vec<_>>())
        .collect();
    assert_eq!(found, [(1, "it begins with `Of`".to_owned()), (4, "`anew`: use again".to_owned())]);
    assert_eq!(faults_of("It is no row.").count(), 1);
    assert_eq!(faults_of("Who wrote it?").count(), 0);
    let text = "let text = \"somebody moved it\";";
    assert_eq!(sentences("store/src/a.rs", text).flat_map(|(_, text)| faults_of(&text).collect::<Vec<_>>()).count(), 1);
}

/// Rust, SQL and Markdown, without build output and without the declarations that do not compile: their comments quote users.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let skipped = name == "target"
            || name.starts_with('.')
            || path.ends_with("tests/language.rs")
            || path.ends_with("tests/ui");
        if path.is_dir() && !path.is_symlink() && !skipped {
            collect(&path, files);
        } else if path.is_file() && !skipped && ["rs", "md", "sql"].iter().any(|end| name.ends_with(&format!(".{end}")))
        {
            files.push(path);
        }
    }
}

/// The sentences of a file with the line in which their paragraph begins. Code in backticks is replaced by `x`.
fn sentences(name: &str, text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut paragraphs: Vec<(usize, String)> = Vec::new();
    let (mut is_open, mut is_code) = (false, false);
    let is_library = ["runtime/src", "store/src", "macros/src", "examples/"].iter().any(|part| name.contains(part));
    for (number, line) in text.lines().enumerate() {
        let comment = if name.ends_with(".md") { Some(line) } else { comment(line, name.ends_with(".sql")) };
        if comment.is_none() && is_library {
            paragraphs.extend(literals(line).map(|literal| (number + 1, literal)));
        }
        let content = comment.unwrap_or_default().trim();
        if content.starts_with("```") {
            is_code = !is_code;
        }
        if comment.is_none() {
            is_code = false;
        }
        if content.is_empty() || is_code || content.starts_with("```") {
            is_open = false;
            continue;
        }
        let is_trailing = !name.ends_with(".md") && !line.trim_start().starts_with(['/', '-']);
        let is_item = ["- ", "* ", "| ", "# ", "> ", "##"].iter().any(|mark| content.starts_with(mark));
        let cells = content.trim_start_matches(['-', '*', '|', '#', '>', ' ']).split(" | ");
        for (index, cell) in cells.enumerate() {
            match paragraphs.last_mut() {
                Some((_, paragraph)) if is_open && !is_trailing && !is_item && index == 0 => {
                    paragraph.push(' ');
                    paragraph.push_str(cell);
                }
                _ => paragraphs.push((number + 1, cell.to_owned())),
            }
        }
        is_open = true;
    }
    paragraphs.into_iter().flat_map(|(line, paragraph)| {
        let plain: String =
            paragraph.split('`').enumerate().map(|(n, part)| if n % 2 == 1 { "x" } else { part }).collect();
        let ended = plain.replace(". ", ".\n").replace(": ", ":\n").replace("? ", "?\n");
        ended.lines().map(|sentence| (line, sentence.to_owned())).collect::<Vec<_>>()
    })
}

/// The text of a comment, if the line has one that is not within a text.
fn comment(line: &str, is_sql: bool) -> Option<&str> {
    if is_sql {
        return line.trim_start().strip_prefix("--");
    }
    let start = if line.trim_start().starts_with("//") { line.find("//")? } else { line.find(" // ")? + 1 };
    let (code, comment) = line.split_at(start);
    (code.matches('"').count() % 2 == 0).then(|| comment.trim_start_matches(['/', '!']))
}

/// The texts between quotes of a line.
fn literals(line: &str) -> impl Iterator<Item = String> {
    line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>().into_iter()
}

fn faults_of(sentence: &str) -> impl Iterator<Item = String> {
    let words: Vec<_> = sentence
        .split(|letter: char| !letter.is_alphanumeric() && !['_', '\''].contains(&letter))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let has = |phrase: &str| {
        let phrase: Vec<_> = phrase.split(' ').collect();
        words.windows(phrase.len()).any(|window| window.iter().eq(&phrase))
    };
    let mut faults: Vec<String> =
        WORDS.iter().filter(|(word, _)| has(word)).map(|(word, instead)| format!("`{word}`: use {instead}")).collect();
    let first = sentence.split([' ', ',']).next().unwrap_or_default();
    if OPENINGS.contains(&first) && !sentence.ends_with('?') {
        faults.push(format!("it begins with `{first}`"));
    }
    for window in words.windows(4) {
        if let [before, "is" | "are", "no", after] = window.iter().map(String::as_str).collect::<Vec<_>>()[..]
            && before != "there"
            && !["longer", "more", "less", "later", "earlier", "other", "such"].contains(&after)
        {
            faults.push(format!("`{before} is no {after}`: use is not a {after}"));
        }
    }
    faults.into_iter()
}
