//! A creation as a value, which can be read from a request.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::{command, docs, json, number};
use crate::model::{Creation, Data, Machine};

pub(super) fn creation_enum(machine: &Machine) -> TokenStream {
    let visible = machine.visible(0);
    let (ident, any, creation) = (machine.ident.unraw(), &machine.names.any, &machine.names.creation);
    let creations = machine.creations();
    let doc = docs::doc(&format!(
        "A creation in an initial state of `{ident}`, as a value for [`{any}::create`]. It is read from JSON, with the \
         recorded names of the states: {}.",
        creations.iter().map(form).collect::<Vec<_>>().join(", ")
    ));
    let variants = creations.iter().map(|Creation { state, .. }| {
        let (variant, fields) = (&state.ident, command::fields(&state.data));
        let instead = format!("The creation in the state `{}`.", variant.unraw());
        let doc = docs::doc(if state.doc.is_empty() { &instead } else { &state.doc });
        quote!(#doc #variant #fields)
    });
    let copy = is_bare(&creations).then(|| quote!(#[derive(::core::clone::Clone, ::core::marker::Copy)]));
    quote! {
        #doc
        #copy
        #[allow(clippy::all, clippy::pedantic)]
        #visible enum #creation {
            #(#variants),*
        }
    }
}

/// Returns whether no initial state has data.
fn is_bare(creations: &[Creation<'_>]) -> bool {
    creations.iter().all(|creation| matches!(creation.state.data, Data::Unit))
}

/// Returns the JSON of a creation, for the docs.
fn form(creation: &Creation<'_>) -> String {
    let name = &creation.state.name;
    if creation.state.data.fields().is_empty() { format!("`\"{name}\"`") } else { format!("`{{\"{name}\": ..}}`") }
}

pub(super) fn impls(machine: &Machine) -> TokenStream {
    let (visible, ident, any, enum_ident) =
        (machine.visible(0), &machine.ident, &machine.names.any, &machine.names.creation);
    let creations = machine.creations();
    let indices = creations.iter().map(|Creation { index, state, .. }| {
        let (variant, position) = (&state.ident, number(*index));
        quote!(Self::#variant { .. } => #position)
    });
    let states = creations.iter().map(|Creation { state, .. }| {
        let (pattern, value) = (state.data.constructed(enum_ident, &state.ident), state.variant(machine));
        quote!(#pattern => #value)
    });
    // A state without data is identified by its position.
    let into_state = (!is_bare(&creations)).then(|| {
        quote! {
            fn into_state(self) -> #ident {
                match self { #(#states,)* }
            }
        }
    });
    let (parameter, subject) = machine.subject_parameter(&format_ident!("subject"));
    let read = read(machine, &creations);
    quote! {
        #[automatically_derived]
        impl __tollgate::Creation for #enum_ident {
            type Machine = #ident;

            fn index(&self) -> ::core::primitive::usize {
                match self { #(#indices,)* }
            }

            #into_state
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #enum_ident {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __tollgate::debug_creation(self, __formatter)
            }
        }

        impl #any {
            #[doc = "Returns a step that creates a subject in the initial state that the value names. It is recorded as `create` with version 1."]
            #[inline]
            #visible fn create(subject: #parameter, creation: #enum_ident) -> __tollgate::AnyCreation<#ident> {
                __tollgate::create_as::<#ident>(#subject, creation)
            }
        }

        #read
    }
}

/// `Deserialize`, if every type that an initial state has implements it.
fn read(machine: &Machine, creations: &[Creation<'_>]) -> TokenStream {
    let enum_ident = &machine.names.creation;
    let bounds = command::bounds(creations.iter().map(|creation| &creation.state.data));
    let form = command::form(creations.iter().map(|creation| (creation.index, &creation.state.data)));
    // The former names come last, as in a command.
    let names = creations.iter().map(|creation| &creation.state.name);
    let names = names.chain(creations.iter().flat_map(|creation| creation.state.was.iter().map(|(was, _)| was)));
    let arms = creations.iter().map(|Creation { index, state, .. }| {
        let (position, bind) = (number(*index), json::bind(&state.data, json::Source::Command));
        let value = state.data.constructed(enum_ident, &state.ident);
        let read = quote!(::core::result::Result::Ok(#value));
        if state.data.fields().is_empty() { quote!(#position => #read) } else { quote!(#position => { #bind #read }) }
    });
    quote! {
        #[automatically_derived]
        impl<'de> __tollgate::serde::Deserialize<'de> for #enum_ident
        where
            #bounds
        {
            fn deserialize<D>(__deserializer: D) -> ::core::result::Result<Self, D::Error>
            where
                D: __tollgate::serde::Deserializer<'de>,
            {
                __tollgate::json::read_creation(
                    __deserializer,
                    &[#(#names),*],
                    |__index| #form,
                    |__state, __payload| match __state {
                        #(#arms,)*
                        _ => ::core::result::Result::Err(__tollgate::json::no_such_state()),
                    },
                )
            }
        }
    }
}
