//! A state: the type of its data, and its conversion into the enum's variant.

use proc_macro2::TokenStream;
use quote::quote;

use super::{associated_type, json, number};
use crate::model::{Machine, State};

pub(super) fn states(machine: &Machine) -> TokenStream {
    let ident = &machine.ident;
    let states = machine.states.iter().enumerate().map(|(index, state)| {
        let (marker, typed, position) = (machine.marker(index), machine.machine_in(index), number(index));
        let (data, functions) = (associated_type("Data", &state.data.ty()), functions(machine, state));
        quote! {
            #[automatically_derived]
            impl __tollgate::State for #marker {
                type Machine = #ident;
                #data
                type Typed = #typed;

                const INDEX: __tollgate::Position<Self, __DeclarationToken> = __tollgate::Position::new(#position, &__DeclarationToken(()));

                #functions
            }
        }
    });
    states.collect()
}

/// Returns the methods of a state with data.
fn functions(machine: &Machine, state: &State) -> TokenStream {
    if state.data.fields().is_empty() {
        // A state without data is identified by its position.
        return TokenStream::new();
    }
    let ident = &machine.ident;
    let (data, value, variant) = (state.data.ty(), state.data.value(), state.variant(machine));
    let recorded = state.record.map(|_| {
        let (json, result) = (json::recorded(&state.data), json::recorded_result());
        quote! {
            fn recorded(#value: &#data) -> #result {
                #json
            }
        }
    });
    quote! {
        #[inline]
        fn value(#value: #data) -> #ident {
            #variant
        }
        #recorded
    }
}
