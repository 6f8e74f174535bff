//! A state: the type of its data, and how both lead to the enum's variant.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::own::own;
use super::{docs, json, number};
use crate::model::{Data, Machine, State};

pub(super) fn states(machine: &Machine) -> TokenStream {
    let ident = &machine.ident;
    let states = machine.states.iter().enumerate().map(|(index, state)| {
        let (marker, typed, position) = (machine.marker(index), machine.machine_in(index), number(index));
        let (data, functions) = (state.data.ty(), functions(machine, state));
        quote! {
            #[automatically_derived]
            impl __tollgate::State for #marker {
                type Machine = #ident;
                type Data = #data;
                type Typed = #typed;

                const INDEX: __tollgate::Position<Self, __Seal> = __tollgate::Position::new(#position, &__Seal(()));

                #functions
            }
        }
    });
    states.collect()
}

/// What a state with data can do.
fn functions(machine: &Machine, state: &State) -> TokenStream {
    if state.data.fields().is_empty() {
        // It is known by its position.
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

/// The structs for named fields.
pub(super) fn data_structs(machine: &Machine) -> TokenStream {
    let visible = machine.visible(0);
    let structs = machine.states.iter().map(|state| {
        let Data::Named(ident, fields) = &state.data else { return TokenStream::new() };
        let doc = docs::doc(&format!("The data of the state `{}`.", state.ident.unraw()));
        let fields = fields.iter().map(|field| {
            let (name, ty) = (own(&field.ident), &field.ty);
            let instead = format!("`{}` of the state `{}`.", field.ident.unraw(), state.ident.unraw());
            let doc = docs::doc(&docs::field(state, field, &instead));
            quote!(#doc #visible #name: #ty)
        });
        quote! {
            #doc
            #[allow(clippy::all, clippy::pedantic)]
            #visible struct #ident {
                #(#fields),*
            }
        }
    });
    structs.collect()
}
