//! The chart as text: canonical, JSON, Mermaid and Graphviz. The same chart gives the same text.

use std::fmt::Write as _;

use super::{Chart, Edge, State};

impl Chart {
    /// What the chart says, a line each: the text whose SHA-256 is the [`fingerprint`](Chart::fingerprint).
    ///
    /// The lines of each sort are in the order of their bytes, so that it does not matter in which order
    /// the machine was declared. Names are written as JSON strings. Docs are not part of it.
    #[must_use]
    pub fn canonical(&self) -> String {
        let sorted = |mut lines: Vec<String>| {
            lines.sort_unstable();
            lines.concat()
        };
        let states = self.states.iter().map(|state| {
            let words = [(state.initial, " initial"), (state.terminal, " terminal"), (state.recorded, " record")];
            let flags: String = words.into_iter().filter_map(|(holds, word)| holds.then_some(word)).collect();
            let fields = state.fields.iter().map(|field| {
                let word = if state.redacted.contains(field) { "redacted" } else { "field" };
                each(word, &[field])
            });
            let fields: String = fields.collect();
            format!("state {}{flags}{fields}{}\n", quoted(state.name), former(state.was))
        });
        let transitions = self.transitions.iter().map(|transition| {
            let requires: String = transition.requires.iter().map(|what| format!(" {}", what.name())).collect();
            format!("transition {}{requires}{}\n", quoted(transition.name), former(transition.was))
        });
        let edges = self.edges.iter().map(|edge| {
            let [transition, from, to] = [edge.transition, edge.from, edge.to].map(quoted);
            let arrow = if edge.stays { "stays" } else { "->" };
            let asked = each("guard", edge.guards) + &each("permission", edge.permission.as_slice());
            format!("edge {transition} {from} {arrow} {to}{asked}\n")
        });
        format!(
            "tollgate chart 1\nmachine {}{}\n{}{}{}",
            quoted(self.machine),
            former(self.was),
            sorted(states.collect()),
            sorted(transitions.collect()),
            sorted(edges.collect()),
        )
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

/// Former names in their own order: which was first, nobody asks.
fn former(names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_unstable();
    each("was", &names)
}

fn each(word: &str, names: &[&str]) -> String {
    names.iter().map(|name| format!(" {word} {}", quoted(name))).collect()
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
