//! Generated docs, as rustdoc renders them for the crate under `documented_machine/`: without a warning, a line for
//! each item, and source links that land on the `#[transition]` of a method.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const SOURCE: &str = include_str!("documented_machine/lib.rs");

/// The folder with the pages of the crate. Cargo builds them once, in a separate target folder, so that
/// no other build waits for its lock.
fn pages() -> &'static Path {
    static PAGES: OnceLock<PathBuf> = OnceLock::new();
    PAGES.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("documented");
        // Stale pages of an earlier build would be read as if they were current.
        let _ = fs::remove_dir_all(target.join("doc"));
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["doc", "--package", "tollgate-test-documented-machine", "--no-deps", "--offline", "--target-dir"])
            .arg(&target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("RUSTDOCFLAGS", "-D warnings")
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        target.join("doc/documented")
    })
}

fn page(path: &str) -> String {
    fs::read_to_string(pages().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the paths of all pages below a folder, without the list of all items.
fn paths(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of pages") {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            paths.extend(self::paths(&path));
        } else if path.extension().is_some_and(|extension| extension == "html") && !path.ends_with("all.html") {
            paths.push(path);
        }
    }
    paths.sort();
    paths
}

/// Returns the parts of a page that have their own doc line: the id, the text between its tags, and the text after it.
/// Methods of traits are left out, for their docs are the trait's.
fn parts(page: &str) -> Vec<(&str, &str, &str)> {
    let mut parts = Vec::new();
    for (start, _) in page.match_indices(" id=\"") {
        let before = &page[..start];
        let (tag, rest) = (&before[before.rfind('<').unwrap_or_default()..], &page[start + " id=\"".len()..]);
        let Some((id, rest)) = rest.split_once('"') else { continue };
        let class = rest.strip_prefix(" class=\"").and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let is_part = match tag {
            "<section" => ["method", "variant", "associatedconstant"].contains(&class),
            "<span" => id.starts_with("structfield.") || id.contains(".field."),
            _ => false,
        };
        let end = format!("</{}>", &tag[1..]);
        if let (true, Some((inside, after))) = (is_part, rest.split_once(&end)) {
            parts.push((id, inside, after));
        }
    }
    parts
}

fn begins_with_a_doc_line(html: &str) -> bool {
    let html = html.strip_prefix("</summary>").unwrap_or(html);
    let text = html.strip_prefix("<div class=\"docblock\"><p>").and_then(|rest| rest.split("</p>").next());
    text.is_some_and(|text| !text.trim().is_empty())
}

#[test]
fn every_generated_item_has_a_doc_line() {
    let mut undocumented = Vec::new();
    for path in paths(pages()) {
        let name = path.strip_prefix(pages()).expect("a page of the crate").display().to_string();
        let html = page(&name);
        let top = html.split_once("<span>Expand description</span></summary>").map(|(_, top)| top);
        if !top.is_some_and(begins_with_a_doc_line) {
            undocumented.push(name.clone());
        }
        let parts = parts(&html).into_iter().filter(|(_, _, after)| !begins_with_a_doc_line(after));
        undocumented.extend(parts.map(|(id, ..)| format!("{name}#{id}")));
    }
    assert!(undocumented.is_empty(), "without a doc line: {undocumented:#?}");
}

/// The test above must have read these pages: it would also pass without any page.
#[test]
fn every_generated_item_has_a_page() {
    for (path, ids) in [
        ("report_state/index.html", &[][..]),
        ("report_state/struct.Draft.html", &[]),
        ("report_state/struct.Archived.html", &[]),
        ("report_state/transition/enum.submit.html", &[]),
        ("report_state/edge/trait.Submit.html", &[]),
        ("struct.ReportReviewData.html", &["structfield.reviewer"]),
        ("enum.ReportState.html", &["associatedconstant.CHART", "variant.Review.field.reviewer"]),
        ("enum.ReportTransition.html", &["variant.Submit", "variant.Submit.field.reviewer", "variant.Comment"]),
        (
            "enum.AnyReport.html",
            &["variant.Draft", "method.resume", "method.replay", "method.fire", "method.available"],
        ),
        ("struct.ReportMachine.html", &["method.create", "method.data", "method.version", "method.into_parts"]),
    ] {
        let html = page(path);
        let found: Vec<&str> = parts(&html).into_iter().map(|(id, ..)| id).collect();
        for id in ids {
            assert!(found.contains(id), "{path} has {found:?}, and not `{id}`");
        }
    }
}

#[test]
fn typed_machine_resolves_links_and_names_the_methods_that_create_it() {
    let html = page("struct.ReportMachine.html");
    assert!(html.contains("The states of a <a href=\"struct.Report.html\""), "the link is text");
    assert!(html.contains("You get it from <code>create</code>, or"));
    let html = page("struct.DraftMachine.html");
    assert!(html.contains("You get it from <code>create_written</code>, <code>create_imported</code>, or"));
}

#[test]
fn the_source_link_of_a_method_lands_on_its_transition() {
    let html = page("struct.ReportMachine.html");
    for transition in ["submit", "approve", "reject", "archive", "comment"] {
        let declared = format!("#[transition({transition},");
        let line = 1 + SOURCE.lines().position(|line| line.starts_with(&declared)).expect("the transition is declared");
        let id = format!("method.{transition}");
        let (_, inside, _) = parts(&html).into_iter().find(|part| part.0 == id).expect("the method is documented");
        let link = inside.split_once("href=\"../src/documented/lib.rs.html#").expect("the method has a source link").1;
        assert_eq!(link.split('"').next(), Some(line.to_string().as_str()), "`{transition}` links elsewhere");
    }
}

/// A page shows the code that its examples include.
#[test]
fn guide_page_shows_the_code_that_its_examples_include() {
    for (page, code) in [
        (include_str!("../runtime/src/guide/testing.md"), include_str!("../runtime/src/guide/report.rs")),
        (include_str!("../runtime/src/guide/web_handlers.md"), include_str!("../runtime/src/guide/problem.rs")),
        (include_str!("../store/src/guide/store.md"), include_str!("../store/src/guide/machine.rs")),
    ] {
        let (heading, code) = code.split_once("\n\n").expect("a comment, an empty line and code");
        assert!(page.contains(code.trim()), "the page does not show the code under `{heading}`");
    }
}
