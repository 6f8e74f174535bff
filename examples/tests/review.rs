//! The example `review`: its output, its files and its error texts.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use tollgate::RecordKind;

use crate::{COMMANDS, built, records, run, run_with_input, scratch};

const DEFAULT_TRAIL: &str = "target/review.trail.jsonl";

#[test]
fn file_of_commands_has_the_promised_size_and_mix() {
    let text = fs::read_to_string(COMMANDS).expect("the file is there");
    let lines: Vec<serde_json::Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let created: BTreeSet<_> = lines
        .iter()
        .filter(|line| line["create"].is_object())
        .map(|line| &line["report"])
        .map(ToString::to_string)
        .collect();
    assert!(text.lines().count() >= 200 && created.len() >= 20);
    let run = run(&scratch("mixed"), "review", &[COMMANDS]);
    for sort in [
        "created before",
        "guard",
        "illegal transition",
        "malformed line",
        "no actor",
        "no reason",
        "permission",
        "time goes back",
        "unknown report",
    ] {
        assert!(run.out.contains(&format!(" {sort}")), "no line is refused for `{sort}`");
    }
}

#[test]
fn every_line_of_the_file_is_accounted_for() {
    let folder = scratch("works-through");
    let run = run(&folder, "review", &[COMMANDS]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let totals = run.out.split("\nTotals\n").nth(1).expect("there are totals");
    let expected = "  commands: 239, of which 169 accepted and 70 refused
  refused: 1 created before, 4 guard, 31 illegal transition, 7 malformed line, 8 no actor, 11 no reason, 5 permission, 1 time goes back, 2 unknown report
  reports: 12 Archived, 3 Draft, 12 Published, 1 Review
  trail target/review.trail.jsonl: 169 changes, 29 refusals
";
    assert_eq!(totals, expected);
    assert_eq!(fs::read_to_string(COMMANDS).expect("the file is there").lines().count(), 239);
    let records = records(&folder.join(DEFAULT_TRAIL));
    let refusals = records.iter().filter(|record| record.kind == RecordKind::Refusal).count();
    assert_eq!((records.len(), refusals), (169 + 29, 29));
    let ids: BTreeSet<_> = records.iter().map(|record| record.id).collect();
    assert_eq!(ids.len(), records.len());
}

#[test]
fn trails_are_printed_as_aligned_tables() {
    let folder = scratch("table");
    let commands = r#"{"report": 7, "create": {"title": "Street trees"}, "by": "ann", "at": "2026-03-09T09:00:00Z"}
{"report": 7, "fire": {"submit": {"reviewer": "bob"}}, "at": "2026-03-09T10:30:00Z"}
{"report": 7, "fire": "reject", "by": "bob", "because": "no\u001b[2J sources", "at": "2026-03-10T08:00:00+02:00"}
{"report": 7, "fire": "archive", "by": "ann", "at": "2026-03-11T09:00:00Z"}
"#;
    let run = run_with_input(&folder, "review", &["-"], commands.as_bytes());
    let expected = "\
Report 7: Street trees (Archived)
  time                 version  transition  from -> to         actor  reason
  2026-03-09 09:00:00  1        create      (new) -> Draft     ann
  2026-03-09 10:30:00  2        submit      Draft -> Review
  2026-03-10 06:00:00  3        reject      Review -> Draft    bob    no\u{fffd}[2J sources
  2026-03-11 09:00:00  4        archive     Draft -> Archived  ann

Totals
  commands: 4, of which 4 accepted and 0 refused
  reports: 1 Archived
  trail target/review.trail.jsonl: 4 changes, 0 refusals
";
    assert_eq!(run.out, expected);
}

#[test]
fn output_and_file_match_the_readme() {
    let readme = include_str!("../../README.md");
    let block = |begins: &str| readme.split(begins).nth(1).and_then(|rest| rest.split("```").next());
    let folder = scratch("readme");
    let run = run(&folder, "review", &[COMMANDS]);
    let table = block("```text\nReport ").expect("the README shows a trail");
    assert!(
        run.out.contains(&format!("Report {table}")),
        "the README shows another trail than is printed:\n{}",
        run.out
    );

    let without_id = |line: &str| {
        let mut json: serde_json::Value = serde_json::from_str(line).expect("a record is JSON");
        json["id"].take();
        json
    };
    let record = without_id(block("```json\n").expect("the README shows a record"));
    let trail = fs::read_to_string(folder.join(DEFAULT_TRAIL)).expect("the trail is there");
    assert!(trail.lines().any(|line| without_id(line) == record), "the README shows a record that is not written");
}

#[test]
fn dash_reads_standard_input() {
    let from_file = run(&scratch("from-file"), "review", &[COMMANDS]);
    let commands = fs::read(COMMANDS).expect("the file is there");
    let from_input = run_with_input(&scratch("from-input"), "review", &["-"], &commands);
    assert_eq!(from_file.out, from_input.out);
}

#[test]
fn malformed_line_is_named_and_all_others_are_processed() {
    let good = br#"{"report": 1, "create": {"title": "Rents"}, "by": "ann"}"#;
    let later = br#"{"report": 1, "fire": "archive", "by": "ann"}"#;
    let cases: [(&[u8], &str); 9] = [
        (b"# a comment", "expected value (column 1)"),
        (b"\xff\xfe", "expected value (column 1)"),
        (br#"{"report": 1, "fire": "archi"#, "EOF while parsing a string (column 28)"),
        (
            br#"{"reprot": 1}"#,
            "unknown field `reprot`, expected one of `report`, `create`, `fire`, `by`, `because`, `at`",
        ),
        (br#"{"report": 1}"#, "it has neither `create` nor `fire`"),
        (br#"{"report": 1, "create": {"title": ""}, "fire": "archive"}"#, "it has both `create` and `fire`"),
        (
            br#"{"report": 1, "fire": "publish"}"#,
            "`publish` is not a transition of Report; its transitions are `submit`",
        ),
        (br#"{"report": 1, "fire": {"submit": {"reviewer": 5}}}"#, "transition `submit`: reviewer: invalid type"),
        (br#"{"report": 1, "fire": "archive", "at": "noon"}"#, "`noon` is not a time like 2026-03-02T09:00:00Z"),
    ];
    for (malformed, words) in cases {
        let input = [good, malformed, b"", later].join(&b'\n');
        let run = run_with_input(&scratch("malformed"), "review", &["-"], &input);
        let line = run.out.lines().find(|line| line.contains("malformed line, skipped")).expect("the line is named");
        assert!(line.trim_start().starts_with("2 ") && line.contains(words), "{line}");
        assert!(
            run.out.contains("commands: 3, of which 2 accepted and 1 refused") && run.code == Some(0),
            "{}",
            run.out
        );
    }
}

#[test]
fn named_trail_that_exists_is_not_overwritten() {
    let folder = scratch("named-trail");
    fs::write(folder.join("mine.jsonl"), "something\n").expect("a file");
    let refused = run(&folder, "review", &[COMMANDS, "--trail", "mine.jsonl"]);
    assert_eq!(refused.code, Some(1));
    assert_eq!(
        refused.err,
        "review: `mine.jsonl` exists and is not empty; `--resume mine.jsonl` continues a trail, and `--trail` needs a new file\n"
    );
    assert_eq!(fs::read_to_string(folder.join("mine.jsonl")).expect("the file"), "something\n");

    // An empty file, as `mktemp` makes one, holds nothing. The default trail may be replaced.
    fs::write(folder.join("empty.jsonl"), "").expect("a file");
    for arguments in [&["--trail=empty.jsonl", COMMANDS][..], &[COMMANDS], &[COMMANDS]] {
        assert_eq!(run(&folder, "review", arguments).code, Some(0));
    }
    assert_eq!(records(&folder.join("empty.jsonl")).len(), records(&folder.join(DEFAULT_TRAIL)).len());
}

#[test]
fn mistakes_on_the_command_line_are_named() {
    let cases: [(&[&str], &str); 7] = [
        (&[], "no commands are named: give a file, or `-` for standard input"),
        (&["a", "b"], "`b` is one file too many; commands are read from one"),
        (&["--trial", "x", "a"], "`--trial` is not an option; the options are --trail, --resume, --db and --help"),
        (&["a", "--trail"], "`--trail` takes the name of a file"),
        (&["a", "--trail="], "`--trail` takes the name of a file"),
        (&["--resume", "--trail", "x", "a"], "`--resume` takes the name of a file"),
        (&["--trail", "x", "--trail", "y", "a"], "`--trail` is given twice"),
    ];
    let folder = scratch("usage");
    for (arguments, words) in cases {
        let run = run(&folder, "review", arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert_eq!(run.err, format!("review: {words}; `--help` lists the options\n"));
    }
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 0);
    let help = run(&folder, "review", &["--help"]);
    assert!(help.code == Some(0) && help.out.starts_with("usage: review ") && help.err.is_empty());
}

#[test]
fn unreadable_or_unwritable_file_is_named() {
    let folder = scratch("files");
    for (arguments, file) in [
        (&["missing.jsonl"][..], "missing.jsonl"),
        (&["."], "."),
        (&[COMMANDS, "--resume", "missing.jsonl"], "missing.jsonl"),
        (&[COMMANDS, "--trail", "no/such/folder.jsonl"], "no/such/folder.jsonl"),
    ] {
        let run = run(&folder, "review", arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{arguments:?}");
        assert!(run.err.starts_with(&format!("review: `{file}`: ")), "{}", run.err);
    }
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn full_disk_is_reported() {
    let run = run(&scratch("full"), "review", &[COMMANDS, "--trail", "/dev/full"]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(run.err.starts_with("review: `/dev/full`: No space left"), "{}", run.err);
}

#[test]
fn closed_pipe_ends_the_program_quietly() {
    let mut program = Command::new(built("review"))
        .arg(COMMANDS)
        .current_dir(scratch("closed-pipe"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example starts");
    drop(program.stdout.take());
    let output = program.wait_with_output().expect("the example ends");
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}
