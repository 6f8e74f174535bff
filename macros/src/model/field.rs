//! A field of a state: how a record holds it, and how it is read from a record and from a command.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, LitStr, Type};

use super::identifiers::{tokens_without_self, without_self};
use crate::syntax;
use crate::syntax::serde::{self, FieldAttributes, SerdeKey};

/// A field of a state: a parameter of the methods that lead to it.
pub(crate) struct Field {
    /// The field's own name, or a name for its position.
    pub(crate) ident: Ident,
    /// The key in records and commands, or the position.
    pub(crate) name: String,
    pub(crate) name_span: Span,
    /// Names under which the field is read too.
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) ty: Type,
    pub(crate) doc: String,
    pub(crate) is_deprecated: bool,
    /// The mark `#[state(skip)]`, or `#[state(redact)]`.
    pub(crate) skip: Option<Span>,
    pub(crate) redact: Option<Span>,
    /// The value of the field if a record or a command has none.
    pub(crate) default: Option<DefaultValue>,
    /// The function by which commands read the field.
    pub(crate) read_by: Option<TokenStream>,
    /// The function by which commands write the field.
    pub(crate) written_by: Option<TokenStream>,
    /// The keys of serde on the field.
    pub(crate) keys: Vec<SerdeKey>,
    /// The names that are written and read, if they differ.
    pub(crate) two_names: Option<TwoNames>,
}

/// The value of a field that is absent.
pub(crate) enum DefaultValue {
    Default,
    /// The value that this function returns.
    Path(TokenStream),
}

/// A `rename` with one name for writing and another for reading.
pub(crate) struct TwoNames {
    pub(crate) span: Span,
    pub(crate) written: String,
    pub(crate) read: String,
}

impl Field {
    pub(super) fn named(field: syntax::Field, machine: &Ident) -> Self {
        let ident = field.ident.clone().unwrap_or_else(|| Ident::new("value", Span::call_site()));
        let name = ident.unraw().to_string();
        Self::of(field, ident, &name, machine)
    }

    pub(super) fn at(index: usize, is_single: bool, field: syntax::Field, machine: &Ident) -> Self {
        let ident = if is_single { "value".to_owned() } else { format!("value_{index}") };
        Self::of(field, Ident::new(&ident, Span::call_site()), &index.to_string(), machine)
    }

    fn of(field: syntax::Field, ident: Ident, own_name: &str, machine: &Ident) -> Self {
        let syntax::Field { ident: written_name, ty, doc, is_deprecated, skip, redact, serde } = field;
        let path = |path: syn::ExprPath| tokens_without_self(path.to_token_stream(), machine);
        // An unnamed field has a position in place of a name, and is read by its type; `check` refuses the rest.
        let serde = if written_name.is_some() {
            serde
        } else {
            FieldAttributes { keys: serde.keys, ..FieldAttributes::default() }
        };
        let rename = serde.rename.unwrap_or_default();
        let name_of = |rename: &Option<LitStr>| rename.as_ref().map_or_else(|| own_name.to_owned(), LitStr::value);
        let (written, read) = (name_of(&rename.written), name_of(&rename.read));
        let name_span = rename.read.as_ref().or(rename.written.as_ref()).map_or(ident.span(), LitStr::span);
        let of_module = |function: &str| {
            let module = serde.with.clone()?;
            let span = Span::call_site().located_at(module.span());
            let (module, function) = (path(module), Ident::new(function, span));
            Some(quote_spanned!(span => #module::#function))
        };
        let (serialize, deserialize) = (of_module("serialize"), of_module("deserialize"));
        let two_names = (written != read).then(|| {
            let key = serde.keys.iter().find(|key| key.word == "rename");
            TwoNames { span: key.map_or(name_span, |key| key.span), written, read: read.clone() }
        });
        Self {
            ident,
            name: read,
            name_span,
            aliases: serde.aliases,
            ty: without_self(&ty, machine),
            doc,
            is_deprecated,
            skip,
            redact,
            default: serde.default.map(|default| match default {
                serde::DefaultValue::Default => DefaultValue::Default,
                serde::DefaultValue::Path(default) => DefaultValue::Path(path(default)),
            }),
            read_by: serde.deserialize_with.map(path).or(deserialize),
            written_by: serde.serialize_with.map(path).or(serialize),
            keys: serde.keys,
            two_names,
        }
    }

    /// Returns whether a record does not hold the field. The marks have precedence over the attributes of serde.
    pub(crate) fn is_skipped(&self) -> bool {
        let is_skipped_by_serde = self.keys.iter().any(|key| key.word == "skip" || key.word == "skip_serializing");
        self.skip.is_some() || self.redact.is_none() && is_skipped_by_serde
    }

    /// Returns whether a record holds `[redacted]` in place of the value.
    pub(crate) fn is_redacted(&self) -> bool {
        self.redact.is_some() && !self.is_skipped()
    }

    /// Returns whether a record does not hold the value.
    pub(crate) fn is_hidden(&self) -> bool {
        self.is_skipped() || self.is_redacted()
    }

    /// Returns whether the field has a mark, or an attribute of serde.
    pub(crate) fn is_marked(&self) -> bool {
        self.skip.is_some() || self.redact.is_some() || !self.keys.is_empty()
    }

    /// Describes how a command reads the field, and writes it if it does, so that two fields of one method can be
    /// compared.
    pub(crate) fn form(&self, is_written: bool) -> String {
        let absent = match &self.default {
            None => String::new(),
            Some(DefaultValue::Default) => "default".to_owned(),
            Some(DefaultValue::Path(path)) => path.to_string(),
        };
        let aliases: Vec<String> = self.aliases.iter().map(LitStr::value).collect();
        let read_by = self.read_by.as_ref().map(TokenStream::to_string);
        let written_by = self.written_by.as_ref().filter(|_| is_written).map(TokenStream::to_string);
        format!("{:?} {aliases:?} {absent:?} {read_by:?} {written_by:?}", self.name)
    }
}
