//! The catalog as a page: GitHub's Markdown, with Mermaid for diagrams.

use std::fmt::Write as _;

use super::{Catalog, CatalogEntry, Receives};
use crate::chart::{Chart, Edge, Requirement, State};
use crate::event::{EventType, Property};
use crate::record::Printable;

pub(super) fn page(catalog: &Catalog) -> String {
    let mut text = String::from("# Catalog\n");
    let Catalog { events, machines, plugins, subscriptions } = catalog;
    if events.is_empty() && machines.is_empty() && plugins.is_empty() && subscriptions.is_empty() {
        text.push_str("\nNothing is registered.\n");
    }
    if !catalog.events.is_empty() {
        text.push_str("\n## Events\n");
    }
    catalog.events.iter().for_each(|event| write_event(&mut text, event));
    if !catalog.machines.is_empty() {
        text.push_str("\n## Machines\n");
    }
    catalog.machines.iter().for_each(|chart| write_machine(&mut text, chart));
    write_plugins(&mut text, catalog);
    write_subscriptions(&mut text, subscriptions);
    text
}

fn write_plugins(text: &mut String, Catalog { plugins, subscriptions, .. }: &Catalog) {
    if !plugins.is_empty() {
        text.push_str("\n## Plugins\n");
    }
    let count = |plugin: &String| subscriptions.iter().filter(|entry| entry.plugin.as_ref() == Some(plugin)).count();
    let rows = plugins.iter().map(|plugin| [name(plugin), count(plugin).to_string()]);
    write_table(text, ["plugin", "subscriptions"], rows);
}

fn write_subscriptions(text: &mut String, subscriptions: &[CatalogEntry]) {
    if !subscriptions.is_empty() {
        text.push_str("\n## Subscriptions\n");
    }
    let rows = subscriptions.iter().map(|entry| {
        let filter = entry.filter.as_ref().map(|filter| filter.words(name)).unwrap_or_default();
        let once = if entry.once { "once" } else { "" };
        let plugin = entry.plugin.as_deref().map(name).unwrap_or_default();
        [name(&entry.subscriber), receives(&entry.receives), filter, once.to_owned(), plugin]
    });
    write_table(text, ["subscriber", "receives", "filter", "limit", "plugin"], rows);
}

fn receives(receives: &Receives) -> String {
    match receives {
        Receives::All => "all records".to_owned(),
        Receives::Event { event } => format!("event {}", name(event)),
        Receives::Machine { machine } => format!("machine {}", name(machine)),
        Receives::Edge { machine, transition, from, to } => {
            let [machine, transition, from, to] = [machine, transition, from, to].map(|part| name(part));
            format!("machine {machine}, {transition} from {from} to {to}")
        }
    }
}

/// A name that a caller chose, as code on one line.
fn name(text: &str) -> String {
    code(&Printable(text).to_string())
}

fn write_event(text: &mut String, event: &EventType) {
    let _ = writeln!(text, "\n### {}", code(event.name));
    write_doc(text, event.doc);
    if !event.was.is_empty() {
        let _ = writeln!(text, "\n{}", formerly(event.was).trim_start());
    }
    write_requirements(text, event.requires);
    let meaning = |property: &Property| {
        let marks = [
            (property.redacted, "Redacted: records hold `[redacted]`."),
            (property.flattened, "Its own fields stand in its place."),
        ];
        let marks = marks.into_iter().filter(|(holds, _)| *holds).map(|(_, mark)| mark.to_owned());
        let words: Vec<String> =
            std::iter::once(line(property.doc)).chain(marks).filter(|part| !part.is_empty()).collect();
        words.join(" ")
    };
    let rows = event.properties.iter().map(|property| [code(property.name), meaning(property)]);
    write_table(text, ["property", "meaning"], rows);
}

fn write_machine(text: &mut String, chart: &Chart) {
    let _ = writeln!(text, "\n### {}", code(chart.machine));
    write_doc(text, chart.doc);
    let _ = writeln!(text, "\nFingerprint {}.{}", code(&chart.fingerprint.to_string()), formerly(chart.was));
    let _ = write!(text, "\n```mermaid\n{}```\n", chart.to_mermaid());
    let kind = |state: &State| match (state.initial, state.terminal) {
        (true, true) => "initial, terminal",
        (true, false) => "initial",
        (false, true) => "terminal",
        (false, false) => "",
    };
    let states = chart.states.iter().map(|state| {
        let data: Vec<String> = state
            .fields
            .iter()
            .map(|field| {
                let redacted = if state.redacted.contains(field) { " (redacted)" } else { "" };
                format!("{}{redacted}", code(field))
            })
            .collect();
        let recorded = if state.recorded { " (recorded)" } else { "" };
        let doc = format!("{}{}", line(state.doc), formerly(state.was));
        [code(state.name), kind(state).to_owned(), format!("{}{recorded}", data.join(", ")), doc.trim().to_owned()]
    });
    write_table(text, ["state", "kind", "data", "meaning"], states);
    let edges = chart.edges.iter().map(|edge| {
        let transition = &chart.transitions[edge.at.transition];
        let to = if edge.stays { "stays".to_owned() } else { code(edge.to) };
        let doc = format!("{}{}", line(transition.doc), formerly(transition.was));
        [code(edge.transition), code(edge.from), to, conditions(edge), doc.trim().to_owned()]
    });
    write_table(text, ["transition", "from", "to", "conditions", "meaning"], edges);
}

/// The requirements of a step along the edge, its guards and its permission.
fn conditions(edge: &Edge) -> String {
    let requires = edge.requires.iter().map(ToString::to_string);
    let guards = edge.guards.iter().map(|guard| format!("guard {}", code(guard)));
    let permission = edge.permission.iter().map(|permission| format!("permission {}", code(permission)));
    requires.chain(guards).chain(permission).collect::<Vec<_>>().join(", ")
}

fn write_requirements(text: &mut String, requires: &[Requirement]) {
    let words: Vec<String> = requires.iter().map(ToString::to_string).collect();
    if !words.is_empty() {
        let _ = writeln!(text, "\nRequires {}.", words.join(" and "));
    }
}

/// Former names, as a sentence that follows another.
fn formerly(was: &[&str]) -> String {
    let names: Vec<String> = was.iter().map(|name| code(name)).collect();
    if names.is_empty() { String::new() } else { format!(" Formerly {}.", names.join(", ")) }
}

/// A doc comment is Markdown already. Its headings go below those of the page.
fn write_doc(text: &mut String, doc: &str) {
    let doc = doc.trim();
    if doc.is_empty() {
        return;
    }
    text.push('\n');
    let mut in_code = false;
    for line in doc.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        let below = if !in_code && line.starts_with('#') { "###" } else { "" };
        let _ = writeln!(text, "{below}{line}");
    }
}

/// Writes rows under a head, without the columns that are empty.
fn write_table<const N: usize>(text: &mut String, head: [&str; N], rows: impl Iterator<Item = [String; N]>) {
    let rows: Vec<[String; N]> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let columns: Vec<usize> = (0..N).filter(|column| rows.iter().any(|row| !row[*column].is_empty())).collect();
    let write_row = |text: &mut String, cell: &dyn Fn(usize) -> String| {
        text.push('|');
        for column in &columns {
            let cell = cell(*column);
            let _ = write!(text, "{}{cell} |", if cell.is_empty() { "" } else { " " });
        }
        text.push('\n');
    };
    text.push('\n');
    write_row(text, &|column| head[column].to_owned());
    write_row(text, &|_| "---".to_owned());
    for row in &rows {
        write_row(text, &|column| row[column].replace('|', "\\|"));
    }
}

/// A doc comment on one line.
fn line(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name as code. Backticks in it are fenced by longer ones.
fn code(name: &str) -> String {
    let fence = "`".repeat(longest_run(name) + 1);
    if name.starts_with('`') || name.ends_with('`') {
        format!("{fence} {name} {fence}")
    } else {
        format!("{fence}{name}{fence}")
    }
}

/// The length of the longest run of backticks.
fn longest_run(name: &str) -> usize {
    name.split(|letter| letter != '`').map(str::len).max().unwrap_or_default()
}
