//! The doc lines of generated items.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use crate::model::{Edge, Field, Machine, State, Transition, path_text};

/// `#[doc = ".."]`
pub(super) fn doc(text: &str) -> TokenStream {
    quote!(#[doc = #text])
}

/// Returns the user's doc or a default sentence, then a sentence on the generated item.
pub(super) fn with_own(own: &str, instead: &str, generated: &str) -> Literal {
    let own = if own.is_empty() { instead } else { own };
    Literal::string(&format!("{own}\n\n{generated}"))
}

/// Returns a sentence on the generated item, then the user's doc of the enum.
pub(super) fn before_own(own: &str, generated: &str) -> TokenStream {
    doc(format!("{generated}\n\n{own}").trim_end())
}

/// Returns the docs of a transition, for its method and its command.
pub(super) fn transition(machine: &Machine, index: usize) -> Literal {
    let transition = &machine.transitions[index];
    let instead = format!("The transition `{}`.", transition.ident.unraw());
    with_own(&transition.doc, &instead, &of_transition(machine, index))
}

/// Returns the sources, the target, the guards, the requirements, and the recorded name.
fn of_transition(machine: &Machine, index: usize) -> String {
    let transition = &machine.transitions[index];
    let mut text = String::new();
    for declaration in &transition.declarations {
        let guards: Vec<String> = declaration.guards.iter().map(|guard| format!("`{}`", path_text(guard))).collect();
        if !guards.is_empty() {
            text += &format!("- guarded by {}\n", guards.join(", then "));
        }
        if let Some(permission) = &declaration.permission {
            text += &format!("- with the permission `{}`\n", path_text(permission));
        }
    }
    text += &requirements(transition);
    format!("`{}`\n\n{text}- recorded as `{}`", machine.described(index), transition.name)
}

fn requirements(transition: &Transition) -> String {
    match (transition.actor, transition.reason) {
        (true, true) => "- requires an actor, `.by(..)`, and a reason, `.because(..)`\n".to_owned(),
        (true, false) => "- requires an actor, `.by(..)`\n".to_owned(),
        (false, true) => "- requires a reason, `.because(..)`\n".to_owned(),
        (false, false) => String::new(),
    }
}

/// Returns the docs of a field: the user's doc or a default sentence, and whether a record holds the field.
pub(super) fn field(state: &State, field: &Field, instead: &str) -> String {
    let own = if field.doc.is_empty() { instead } else { &field.doc };
    match state.record {
        Some(_) if field.is_skipped() => format!("{own}\n\nNot recorded."),
        Some(_) if field.is_redacted() => format!("{own}\n\nRecorded as `[redacted]`."),
        _ => own.to_owned(),
    }
}

/// Returns the docs of the transitions that leave a state.
pub(super) fn of_state(machine: &Machine, index: usize) -> String {
    let state = &machine.states[index];
    let leaving = machine.edges.leaving(index).map(|edge| format!("- {}\n", arrow(machine, edge)));
    let leaving: Vec<String> = leaving.collect();
    let mut text = format!("Recorded as `{}`.", state.name);
    if state.initial {
        text.push_str(" Initial.");
    }
    if state.terminal.is_some() {
        text.push_str(" Terminal.");
    }
    if !leaving.is_empty() {
        text += &format!(" From here:\n\n{}", leaving.concat());
    }
    text
}

fn arrow(machine: &Machine, edge: &Edge) -> String {
    let transition = machine.transitions[edge.transition].ident.unraw();
    if edge.stays {
        format!("`{transition}` stays")
    } else {
        format!("`{transition}` to `{}`", machine.states[edge.to].ident.unraw())
    }
}
