//! The machine as data.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::number;
use crate::model::{Machine, fingerprint, path_text};

pub(super) fn chart(machine: &Machine) -> TokenStream {
    let krate = &machine.krate;
    let (ident, visible) = (&machine.ident, machine.visible(0));
    let (name, was, doc) = (&machine.name, &machine.was, &machine.doc);
    let fingerprint = fingerprint(machine).map(Literal::u8_unsuffixed);
    let states = states(machine);
    let transitions = machine.transitions.iter().map(|transition| {
        let (name, doc) = (&transition.name, &transition.doc);
        let was = optional(!transition.was.is_empty(), || {
            let was = transition.was.iter().map(|(name, _)| name);
            quote!(.was(&[#(#was),*]))
        });
        let requires = [(transition.actor, quote!(Actor)), (transition.reason, quote!(Reason))];
        let requires: Vec<_> = requires.into_iter().filter_map(|(holds, what)| holds.then_some(what)).collect();
        let requires =
            optional(!requires.is_empty(), || quote!(.requires(&[#(#krate::chart::Requirement::#requires),*])));
        quote!(Transition::new(#name, #doc) #was #requires)
    });
    let edges = machine.edges.iter().map(|edge| {
        let declaration = machine.declaration(edge);
        let [transition, from, to] = [edge.transition, edge.from, edge.to].map(number);
        let stays = optional(edge.stays, || quote!(.stays()));
        let guards = optional(!declaration.guards.is_empty(), || {
            let guards = declaration.guards.iter().map(path_text);
            quote!(.guarded(&[#(#guards),*]))
        });
        let permission = declaration.permission.as_ref().map(path_text);
        let permission = permission.map(|permission| quote!(.permitted(#permission)));
        quote!(Edge::new(STATES, TRANSITIONS, #transition, #from, #to) #stays #guards #permission)
    });
    quote! {
        #[automatically_derived]
        impl #ident {
            #[doc = " The machine as data: states, transitions, edges, and its fingerprint."]
            #[allow(dead_code)]
            #visible const CHART: &'static #krate::Chart = {
                use #krate::chart::{Edge, State, Transition};
                const STATES: &[State] = &[#(#states),*];
                const TRANSITIONS: &[Transition] = &[#(#transitions),*];
                &#krate::Chart::new(
                    #name,
                    &[#(#was),*],
                    [#(#fingerprint),*],
                    #doc,
                    STATES,
                    TRANSITIONS,
                    &[#(#edges),*],
                )
            };
        }
    }
}

fn states(machine: &Machine) -> Vec<TokenStream> {
    let mut leaving = vec![Vec::new(); machine.states.len()];
    for (index, edge) in machine.edges.iter().enumerate() {
        leaving[edge.from].push(number(index));
    }
    let states = machine.states.iter().zip(leaving).map(|(state, leaving)| {
        let (name, doc) = (&state.name, &state.doc);
        let initial = optional(state.initial, || quote!(.initial()));
        let terminal = optional(state.terminal.is_some(), || quote!(.terminal()));
        let was = optional(!state.was.is_empty(), || {
            let was = state.was.iter().map(|(name, _)| name);
            quote!(.was(&[#(#was),*]))
        });
        let fields = optional(!state.data.fields().is_empty(), || {
            let fields = state.data.fields().iter().map(|field| &field.name);
            let recorded = state.record.is_some();
            quote!(.fields(&[#(#fields),*], #recorded))
        });
        quote!(State::new(#name, #doc, &[#(#leaving),*]) #initial #terminal #was #fields)
    });
    states.collect()
}

fn optional(holds: bool, tokens: impl FnOnce() -> TokenStream) -> TokenStream {
    if holds { tokens() } else { TokenStream::new() }
}
