//! The machine as data: a literal of the runtime's `Chart`.

use proc_macro2::TokenStream;
use quote::quote;

use super::number;
use crate::model::{Edge, Machine, State, Transition, canonical, fingerprint, path_text};

/// Returns the value of `StateMachine::CHART`. It names no item of the user, so its names can be short.
pub(super) fn chart(machine: &Machine) -> TokenStream {
    let (name, was, doc) = (&machine.name, &machine.was, &machine.doc);
    let text = canonical(machine);
    let fingerprint = fingerprint(&text);
    let states = machine.states.iter().enumerate().map(|(index, written)| state(machine, index, written));
    let transitions = machine.transitions.iter().map(transition);
    let edges = machine.edges.iter().map(|written| edge(machine, written));
    quote!({
        use __tollgate::chart::{Chart, Edge, EdgeAt, Requirement, State, Transition};
        &Chart {
            machine: #name,
            was: &[#(#was),*],
            doc: #doc,
            fingerprint: __tollgate::Digest::from_hex(#fingerprint),
            text: #text,
            states: &[#(#states),*],
            transitions: &[#(#transitions),*],
            edges: &[#(#edges),*],
        }
    })
}

fn state(machine: &Machine, index: usize, state: &State) -> TokenStream {
    let name = &state.name;
    let mut fields = quote!(name: #name,);
    if !state.was.is_empty() {
        let was = state.was.iter().map(|(name, _)| name);
        fields.extend(quote!(was: &[#(#was),*],));
    }
    if !state.doc.is_empty() {
        let doc = &state.doc;
        fields.extend(quote!(doc: #doc,));
    }
    if state.initial {
        fields.extend(quote!(initial: true,));
    }
    if state.terminal.is_some() {
        fields.extend(quote!(terminal: true,));
    }
    let charted: Vec<_> = state.charted().map(|field| &field.name).collect();
    if !charted.is_empty() {
        fields.extend(quote!(fields: &[#(#charted),*],));
    }
    let redacted: Vec<_> = state.charted().filter(|field| state.redacts(field)).map(|field| &field.name).collect();
    if !redacted.is_empty() {
        fields.extend(quote!(redacted: &[#(#redacted),*],));
    }
    if state.record.is_some() {
        fields.extend(quote!(recorded: true,));
    }
    let leaving: Vec<_> = machine.edges.positions_leaving(index).iter().map(|position| number(*position)).collect();
    if !leaving.is_empty() {
        fields.extend(quote!(leaving: &[#(#leaving),*],));
    }
    quote!(State { #fields ..State::BASE })
}

fn transition(transition: &Transition) -> TokenStream {
    let name = &transition.name;
    let mut fields = quote!(name: #name,);
    if !transition.was.is_empty() {
        let was = transition.was.iter().map(|(name, _)| name);
        fields.extend(quote!(was: &[#(#was),*],));
    }
    if !transition.doc.is_empty() {
        let doc = &transition.doc;
        fields.extend(quote!(doc: #doc,));
    }
    fields.extend(requires(transition));
    quote!(Transition { #fields ..Transition::BASE })
}

fn requires(transition: &Transition) -> Option<TokenStream> {
    let requires = [(transition.actor, quote!(Actor)), (transition.reason, quote!(Reason))];
    let requires: Vec<_> = requires.into_iter().filter_map(|(holds, what)| holds.then_some(what)).collect();
    (!requires.is_empty()).then(|| quote!(requires: &[#(Requirement::#requires),*],))
}

fn edge(machine: &Machine, edge: &Edge) -> TokenStream {
    let transition = &machine.transitions[edge.transition];
    let (name, declaration) = (&transition.name, machine.declaration(edge));
    let [from, to] = [edge.from, edge.to].map(|state| &machine.states[state].name);
    let mut fields = quote!(transition: #name, from: #from, to: #to,);
    if edge.stays {
        fields.extend(quote!(stays: true,));
    }
    fields.extend(requires(transition));
    if !declaration.guards.is_empty() {
        let guards = declaration.guards.iter().map(path_text);
        fields.extend(quote!(guards: &[#(#guards),*],));
    }
    if let Some(permission) = declaration.permission.as_ref().map(path_text) {
        fields.extend(quote!(permission: ::core::option::Option::Some(#permission),));
    }
    let [at_transition, at_from, at_to] = [edge.transition, edge.from, edge.to].map(number);
    quote!(Edge {
        #fields
        at: EdgeAt { transition: #at_transition, from: #at_from, to: #at_to },
        ..Edge::BASE
    })
}
