//! A state: the type of its data, and how both lead to the enum's variant.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::{docs, json, number};
use crate::model::{Data, Machine};

pub(super) fn state(machine: &Machine, index: usize) -> TokenStream {
    let krate = &machine.krate;
    let (ident, any) = (&machine.ident, &machine.names.any);
    let state = &machine.states[index];
    let (marker, typed, variant) = (machine.marker(index), machine.machine_in(index), &state.ident);
    let (data, value, position) = (state.data.ty(), state.data.value(), number(index));
    let enum_value = state.variant(&quote!(#ident));
    let recorded = state.record.map(|_| {
        let json = json::recorded(krate, &state.data);
        quote! {
            fn recorded(#value: &Self::Data) -> ::core::result::Result<
                ::core::option::Option<#krate::serde_json::Value>,
                #krate::serde_json::Error,
            > {
                #json
            }
        }
    });
    let data_struct = data_struct(machine, index);
    let initial = state.initial.then(|| quote!(impl #krate::__private::Initial for #marker {}));
    quote_spanned! { variant.span() =>
        #data_struct

        #[automatically_derived]
        impl #krate::State for #marker {
            type Machine = #ident;
            type Data = #data;
            type Typed = #typed;

            const INDEX: ::core::primitive::usize = #position;

            #[inline]
            fn value(#value: Self::Data) -> #ident {
                #enum_value
            }

            #[inline]
            fn any(machine: Self::Typed) -> #any {
                #any::#variant(machine)
            }

            #recorded
        }

        #initial
    }
}

/// The struct for named fields.
fn data_struct(machine: &Machine, index: usize) -> TokenStream {
    let state = &machine.states[index];
    let Data::Named(ident, fields) = &state.data else { return TokenStream::new() };
    let visible = machine.visible(0);
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
}
