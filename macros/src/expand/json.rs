//! A state's data to and from JSON: for the record, and for commands.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Data;

/// What a recording function returns.
pub(super) fn recorded_result() -> TokenStream {
    quote!(::core::result::Result<::core::option::Option<__tollgate::serde_json::Value>, __tollgate::serde_json::Error>)
}

/// `Ok(Some(json))` of the fields, which are bound to references.
pub(super) fn recorded(data: &Data) -> TokenStream {
    let idents = data.idents();
    let json = match data {
        Data::Unit => quote!(__tollgate::serde_json::Value::Null),
        Data::Tuple(fields) if fields.len() == 1 => quote!(__tollgate::json::value(#(#idents)*)?),
        Data::Tuple(_) => quote!(__tollgate::json::list([#(__tollgate::json::value(#idents)?),*])),
        Data::Named(_, fields) => {
            let names = fields.iter().map(|field| &field.name);
            quote!(__tollgate::json::object([#((#names, __tollgate::json::value(#idents)?)),*]))
        }
    };
    quote!(::core::result::Result::Ok(::core::option::Option::Some(#json)))
}

/// Binds the fields from `payload`.
pub(super) fn bind(data: &Data) -> TokenStream {
    let idents = data.idents();
    let types = data.fields().iter().map(|field| &field.ty);
    match data {
        Data::Unit => TokenStream::new(),
        Data::Tuple(fields) if fields.len() == 1 => quote!(#(let #idents: #types = payload.one()?;)*),
        Data::Tuple(fields) => {
            let count = super::number(fields.len());
            quote! {
                let mut fields = payload.list(#count)?;
                #(let #idents: #types = __tollgate::json::Fields::next(&mut fields)?;)*
            }
        }
        Data::Named(_, fields) => {
            let names = fields.iter().map(|field| &field.name);
            quote! {
                let mut fields = payload.object()?;
                #(let #idents: #types = __tollgate::json::Fields::take(&mut fields, #names)?;)*
            }
        }
    }
}
