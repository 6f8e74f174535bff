//! A state's data to and from JSON: for the record, and for commands.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::Data;

/// What a recording function returns.
pub(super) fn recorded_result() -> TokenStream {
    quote!(::core::result::Result<::core::option::Option<__tollgate::serde_json::Value>, __tollgate::ValueError>)
}

/// `Ok(Some(json))` of the fields, which are bound to references.
pub(super) fn recorded(data: &Data) -> TokenStream {
    // At the field's type, which is guilty where it cannot be written.
    let is_named = matches!(data, Data::Named(..));
    let values = data.fields().iter().map(|field| {
        let (ident, name, span) = (&field.ident, &field.name, Span::call_site().located_at(field.ty.span()));
        if is_named {
            quote_spanned!(span => __tollgate::json::field(#name, #ident)?)
        } else {
            quote_spanned!(span => __tollgate::json::value(#ident)?)
        }
    });
    let json = match data {
        Data::Unit => quote!(__tollgate::serde_json::Value::Null),
        Data::Tuple(fields) if fields.len() == 1 => quote!(#(#values)*),
        Data::Tuple(_) => quote!(__tollgate::json::list([#(#values),*])),
        Data::Named(..) => quote!(__tollgate::json::object([#(#values),*])),
    };
    quote!(::core::result::Result::Ok(::core::option::Option::Some(#json)))
}

/// Binds the fields from `__payload`.
pub(super) fn bind(data: &Data) -> TokenStream {
    let idents = data.idents();
    let types = data.fields().iter().map(|field| &field.ty);
    match data {
        Data::Unit => TokenStream::new(),
        Data::Tuple(fields) if fields.len() == 1 => {
            quote!(#(let #idents: #types = __tollgate::json::Payload::one(__payload)?;)*)
        }
        Data::Tuple(fields) => {
            let count = super::number(fields.len());
            quote! {
                let mut __fields = __tollgate::json::Payload::list(__payload, #count)?;
                #(let #idents: #types = __tollgate::json::Fields::next(&mut __fields)?;)*
            }
        }
        Data::Named(_, fields) => {
            let names = fields.iter().map(|field| &field.name);
            quote! {
                let mut __fields = __tollgate::json::Payload::object(__payload)?;
                #(let #idents: #types = __tollgate::json::Fields::take(&mut __fields, #names)?;)*
                __tollgate::json::Fields::finish(__fields)?;
            }
        }
    }
}
