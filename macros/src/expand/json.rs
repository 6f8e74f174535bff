//! A state's data to and from JSON: for the record, and for commands.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Data;

/// `Ok(Some(json))` of the fields, which are bound to references.
pub(super) fn recorded(krate: &TokenStream, data: &Data) -> TokenStream {
    let idents = data.idents();
    let json = match data {
        Data::Unit => quote!(#krate::serde_json::Value::Null),
        Data::Tuple(fields) if fields.len() == 1 => quote!(#krate::__private::json::value(#(#idents)*)?),
        Data::Tuple(_) => quote!(#krate::__private::json::list([#(#krate::__private::json::value(#idents)?),*])),
        Data::Named(_, fields) => {
            let names = fields.iter().map(|field| &field.name);
            quote!(#krate::__private::json::object([#((#names, #krate::__private::json::value(#idents)?)),*]))
        }
    };
    quote!(::core::result::Result::Ok(::core::option::Option::Some(#json)))
}

/// Binds the fields from `payload`.
pub(super) fn bind(krate: &TokenStream, data: &Data) -> TokenStream {
    let idents = data.idents();
    let types = data.fields().iter().map(|field| &field.ty);
    match data {
        Data::Unit => quote!(payload.none()?;),
        Data::Tuple(fields) if fields.len() == 1 => quote!(#(let #idents: #types = payload.one()?;)*),
        Data::Tuple(fields) => {
            let count = super::number(fields.len());
            quote! {
                let mut fields = payload.list(#count)?;
                #(let #idents: #types = #krate::__private::json::Fields::next(&mut fields)?;)*
            }
        }
        Data::Named(_, fields) => {
            let names = fields.iter().map(|field| &field.name);
            quote! {
                let mut fields = payload.object()?;
                #(let #idents: #types = #krate::__private::json::Fields::take(&mut fields, #names)?;)*
            }
        }
    }
}
