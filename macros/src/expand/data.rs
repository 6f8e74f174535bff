//! The structs for the named fields of states. They have the traits that the enum has.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Ident;
use syn::ext::IdentExt;

use super::own::own;
use super::{docs, number};
use crate::model::{Data, Field, Machine, Structs};

/// The traits that cannot be derived for a struct.
const BY_SERDE: [&str; 2] = ["Serialize", "Deserialize"];

/// Returns the structs.
pub(super) fn structs(machine: &Machine) -> TokenStream {
    let visible = machine.visible(0);
    let derives: Vec<_> = machine.data_derives.iter().flat_map(|derives| derives.passed(&BY_SERDE)).collect();
    let derives = (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]));
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
            #derives
            #[allow(clippy::all, clippy::pedantic)]
            #visible struct #ident {
                #(#fields),*
            }
        }
    });
    structs.collect()
}

/// Returns the traits of the structs, unless they are listed.
pub(super) fn impls(machine: &Machine) -> TokenStream {
    if machine.data_derives.is_some() {
        return TokenStream::new();
    }
    let structs = Structs::of(machine);
    structs.iter().map(|(index, ident, fields)| of_struct(machine, &structs, index, ident, fields)).collect()
}

/// Implements the traits of one struct.
///
/// A derive does not see which other traits are derived, so each implementation requires the trait of the enum and of the
/// fields. `__tollgate::Field` makes each bound distinct, and an unmet bound is then not an error.
fn of_struct(machine: &Machine, structs: &Structs<'_>, index: usize, ident: &Ident, fields: &[Field]) -> TokenStream {
    // The enum has position 0.
    let types = structs.needed(index).into_iter().map(|(position, ty)| (position + 1, ty.to_token_stream()));
    let types: Vec<_> = [(0, machine.ident.to_token_stream())].into_iter().chain(types).collect();
    let debug = bounds(&types, |_| quote!(::core::fmt::Debug));
    let clone = bounds(&types, |ty| quote!(__tollgate::CloneField<#ty>));
    let equal = bounds(&types, |_| quote!(::core::cmp::PartialEq));
    let names: Vec<&Ident> = fields.iter().map(|field| &field.ident).collect();
    let texts = names.iter().map(|name| name.unraw().to_string());
    let text = ident.unraw().to_string();
    let (own, others) = (values(structs, fields, &quote!(self)), values(structs, fields, &quote!(__other)));
    let is_equal = if names.is_empty() { quote!(true) } else { quote!(#(#own == #others)&&*) };
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #ident
        where
            #(#debug,)*
        {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Formatter::debug_struct(__formatter, #text)
                    #(.field(#texts, &#own))*
                    .finish()
            }
        }

        #[automatically_derived]
        impl ::core::clone::Clone for #ident
        where
            #(#clone,)*
        {
            fn clone(&self) -> Self {
                Self { #(#names: __tollgate::CloneField::clone_field(&#own)),* }
            }
        }

        #[automatically_derived]
        impl ::core::cmp::PartialEq for #ident
        where
            #(#equal,)*
        {
            fn eq(&self, __other: &Self) -> ::core::primitive::bool {
                #is_equal
            }
        }
    }
}

fn bounds(types: &[(usize, TokenStream)], bound: impl Fn(&TokenStream) -> TokenStream) -> Vec<TokenStream> {
    let bounds = types.iter().map(|(index, ty)| {
        let (index, bound) = (number(*index), bound(ty));
        quote!(for<'__a> __tollgate::Field<'__a, #index, #ty>: #bound)
    });
    bounds.collect()
}

/// Returns the fields of this struct's value, in the wrappers that the bounds name.
fn values(structs: &Structs<'_>, fields: &[Field], value: &TokenStream) -> Vec<TokenStream> {
    let values = fields.iter().map(|field| {
        let (name, index) = (&field.ident, number(structs.position(field) + 1));
        quote!(__tollgate::Field::<#index, _>(&#value.#name))
    });
    values.collect()
}
