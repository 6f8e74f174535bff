//! The example `review` with `--resume`: a trail is replayed and continued, or refused.

use std::fs;
use std::path::{Path, PathBuf};

use tollgate::Record;

use crate::{COMMANDS, Run, records, run, run_with_input, scratch};

const TWO: &str = r#"{"report": 1, "create": {"title": "Rents"}, "by": "ann"}
{"report": 2, "create": {"title": ""}, "by": "ann"}
{"report": 1, "fire": {"submit": {"reviewer": "bob"}}, "by": "ann"}
{"report": 2, "fire": {"submit": {"reviewer": "bob"}}, "by": "ann"}
{"report": 1, "fire": {"approve": {"series": "Short notes", "number": 3}}, "by": "bob"}
"#;

/// A trail of two reports: five lines, the fourth of which is a refusal.
fn trail_of_two(folder: &Path) -> PathBuf {
    let first = run_with_input(folder, "review", &["-", "--trail", "trail.jsonl"], TWO.as_bytes());
    assert_eq!(first.code, Some(0), "{}", first.err);
    folder.join("trail.jsonl")
}

/// The content of a record, without the id and the time, which differ in each run.
fn says(record: &Record) -> serde_json::Value {
    let mut json = serde_json::to_value(record).expect("a record is JSON");
    let fields = json.as_object_mut().expect("a record is an object");
    fields.remove("id");
    // A refusal has the time of the clock.
    if fields["kind"] == "refusal" {
        fields.remove("at");
    }
    json
}

fn tables(run: &Run) -> &str {
    let end = run.out.find("\nRefused:").or_else(|| run.out.find("\nTotals\n"));
    &run.out[..end.expect("there are totals")]
}

#[test]
fn two_runs_write_the_trail_of_one() {
    let folder = scratch("halves");
    let whole = run(&folder, "review", &[COMMANDS, "--trail", "whole.jsonl"]);
    let commands = fs::read_to_string(COMMANDS).expect("the file is there");
    for half in [1, 60, 120, 238] {
        let lines: Vec<&str> = commands.lines().collect();
        let [first, second] = [&lines[..half], &lines[half..]].map(|lines| lines.join("\n"));
        let trail = format!("halves-{half}.jsonl");
        let before = run_with_input(&folder, "review", &["--trail", &trail, "-"], first.as_bytes());
        assert_eq!(before.code, Some(0), "{}", before.err);
        let after = run_with_input(&folder, "review", &["--resume", &trail, "-"], second.as_bytes());
        assert_eq!(after.code, Some(0), "{}", after.err);
        assert!(tables(&after) == tables(&whole), "{}", after.out);
        let [whole, halves] = [Path::new("whole.jsonl"), Path::new(&trail)].map(|trail| records(&folder.join(trail)));
        assert_eq!(halves.iter().map(says).collect::<Vec<_>>(), whole.iter().map(says).collect::<Vec<_>>());
    }
}

#[test]
fn trail_next_to_a_resumed_one_begins_with_its_records() {
    let folder = scratch("another");
    let trail = trail_of_two(&folder);
    let before = fs::read(&trail).expect("the trail");
    let archive = br#"{"report": 1, "fire": "archive", "by": "ann"}"#;
    let arguments = ["--resume", "trail.jsonl", "--trail", "other.jsonl", "-"];
    let after = run_with_input(&folder, "review", &arguments, archive);
    assert!(
        after.out.contains("trail other.jsonl: 5 changes, 1 refusals, of which 5 records were resumed"),
        "{}",
        after.out
    );
    assert_eq!(fs::read(&trail).expect("the trail"), before);
    let other = fs::read(folder.join("other.jsonl")).expect("the other trail");
    assert!(other.starts_with(&before) && records(&folder.join("other.jsonl")).len() == 6);

    let again = run_with_input(&folder, "review", &arguments, archive);
    assert!(again.code == Some(1) && again.err.contains("`other.jsonl` exists and is not empty"), "{}", again.err);
    assert_eq!(fs::read(folder.join("other.jsonl")).expect("the other trail"), other);
}

#[test]
fn resumed_trail_by_another_path_is_continued() {
    let folder = scratch("same");
    let trail = trail_of_two(&folder);
    let arguments = ["--resume", "trail.jsonl", "--trail", "./trail.jsonl", "-"];
    assert_eq!(run_with_input(&folder, "review", &arguments, br#"{"report": 1, "fire": "archive"}"#).code, Some(0));
    assert_eq!(records(&trail).len(), 6);
}

#[test]
fn last_line_without_a_newline_is_not_joined() {
    let folder = scratch("no-end");
    let trail = trail_of_two(&folder);
    let text = fs::read_to_string(&trail).expect("the trail");
    fs::write(&trail, text.trim_end()).expect("the trail can be written");
    let archive = br#"{"report": 1, "fire": "archive", "by": "ann"}"#;
    assert_eq!(run_with_input(&folder, "review", &["--resume", "trail.jsonl", "-"], archive).code, Some(0));
    assert_eq!(records(&trail).len(), 6);
}

#[test]
fn trail_that_does_not_replay_is_refused_before_any_write() {
    let folder = scratch("misfit");
    let trail = trail_of_two(&folder);
    let text = fs::read_to_string(&trail).expect("the trail");
    let lines: Vec<&str> = text.lines().collect();
    let [created, other, submitted, refused, approved] = lines[..] else { panic!("the trail has five lines") };
    let cases: [(&[&str], &str); 9] = [
        (&[created, other, approved], "line 3: report 1: its version is 3, and 2 is next"),
        (&[submitted], "line 1: report 1: its version is 2, and 1 is next"),
        (&[created, other, created], "line 3: report 1: the subject is already created by an earlier record"),
        (
            &[created, &submitted.replace("\"to\":\"Review\"", "\"to\":\"Archived\"")],
            "line 2: report 1: Report has no edge `submit` from `Draft` to `Archived`",
        ),
        (
            &[created, submitted, &approved.replace("\"actor\":{\"kind\":\"user\",\"id\":\"bob\"},", "")],
            "line 3: report 1: `approve` requires an actor, and the record has none",
        ),
        (
            &[&created.replace("\"title\":\"Rents\"", "\"name\":\"Rents\"")],
            "line 1: report 1: its creation has no title",
        ),
        (&[&created.replace("\"id\":1", "\"id\":\"one\"")], "line 1: it is about Report one, and reports have numbers"),
        (&[created, &submitted[..40]], "line 2: it is not a record: EOF"),
        (
            &[created, submitted, refused, &approved.replace("\"series\"", "\"serie\"")],
            "line 4: report 1: `Published` is not a state of Report that can be restored",
        ),
    ];
    for (lines, words) in cases {
        let misfit = lines.join("\n") + "\n";
        fs::write(&trail, &misfit).expect("the trail can be written");
        for arguments in
            [&["--resume", "trail.jsonl", COMMANDS][..], &["--resume", "trail.jsonl", "--trail", "new.jsonl", COMMANDS]]
        {
            let run = run(&folder, "review", arguments);
            assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{words}");
            assert!(run.err.starts_with(&format!("review: `trail.jsonl`, {words}")), "{}", run.err);
            assert_eq!(fs::read_to_string(&trail).expect("the trail"), misfit);
            assert!(!folder.join("new.jsonl").exists());
        }
    }
}
