//! The examples `sink` and `chart`.

use crate::{run, scratch};

#[test]
fn a_refused_step_is_tried_again_with_the_same_id() {
    // The example itself compares the ids.
    let run = run::<&str>(&scratch("sink"), "sink", &[]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert!(run.out.contains("`open` of Door front door from `Shut`: the sink refused: no door is opened after ten"));
    assert!(run.out.ends_with("the door has version 2\n"));
}

#[test]
fn a_chart_has_three_forms() {
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
    let other = run(&folder, "chart", &["svg"]);
    assert_eq!(other.code, Some(2));
    assert_eq!(other.err, "chart: `svg` is not a form of a chart; the forms are `mermaid`, `dot` and `json`\n");
}
