//! The output of the examples that are one file each.

use std::path::Path;

use crate::{records, run, scratch};

/// The output of an example.
fn prints(folder: &Path, example: &str, expected: &str) {
    let run = run::<&str>(folder, example, &[]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{example}");
    assert!(run.out == expected, "{}", run.out);
}

#[test]
fn custom_sinks_print_and_count() {
    let expected = "\
Records that the printer accepts:
  1  create  (new) -> Shut
  2  open    Shut -> Open   by ann
  3  shut    Open -> Shut   by the wind
States that the tally counted on another day:
  Open  3
  Shut  3
The door has version 9.
";
    prints(&scratch("custom-sink"), "custom_sink", expected);
}

#[test]
fn refused_step_is_retried_with_the_same_id() {
    let expected = "\
A file with room for 400 bytes:
  create  accepted: Draft, version 1
  refused: `target/refusing_sink.jsonl` is full: 328 of 400 bytes are taken, and the record has 344
  the contract stays as it was: Draft, version 1
Space is freed, and the same step is retried:
  sign    accepted: Signed, version 2
  the record in the file has the id of the first try: true
A policy in front of the file:
  refused: nothing is cancelled on a holiday
  the contract stays as it was: Signed, version 2
The next day:
  cancel  accepted: Cancelled, version 3
  the record in the file has the id of the first try: true
The file holds 3 records: one for each step, none for a try.
";
    let folder = scratch("refusing-sink");
    prints(&folder, "refusing_sink", expected);
    let versions: Vec<_> = records(&folder.join("target/refusing_sink.jsonl")).iter().map(|r| r.version).collect();
    assert_eq!(versions, [Some(1), Some(2), Some(3)]);
}

#[test]
fn report_flow_prints_buttons_refusals_and_history() {
    let expected = "\
Buttons that are pressed, and their results:
  ann  submit   guard `has_text`: the report has no text yet
    buttons in Draft: submit, remove (ann: submit, remove; bob: none)
  bob  submit   permission `is_the_author`: only ann may
  ann  submit   Review, version 2
    buttons in Review: approve, reject (ann: none; bob: approve, reject)
  ann  approve  permission `is_an_editor`: the author of a report must not edit it
  bob  reject   it requires a reason, and none was given
  bob  reject   Draft, version 3
  eve  approve  illegal transition: `approve` does not leave `Draft` of Report; allowed: `submit`, `remove`
  ann  submit   Review, version 4
  eve  approve  Published, version 5
    buttons in Published: hide (ann: none; bob: hide)

History of report 7 (an illegal press is not a step, so it is not in the log):
  time              v  transition  from -> to           actor  ip          request  why
  2024-10-04 09:07  1  create      (new) -> Draft       ann    192.0.2.17  1
  2024-10-04 09:14  -  submit      Draft -> Review      ann    192.0.2.17  2        refused by has_text: the report has no text yet
  2024-10-04 09:21  -  submit      Draft -> Review      bob    192.0.2.40  3        refused by is_the_author: only ann may
  2024-10-04 09:28  2  submit      Draft -> Review      ann    192.0.2.17  4
  2024-10-04 09:35  -  approve     Review -> Published  ann    192.0.2.17  5        refused by is_an_editor: the author of a report must not edit it
  2024-10-04 09:42  -  reject      Review -> Draft      bob    192.0.2.40  6        refused by reason: it requires a reason, and none was given
  2024-10-04 09:49  3  reject      Review -> Draft      bob    192.0.2.40  7        no sources
  2024-10-04 10:03  4  submit      Draft -> Review      ann    192.0.2.17  9
  2024-10-04 10:10  5  approve     Review -> Published  eve    192.0.2.40  10
";
    prints(&scratch("viewflow"), "viewflow", expected);
}

#[test]
fn chart_example_prints_each_form_and_takes_flags() {
    let folder = scratch("chart");
    for (form, begins) in [("mermaid", "stateDiagram-v2\n"), ("dot", "digraph \"Payment\" {\n"), ("json", "{\n")] {
        let run = run(&folder, "chart", &[form]);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        assert!(
            run.out.starts_with(begins) && run.out.contains("Authorized") && run.out.ends_with('\n'),
            "{}",
            run.out
        );
    }
    let unnamed = run::<&str>(&folder, "chart", &[]);
    assert_eq!(unnamed.out, run(&folder, "chart", &["mermaid"]).out);
    let flags = run(&folder, "chart", &["mermaid", "--no-stays", "--requirements"]).out;
    assert!(flags.contains(" : refund [requires actor, requires reason]\n") && !flags.contains("comment"), "{flags}");
    let flags = run(&folder, "chart", &["--requirements", "dot"]).out;
    assert!(flags.contains("[label=\"comment [requires actor]\"]"), "{flags}");
    let other = run(&folder, "chart", &["svg"]);
    assert_eq!(other.code, Some(2));
    assert_eq!(
        other.err,
        "chart: `svg` is not a form of a chart and not a flag; the forms are `mermaid`, `dot` and `json`; the flags of a \
         drawing are `--no-stays`, `--no-guards`, `--no-permissions` and `--requirements`\n"
    );
}
