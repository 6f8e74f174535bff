//! The meaning of an event: the properties by their recorded names, and how each is recorded. It rejects nothing.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::{Generics, Ident, LitStr, Type};

use super::syntax;
use crate::names;

/// The event.
pub(super) struct Event {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    /// The path of the crate `tollgate`.
    pub(super) krate: TokenStream,
    pub(super) doc: String,
    /// The recorded name.
    pub(super) name: String,
    /// Former names.
    pub(super) was: Vec<LitStr>,
    pub(super) actor: bool,
    pub(super) reason: bool,
    /// A serde attribute by which serde does not write the fields.
    pub(super) other_form: Option<(&'static str, Span)>,
    /// `None` if the item cannot have properties.
    pub(super) fields: Option<Vec<Field>>,
    /// Whether the item cannot be an event at all.
    pub(super) is_unsupported: bool,
}

/// A field.
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) ty: Type,
    pub(super) doc: String,
    /// The names by which serde writes and reads the field, and the span of the name.
    pub(super) name: String,
    pub(super) read_name: String,
    pub(super) name_span: Span,
    /// Other names under which serde reads the field.
    pub(super) aliases: Vec<LitStr>,
    /// The span of the mark `skip`, or `redact`.
    pub(super) skip: Option<Span>,
    pub(super) redact: Option<Span>,
    /// The span of the attribute by which serde does not write the field.
    pub(super) unwritten: Option<Span>,
    pub(super) flatten: Option<Span>,
    /// Whether serde has a default for an absent field.
    pub(super) has_serde_default: bool,
    /// An attribute by which the field's form in JSON is not that of its type.
    pub(super) with: Option<(&'static str, Span)>,
}

impl Event {
    pub(super) fn of(syntax: syntax::Event) -> Self {
        let syntax::Event { ident, generics, doc, options, serde, fields, is_unsupported } = syntax;
        let field = |field: syntax::Field| {
            let (name, read_name) = serde.names(&field.serde, &field.ident.unraw().to_string());
            let name_span = field.serde.rename.written.as_ref().map_or(field.ident.span(), syn::LitStr::span);
            Field {
                ident: field.ident,
                ty: field.ty,
                doc: field.doc,
                name,
                read_name,
                name_span,
                aliases: field.serde.aliases,
                skip: field.skip,
                redact: field.redact,
                unwritten: field.serde.skip,
                flatten: field.serde.flatten,
                has_serde_default: field.serde.default || serde.default,
                with: field.serde.with,
            }
        };
        Self {
            krate: options.krate.map_or_else(|| quote!(::tollgate), |path| quote!(#path)),
            name: options.name.map_or_else(|| names::event(&ident), |name| name.value()),
            was: options.was,
            actor: options.actor.is_some(),
            reason: options.reason.is_some(),
            other_form: serde.other_form,
            fields: fields.map(|fields| fields.into_iter().map(field).collect()),
            ident,
            generics,
            doc,
            is_unsupported,
        }
    }

    pub(super) fn fields(&self) -> &[Field] {
        self.fields.as_deref().unwrap_or_default()
    }

    /// Repairs the event after a mistake, so that the expansion causes no second error.
    pub(super) fn repair(&mut self) {
        for field in self.fields.iter_mut().flatten() {
            if field.with.is_some() || field.flatten.is_some() {
                field.has_serde_default = true;
            }
        }
    }
}

impl Field {
    /// Returns the span of the mark by which the value is not recorded.
    pub(super) fn hidden(&self) -> Option<Span> {
        self.skip.or(self.redact)
    }

    /// Returns whether the field is a property.
    pub(super) fn is_recorded(&self) -> bool {
        self.skip.is_none() && self.unwritten.is_none()
    }
}
