//! The structs for the named fields of states. They have the traits that the enum has.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Ident;
use syn::ext::IdentExt;

use super::docs;
use super::own::own;
use crate::model::{Data, Field, Machine};

/// The traits that cannot be derived for a struct.
const BY_SERDE: [&str; 2] = ["Serialize", "Deserialize"];

/// The structs.
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

/// The traits of the structs, unless they are listed.
pub(super) fn impls(machine: &Machine) -> TokenStream {
    if machine.data_derives.is_some() {
        return TokenStream::new();
    }
    let impls = machine.states.iter().map(|state| match &state.data {
        Data::Named(ident, fields) => of_struct(&machine.ident, ident, fields),
        Data::Unit | Data::Tuple(_) => TokenStream::new(),
    });
    impls.collect()
}

/// A derive does not see which other traits are derived, so each implementation has the enum and the fields as its bounds.
/// The lifetime in a bound makes it one that need not hold: without it, rustc refuses an implementation that nothing can
/// use.
fn of_struct(machine: &Ident, ident: &Ident, fields: &[Field]) -> TokenStream {
    let mut types: Vec<(String, TokenStream)> = vec![(String::new(), machine.to_token_stream())];
    for field in fields {
        let (ty, text) = (field.ty.to_token_stream(), field.ty.to_token_stream().to_string());
        if !types.iter().any(|(known, _)| *known == text) {
            types.push((text, ty));
        }
    }
    let types: Vec<TokenStream> = types.into_iter().map(|(_, ty)| ty).collect();
    let names: Vec<&Ident> = fields.iter().map(|field| &field.ident).collect();
    let texts = names.iter().map(|name| name.unraw().to_string());
    let text = ident.unraw().to_string();
    let equal = if names.is_empty() {
        quote!(true)
    } else {
        quote!(#(__tollgate::is_equal(&&self.#names, &&__other.#names))&&*)
    };
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #ident
        where
            #(for<'__a> &'__a #types: ::core::fmt::Debug,)*
        {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Formatter::debug_struct(__formatter, #text)
                    #(.field(#texts, &&self.#names))*
                    .finish()
            }
        }

        #[automatically_derived]
        impl ::core::clone::Clone for #ident
        where
            #(for<'__a> #types: __tollgate::CloneAs<'__a>,)*
        {
            fn clone(&self) -> Self {
                Self { #(#names: __tollgate::CloneAs::clone_as(&self.#names)),* }
            }
        }

        #[automatically_derived]
        impl ::core::cmp::PartialEq for #ident
        where
            #(for<'__a> &'__a #types: ::core::cmp::PartialEq,)*
        {
            fn eq(&self, __other: &Self) -> ::core::primitive::bool {
                #equal
            }
        }
    }
}
