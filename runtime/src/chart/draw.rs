//! The chart as text: canonical, JSON, Mermaid and Graphviz. The same chart gives the same text. The derive writes the
//! canonical text and its fingerprint.

use std::fmt::Write as _;

use super::{Chart, Edge, State};

/// The parts of a chart that a drawing shows.
///
/// By default a drawing has every edge, with its guards and its permission and without its requirements.
///
/// ```
/// use tollgate::StateMachine;
/// use tollgate::chart::DrawOptions;
///
/// #[derive(StateMachine)]
/// #[transition(pay,     from = Open, to = Paid, requires(actor))]
/// #[transition(comment, from = _,    to = _)]
/// enum OrderState {
///     #[state(initial)]
///     Open,
///     #[state(terminal)]
///     Paid,
/// }
///
/// let options = DrawOptions::default().stays(false).requirements(true);
/// let text = "\
/// stateDiagram-v2
///     [*] --> Open
///     Open --> Paid : pay [requires actor]
///     Paid --> [*]
/// ";
/// assert_eq!(OrderState::CHART.to_mermaid_with(options), text);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::struct_excessive_bools, reason = "each is one part of an edge, and any of them can be left out")]
pub struct DrawOptions {
    stays: bool,
    guards: bool,
    permissions: bool,
    requirements: bool,
}

impl Default for DrawOptions {
    fn default() -> Self {
        Self { stays: true, guards: true, permissions: true, requirements: false }
    }
}

impl DrawOptions {
    /// Sets whether the edges that stay are drawn: those of transitions with `to = _`. The default is `true`.
    #[must_use]
    pub fn stays(self, stays: bool) -> Self {
        Self { stays, ..self }
    }

    /// Sets whether an edge shows its guards. The default is `true`.
    #[must_use]
    pub fn guards(self, guards: bool) -> Self {
        Self { guards, ..self }
    }

    /// Sets whether an edge shows its permission. The default is `true`.
    #[must_use]
    pub fn permissions(self, permissions: bool) -> Self {
        Self { permissions, ..self }
    }

    /// Sets whether an edge shows its requirements: `requires actor`, `requires reason`. The default is `false`.
    #[must_use]
    pub fn requirements(self, requirements: bool) -> Self {
        Self { requirements, ..self }
    }

    fn shows(self, edge: &Edge) -> bool {
        self.stays || !edge.stays
    }

    /// Returns the name of the transition, and in brackets the conditions of the edge, as in UML.
    fn label(self, edge: &Edge) -> String {
        let guards = edge.guards.iter().filter(|_| self.guards).map(|guard| (*guard).to_owned());
        let permission = edge.permission.filter(|_| self.permissions).map(str::to_owned);
        let requirements = edge.requires.iter().filter(|_| self.requirements);
        let requirements = requirements.map(|requirement| format!("requires {}", requirement.name()));
        let conditions: Vec<String> = guards.chain(permission).chain(requirements).collect();
        if conditions.is_empty() {
            return edge.transition.to_owned();
        }
        format!("{} [{}]", edge.transition, conditions.join(", "))
    }
}

impl Chart {
    /// Returns the text whose SHA-256 is the [`fingerprint`](Chart::fingerprint): the content of the chart, one fact a line.
    ///
    /// The lines of each sort are in the order of their bytes, so that it does not matter in which order
    /// the machine was declared. Names are written as JSON strings. Docs are not part of it. `FORMAT.md` describes it.
    #[must_use]
    pub fn canonical(&self) -> &'static str {
        self.text
    }

    /// Returns the chart as indented JSON: name, fingerprint, docs, states, transitions and edges.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "texts, flags and lists are always written")]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a chart is made of texts, flags and lists")
    }

    /// Returns a Mermaid state diagram.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        self.to_mermaid_with(DrawOptions::default())
    }

    /// Returns a Mermaid state diagram with the parts that the options name.
    #[must_use]
    pub fn to_mermaid_with(&self, options: DrawOptions) -> String {
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
        for edge in self.edges.iter().filter(|edge| options.shows(edge)) {
            let label = mermaid_text(&options.label(edge));
            let _ = writeln!(text, "    {} --> {} : {label}", id(edge.at.from), id(edge.at.to));
        }
        for (index, _) in self.states.iter().enumerate().filter(|(_, state)| state.terminal) {
            let _ = writeln!(text, "    {} --> [*]", id(index));
        }
        text
    }

    /// Returns a Graphviz digraph. A dot leads to each initial state; terminal states have a double border.
    #[must_use]
    pub fn to_dot(&self) -> String {
        self.to_dot_with(DrawOptions::default())
    }

    /// Returns a Graphviz digraph with the parts that the options name.
    #[must_use]
    pub fn to_dot_with(&self, options: DrawOptions) -> String {
        let mut text = format!("digraph {} {{\n    rankdir=LR;\n", quoted(self.machine));
        text.push_str("    node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
        text.push_str("    edge [fontname=\"sans-serif\", fontsize=10];\n");
        for (index, state) in self.states.iter().enumerate() {
            let border = if state.terminal { ", peripheries=2" } else { "" };
            let _ = writeln!(text, "    s{index} [label={}{border}];", dot_label(state.name));
        }
        for (index, _) in self.states.iter().enumerate().filter(|(_, state)| state.initial) {
            let _ = writeln!(text, "    start{index} [shape=point, width=0.15];");
            let _ = writeln!(text, "    start{index} -> s{index};");
        }
        for edge in self.edges.iter().filter(|edge| options.shows(edge)) {
            let label = dot_label(&options.label(edge));
            let _ = writeln!(text, "    s{} -> s{} [label={label}];", edge.at.from, edge.at.to);
        }
        text.push_str("}\n");
        text
    }
}

/// Returns a JSON string, which is also a valid Graphviz string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Escapes a text for a Graphviz label, in which character references such as `&lt;` are also read.
fn dot_label(text: &str) -> String {
    quoted(&text.replace('&', "&amp;"))
}

/// Returns the name itself if Mermaid reads it as a name and it cannot equal a generated alias.
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

/// Escapes a text for Mermaid: a character that may be syntax becomes a character reference.
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
