//! The attributes of serde on a struct: the names of the properties, and how serde reads and writes them. serde itself
//! reports malformed attributes.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Attribute, LitStr};

use crate::rename_rule::RenameRule;
use crate::syntax::serde::{Name, each, skip_value};

/// `#[serde(..)]` on the struct
#[derive(Default)]
pub(super) struct StructAttributes {
    rename_all: Name,
    /// An absent field has the value of the struct's default.
    pub(super) default: bool,
    /// An attribute by which serde writes something else than the struct's fields.
    pub(super) other_form: Option<(&'static str, Span)>,
}

/// `#[serde(..)]` on a field
#[derive(Default)]
pub(super) struct FieldAttributes {
    pub(super) rename: Name,
    /// Further names under which the field is read.
    pub(super) aliases: Vec<LitStr>,
    /// The span of the attribute by which the field is not written.
    pub(super) skip: Option<Span>,
    pub(super) flatten: Option<Span>,
    /// An absent value is the type's default, or that of a function.
    pub(super) default: bool,
    /// An attribute by which the field's form is not that of its type.
    pub(super) with: Option<(&'static str, Span)>,
}

impl StructAttributes {
    pub(super) fn read(attributes: &[Attribute]) -> Self {
        const OTHER_FORMS: &[&str] = &["transparent", "into", "tag"];
        let mut read = Self::default();
        // serde cannot read it either, and reports it.
        let _ = each(attributes, |key, meta| {
            match key {
                "rename_all" => return read.rename_all.read(meta),
                "default" => read.default = true,
                _ => {}
            }
            if let Some(other) = OTHER_FORMS.iter().find(|other| **other == key) {
                read.other_form = Some((other, meta.path.span()));
            }
            skip_value(meta)
        });
        read
    }

    /// Returns the names that a field is written and read by.
    pub(super) fn names(&self, field: &FieldAttributes, ident: &str) -> (String, String) {
        let by = |rename: &Option<LitStr>, rule: &Option<LitStr>| {
            let renamed = rename.as_ref().map(LitStr::value);
            renamed.unwrap_or_else(|| {
                let rule = rule.as_ref().and_then(|rule| RenameRule::of(&rule.value()));
                rule.map_or_else(|| ident.to_owned(), |rule| rule.apply_to_field(ident))
            })
        };
        (by(&field.rename.written, &self.rename_all.written), by(&field.rename.read, &self.rename_all.read))
    }
}

impl FieldAttributes {
    pub(super) fn read(attributes: &[Attribute]) -> Self {
        const WITH: &[&str] = &["with", "serialize_with", "deserialize_with", "skip_serializing"];
        let mut read = Self::default();
        // serde cannot read it either, and reports it.
        let _ = each(attributes, |key, meta| {
            let span = meta.path.span();
            match key {
                "rename" => return read.rename.read(meta),
                "alias" => {
                    read.aliases.push(meta.value()?.parse()?);
                    return Ok(());
                }
                "default" | "skip_deserializing" => read.default = true,
                "flatten" => read.flatten = Some(span),
                "skip" => {
                    read.skip = Some(span);
                    read.default = true;
                }
                "skip_serializing" => read.skip = Some(span),
                _ => {}
            }
            if let Some(with) = WITH.iter().find(|with| **with == key) {
                read.with = Some((with, span));
            }
            skip_value(meta)
        });
        read
    }
}
