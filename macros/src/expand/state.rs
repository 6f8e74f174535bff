//! A state: the type of its data, and how both lead to the enum's variant.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::{docs, json, number};
use crate::model::{Data, Machine};

pub(super) fn states(machine: &Machine) -> TokenStream {
    (0..machine.states.len()).map(|index| state(machine, index)).collect()
}

fn state(machine: &Machine, index: usize) -> TokenStream {
    let ident = &machine.ident;
    let state = &machine.states[index];
    let (marker, typed) = (machine.marker(index), machine.machine_in(index));
    let (data, value, position) = (state.data.ty(), state.data.value(), number(index));
    let variant = state.variant(machine);
    // A state without data is known by its position.
    let own_value = (!state.data.fields().is_empty()).then(|| {
        quote! {
            #[inline]
            fn value(#value: #data) -> #ident {
                #variant
            }
        }
    });
    let recorded = state.record.map(|_| {
        let (json, result) = (json::recorded(&state.data), json::recorded_result());
        quote! {
            fn recorded(#value: &#data) -> #result {
                #json
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl __tollgate::State for #marker {
            type Machine = #ident;
            type Data = #data;
            type Typed = #typed;
            const INDEX: __At<Self> = __at(#position);
            #own_value
            #recorded
        }
    }
}

/// The structs for named fields.
pub(super) fn data_structs(machine: &Machine) -> TokenStream {
    let visible = machine.visible(0);
    let structs = machine.states.iter().map(|state| {
        let Data::Named(ident, fields) = &state.data else { return TokenStream::new() };
        let doc = docs::doc(&format!("The data of the state `{}`.", state.ident.unraw()));
        let fields = fields.iter().map(|field| {
            let (name, ty) = (&field.ident, &field.ty);
            let instead = format!("`{}` of the state `{}`.", field.name, state.ident.unraw());
            let doc = docs::doc(if field.doc.is_empty() { &instead } else { &field.doc });
            quote!(#doc #visible #name: #ty)
        });
        quote! {
            #doc
            #[allow(dead_code, clippy::all, clippy::pedantic)]
            #visible struct #ident {
                #(#fields),*
            }
        }
    });
    structs.collect()
}
