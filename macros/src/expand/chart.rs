//! The machine as data.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::number;
use crate::model::{Machine, fingerprint, path_text};

pub(super) fn chart(machine: &Machine) -> TokenStream {
    let (ident, visible) = (&machine.ident, machine.visible(0));
    let (name, was, doc) = (&machine.name, &machine.was, &machine.doc);
    let fingerprint = fingerprint(machine).map(Literal::u8_unsuffixed);
    let states = machine.states.iter().map(|state| &state.name);
    let transitions = machine.transitions.iter().map(|transition| &transition.name);
    let rows = positions(machine.edges.iter().flat_map(|edge| [edge.transition, edge.from, edge.to]));
    let mut leaving: Vec<usize> = (0..machine.edges.len()).collect();
    leaving.sort_by_key(|index| machine.edges[*index].from);
    let ends =
        (0..machine.states.len()).map(|state| leaving.partition_point(|index| machine.edges[*index].from <= state));
    let (ends, leaving) = (positions(ends), positions(leaving.iter().copied()));
    let [state_count, transition_count, edge_count] =
        [machine.states.len(), machine.transitions.len(), machine.edges.len()].map(number);
    let (state_marks, transition_marks, edge_marks) =
        (state_marks(machine), transition_marks(machine), edge_marks(machine));
    quote! {
        /// What the chart is made of. The parameter says nothing: constants of a generic type are evaluated where they
        /// are used, and not each time that the crate is checked.
        struct __Chart<__T>(__T);

        impl<__T> __Chart<__T> {
            const STATES: [__tollgate::chart::State; #state_count] = {
                use __tollgate::build::StateMark;
                __tollgate::build::states([#(#states),*], #ends, &[#state_marks])
            };
            const TRANSITIONS: [__tollgate::chart::Transition; #transition_count] = {
                use __tollgate::build::TransitionMark;
                __tollgate::build::transitions([#(#transitions),*], &[#transition_marks])
            };
            const EDGES: [__tollgate::chart::Edge; #edge_count] = {
                use __tollgate::build::EdgeMark;
                __tollgate::build::edges(&Self::STATES, &Self::TRANSITIONS, #rows, &[#edge_marks])
            };
            const WHOLE: &'static __tollgate::Chart = &__tollgate::Chart::new(
                #name,
                &[#(#was),*],
                [#(#fingerprint),*],
                #doc,
                &Self::STATES,
                &Self::TRANSITIONS,
                &Self::EDGES,
                &Self::LEAVING,
            );
            const LEAVING: [::core::primitive::u32; #edge_count] = __tollgate::build::positions(#leaving);
            const NAMES: &'static [&'static ::core::primitive::str] =
                &__tollgate::build::names::<#transition_count>(&Self::TRANSITIONS);
        }

        const fn __chart<__T>() -> &'static __tollgate::Chart {
            __Chart::<__T>::WHOLE
        }

        impl #ident {
            #[doc = " The machine as data: states, transitions, edges, and its fingerprint."]
            #visible const CHART: &'static __tollgate::Chart = __chart::<()>();
        }
    }
}

/// Positions as one literal, four bytes each, the lowest first: the compiler checks the type of each literal.
fn positions(positions: impl Iterator<Item = usize>) -> Literal {
    let bytes = positions.flat_map(|position| u32::try_from(position).expect("no source has so many").to_le_bytes());
    Literal::byte_string(&bytes.collect::<Vec<_>>())
}

fn state_marks(machine: &Machine) -> TokenStream {
    let mut marks = TokenStream::new();
    for (index, state) in machine.states.iter().enumerate() {
        let index = number(index);
        if !state.doc.is_empty() {
            let doc = &state.doc;
            marks.extend(quote!(StateMark::Doc(#index, #doc),));
        }
        if !state.was.is_empty() {
            let was = state.was.iter().map(|(name, _)| name);
            marks.extend(quote!(StateMark::Was(#index, &[#(#was),*]),));
        }
        if state.initial {
            marks.extend(quote!(StateMark::Initial(#index),));
        }
        if state.terminal.is_some() {
            marks.extend(quote!(StateMark::Terminal(#index),));
        }
        let fields: Vec<_> = state.charted().map(|field| &field.name).collect();
        if !fields.is_empty() {
            marks.extend(quote!(StateMark::Fields(#index, &[#(#fields),*]),));
        }
        let redacted: Vec<_> = state.charted().filter(|field| state.redacts(field)).map(|field| &field.name).collect();
        if !redacted.is_empty() {
            marks.extend(quote!(StateMark::Redacted(#index, &[#(#redacted),*]),));
        }
        if state.record.is_some() {
            marks.extend(quote!(StateMark::Recorded(#index),));
        }
    }
    marks
}

fn transition_marks(machine: &Machine) -> TokenStream {
    let mut marks = TokenStream::new();
    for (index, transition) in machine.transitions.iter().enumerate() {
        let index = number(index);
        if !transition.doc.is_empty() {
            let doc = &transition.doc;
            marks.extend(quote!(TransitionMark::Doc(#index, #doc),));
        }
        if !transition.was.is_empty() {
            let was = transition.was.iter().map(|(name, _)| name);
            marks.extend(quote!(TransitionMark::Was(#index, &[#(#was),*]),));
        }
        let requires = [(transition.actor, quote!(Actor)), (transition.reason, quote!(Reason))];
        let requires: Vec<_> = requires.into_iter().filter_map(|(holds, what)| holds.then_some(what)).collect();
        if !requires.is_empty() {
            marks.extend(quote!(
                TransitionMark::Requires(#index, &[#(__tollgate::chart::Requirement::#requires),*]),
            ));
        }
    }
    marks
}

fn edge_marks(machine: &Machine) -> TokenStream {
    let mut marks = TokenStream::new();
    for (index, edge) in machine.edges.iter().enumerate() {
        let (index, declaration) = (number(index), machine.declaration(edge));
        if edge.stays {
            marks.extend(quote!(EdgeMark::Stays(#index),));
        }
        if !declaration.guards.is_empty() {
            let guards = declaration.guards.iter().map(path_text);
            marks.extend(quote!(EdgeMark::Guards(#index, &[#(#guards),*]),));
        }
        if let Some(permission) = declaration.permission.as_ref().map(path_text) {
            marks.extend(quote!(EdgeMark::Permission(#index, #permission),));
        }
    }
    marks
}
