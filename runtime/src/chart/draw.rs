//! The chart as text: canonical, JSON, Mermaid and Graphviz. The same chart gives the same text. The derive writes the
//! canonical one, next to the fingerprint that it is the text of.

use std::fmt::Write as _;

use super::{Chart, Edge, State};

impl Chart {
    /// Returns the text whose SHA-256 is the [`fingerprint`](Chart::fingerprint): what the chart says, a line each.
    ///
    /// The lines of each sort are in the order of their bytes, so that it does not matter in which order
    /// the machine was declared. Names are written as JSON strings. Docs are not part of it. `FORMAT.md` describes it.
    #[must_use]
    pub fn canonical(&self) -> &'static str {
        self.text
    }

    /// The chart as indented JSON: name, fingerprint, docs, states, transitions and edges.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "texts, flags and lists are always written")]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a chart is made of texts, flags and lists")
    }

    /// A Mermaid state diagram.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let id = |index: usize| mermaid_id(index, &self.states[index]);
        let mut text = String::from("stateDiagram-v2\n");
        for (index, state) in self.states.iter().enumerate() {
            if id(index) != state.name {
                let _ = writeln!(text, "    state \"{}\" as {}", mermaid_text(state.name), id(index));
            }
        }
        for (index, _) in self.states.iter().enumerate().filter(|(_, state)| state.initial) {
            let _ = writeln!(text, "    [*] --> {}", id(index));
        }
        for edge in self.edges {
            let _ = writeln!(text, "    {} --> {} : {}", id(edge.at.from), id(edge.at.to), mermaid_text(&label(edge)));
        }
        for (index, _) in self.states.iter().enumerate().filter(|(_, state)| state.terminal) {
            let _ = writeln!(text, "    {} --> [*]", id(index));
        }
        text
    }

    /// A Graphviz digraph. A dot leads to each initial state; terminal states have a double border.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut text = format!("digraph {} {{\n    rankdir=LR;\n", quoted(self.machine));
        text.push_str("    node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
        text.push_str("    edge [fontname=\"sans-serif\", fontsize=10];\n");
        for (index, state) in self.states.iter().enumerate() {
            let border = if state.terminal { ", peripheries=2" } else { "" };
            let _ = writeln!(text, "    s{index} [label={}{border}];", quoted(state.name));
        }
        for (index, _) in self.states.iter().enumerate().filter(|(_, state)| state.initial) {
            let _ = writeln!(text, "    start{index} [shape=point, width=0.15];");
            let _ = writeln!(text, "    start{index} -> s{index};");
        }
        for edge in self.edges {
            let _ = writeln!(text, "    s{} -> s{} [label={}];", edge.at.from, edge.at.to, quoted(&label(edge)));
        }
        text.push_str("}\n");
        text
    }
}

/// A JSON string, which Graphviz reads the same.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The transition, and in brackets what is asked before it, as in UML.
fn label(edge: &Edge) -> String {
    let asked: Vec<&str> = edge.guards.iter().copied().chain(edge.permission).collect();
    if asked.is_empty() { edge.transition.to_owned() } else { format!("{} [{}]", edge.transition, asked.join(", ")) }
}

/// The name itself where Mermaid takes it for nothing else, and where it cannot be one of our aliases.
fn mermaid_id(index: usize, state: &State) -> String {
    const RESERVED: [&str; 11] =
        ["as", "class", "classdef", "click", "default", "direction", "end", "note", "scale", "state", "style"];
    let name = state.name;
    let is_plain = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !name.starts_with("alias_")
        && !RESERVED.contains(&name.to_ascii_lowercase().as_str());
    if is_plain { name.to_owned() } else { format!("alias_{index}") }
}

/// A text in which Mermaid finds no syntax: any letter that may be some becomes a character reference.
fn mermaid_text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_alphanumeric() || " _-.,[]".contains(letter) {
            safe.push(letter);
        } else {
            let _ = write!(safe, "#{};", u32::from(letter));
        }
    }
    safe
}
