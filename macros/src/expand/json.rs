//! A state's data to and from JSON: for the record, and for commands.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, LitStr};

use crate::model::{Data, DefaultValue, Field};

/// The return type of a recording function.
pub(super) fn recorded_result() -> TokenStream {
    quote!(::core::result::Result<::core::option::Option<__tollgate::serde_json::Value>, __tollgate::ValueError>)
}

/// `Ok(Some(json))` of the fields, which are bound to references, for a record.
pub(super) fn recorded(data: &Data) -> TokenStream {
    let fields = data.fields().iter().filter(|field| !field.is_skipped()).map(|field| {
        let name = &field.name;
        (field, field.is_redacted().then(|| quote!(__tollgate::json::redacted(#name))))
    });
    written(data, fields)
}

/// Returns the same for a command, which contains every value, because it is read back. The functions are those of
/// [`writers`].
pub(super) fn commanded(data: &Data, transition: usize) -> TokenStream {
    let fields = data.fields().iter().enumerate().map(|(index, field)| {
        let (ident, name, function) = (&field.ident, &field.name, write_name(transition, index));
        (field, field.written_by.as_ref().map(|_| quote!(__tollgate::json::field_by(#name, #ident, #function)?)))
    });
    written(data, fields)
}

/// `Ok(Some(json))` of these fields, with the expression for each that is not written by its type.
fn written<'a>(data: &Data, fields: impl Iterator<Item = (&'a Field, Option<TokenStream>)>) -> TokenStream {
    let is_named = matches!(data, Data::Named(..));
    let values = fields.map(|(field, otherwise)| {
        // An error points at the field's type if the type cannot be serialized.
        let (ident, name, span) = (&field.ident, &field.name, at_type(field));
        match otherwise {
            Some(expression) => expression,
            None if is_named => quote_spanned!(span => __tollgate::json::field(#name, #ident)?),
            None => quote_spanned!(span => __tollgate::json::value(#ident)?),
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

/// Binds the functions that write fields. This precedes the fields, because the user's path may have the name of a field.
pub(super) fn writers(data: &Data, transition: usize) -> TokenStream {
    let functions = data.fields().iter().enumerate().filter_map(|(index, field)| {
        let (ty, path, name) = (&field.ty, field.written_by.as_ref()?, write_name(transition, index));
        Some(quote! {
            let #name: fn(
                &#ty,
                __tollgate::json::ValueSerializer,
            ) -> ::core::result::Result<__tollgate::serde_json::Value, __tollgate::ValueError> = #path;
        })
    });
    functions.collect()
}

/// The origin of a payload.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Record,
    Command,
}

/// Binds the fields from `__payload`.
pub(super) fn bind(data: &Data, source: Source) -> TokenStream {
    let idents = data.idents();
    let types = data.fields().iter().map(|field| &field.ty);
    match data {
        Data::Unit => TokenStream::new(),
        Data::Tuple(fields) if fields.len() == 1 => {
            quote!(#(let #idents: #types = __tollgate::json::StateJson::one(__payload)?;)*)
        }
        Data::Tuple(fields) => {
            let count = super::number(fields.len());
            quote! {
                let mut __fields = __tollgate::json::StateJson::list(__payload, #count)?;
                #(let #idents: #types = __tollgate::json::Fields::next(&mut __fields)?;)*
            }
        }
        Data::Named(_, fields) => {
            // This precedes the fields, because the user's path may have the name of a field.
            let functions: TokenStream =
                fields.iter().enumerate().map(|(index, field)| functions(field, index, source)).collect();
            // This precedes the fields, so that the alias of a later field is not an unknown name.
            let aliases = fields.iter().filter(|field| source == Source::Command || !field.is_hidden()).map(aliases);
            let values = fields.iter().enumerate().map(|(index, field)| value(field, index, source));
            quote! {
                let mut __fields = __tollgate::json::StateJson::object(__payload)?;
                #functions
                #(#aliases)*
                #(let #idents: #types = #values;)*
                __tollgate::json::Fields::finish(__fields)?;
            }
        }
    }
}

/// Returns whether the value is read by `Deserialize` of the field's type.
pub(super) fn is_read_by_type(field: &Field, source: Source) -> bool {
    match source {
        Source::Record => !field.is_hidden(),
        Source::Command => field.read_by.is_none(),
    }
}

/// Binds the functions for an absent field and for reading to `__absent_0` and `__read_0`.
fn functions(field: &Field, index: usize, source: Source) -> TokenStream {
    let ty = &field.ty;
    let absent = field.default.as_ref().map(|absent| {
        let name = absent_name(index);
        let function = match absent {
            DefaultValue::Default => {
                let span = at_type(field);
                quote_spanned!(span => <#ty as ::core::default::Default>::default)
            }
            DefaultValue::Path(path) => path.clone(),
        };
        quote!(let #name: fn() -> #ty = #function;)
    });
    let read = field.read_by.as_ref().filter(|_| source == Source::Command).map(|path| {
        let name = read_name(index);
        quote! {
            let #name: fn(
                __tollgate::serde_json::Value,
            ) -> ::core::result::Result<#ty, __tollgate::serde_json::Error> = #path;
        }
    });
    quote!(#absent #read)
}

/// Returns the value of a named field.
fn value(field: &Field, index: usize, source: Source) -> TokenStream {
    let (ty, name) = (&field.ty, &field.name);
    let absent = field.default.as_ref().map(|_| absent_name(index));
    if source == Source::Record && field.is_hidden() {
        let span = at_type(field);
        let default = || quote_spanned!(span => __tollgate::json::default_of::<#ty>());
        return absent.map_or_else(default, |absent| quote!(#absent()));
    }
    match (is_read_by_type(field, source), absent) {
        (true, None) => quote!(__tollgate::json::Fields::take(&mut __fields, #name)?),
        (true, Some(absent)) => quote!(__tollgate::json::Fields::take_or(&mut __fields, #name, #absent)?),
        (false, absent) => {
            let read = read_name(index);
            let none = || quote!(::core::option::Option::None);
            let absent = absent.map_or_else(none, |absent| quote!(::core::option::Option::Some(#absent)));
            quote!(__tollgate::json::Fields::take_by(&mut __fields, #name, #read, #absent)?)
        }
    }
}

/// Moves the value under an alias to the field's own name.
fn aliases(field: &Field) -> TokenStream {
    if field.aliases.is_empty() {
        return TokenStream::new();
    }
    let (name, aliases) = (&field.name, field.aliases.iter().map(LitStr::value));
    quote!(__tollgate::json::Fields::alias(&mut __fields, #name, &[#(#aliases),*])?;)
}

fn absent_name(index: usize) -> Ident {
    format_ident!("__absent_{index}", span = Span::call_site())
}

fn read_name(index: usize) -> Ident {
    format_ident!("__read_{index}", span = Span::call_site())
}

fn write_name(transition: usize, index: usize) -> Ident {
    format_ident!("__write_{transition}_{index}", span = Span::call_site())
}

fn at_type(field: &Field) -> Span {
    Span::call_site().located_at(field.ty.span())
}
