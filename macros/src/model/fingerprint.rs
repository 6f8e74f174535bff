//! The chart's canonical text, which `Chart::canonical` of the runtime returns, and its fingerprint: the text's SHA-256.
//! `FORMAT.md` describes the text to the byte.

use super::{Machine, path_text};

/// Returns the SHA-256 of the text, in hexadecimal digits.
pub(crate) fn fingerprint(text: &str) -> String {
    hmac_sha256::Hash::hash(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn canonical(machine: &Machine) -> String {
    let sorted = |mut lines: Vec<String>| {
        lines.sort_unstable();
        lines.concat()
    };
    let was = |names: &[(String, _)]| former(names.iter().map(|(name, _)| name.clone()));
    let states = machine.states.iter().map(|state| {
        let words =
            [(state.initial, " initial"), (state.terminal.is_some(), " terminal"), (state.record.is_some(), " record")];
        let flags: String = words.into_iter().filter_map(|(holds, word)| holds.then_some(word)).collect();
        let fields = state.charted().map(|field| {
            let word = if state.redacts(field) { "redacted" } else { "field" };
            each(word, [field.name.clone()])
        });
        let fields: String = fields.collect();
        format!("state {}{flags}{fields}{}\n", quoted(&state.name), was(&state.was))
    });
    let transitions = machine.transitions.iter().map(|transition| {
        let actor = if transition.actor { " actor" } else { "" };
        let reason = if transition.reason { " reason" } else { "" };
        format!("transition {}{actor}{reason}{}\n", quoted(&transition.name), was(&transition.was))
    });
    let edges = machine.edges.iter().map(|edge| {
        let transition = quoted(&machine.transitions[edge.transition].name);
        let [from, to] = [edge.from, edge.to].map(|index| quoted(&machine.states[index].name));
        let arrow = if edge.stays { "stays" } else { "->" };
        let declaration = machine.declaration(edge);
        let guards = each("guard", declaration.guards.iter().map(path_text));
        let permission = each("permission", declaration.permission.iter().map(path_text));
        format!("edge {transition} {from} {arrow} {to}{guards}{permission}\n")
    });
    format!(
        "tollgate chart 1\nmachine {}{}\n{}{}{}",
        quoted(&machine.name),
        former(machine.was.iter().map(syn::LitStr::value)),
        sorted(states.collect()),
        sorted(transitions.collect()),
        sorted(edges.collect()),
    )
}

/// Sorts former names: their order has no meaning.
fn former(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    each("was", names)
}

fn each(word: &str, names: impl IntoIterator<Item = String>) -> String {
    names.into_iter().map(|name| format!(" {word} {}", quoted(&name))).collect()
}

/// Returns the text as a JSON string, as `serde_json` writes it.
fn quoted(text: &str) -> String {
    let mut json = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            control if u32::from(control) < 0x20 => json.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => json.push(other),
        }
    }
    json.push('"');
    json
}
