//! A field of a state as written, with its `#[state(..)]` and the attributes of serde.

use proc_macro2::Span;
use syn::Type;

use super::entries::{Entries, set_flag};
use super::serde::FieldAttributes;
use super::{doc_of, ours};
use crate::report::Report;

/// A field of a variant, with its name if it has one.
pub(crate) struct Field {
    pub(crate) ident: Option<syn::Ident>,
    pub(crate) ty: Type,
    pub(crate) doc: String,
    pub(crate) is_deprecated: bool,
    pub(crate) skip: Option<Span>,
    pub(crate) redact: Option<Span>,
    pub(crate) serde: FieldAttributes,
}

impl Field {
    pub(super) fn read(field: &syn::Field, report: &mut Report) -> Self {
        const ON_VARIANT: &str = "a variant, not on a field";
        let (mut skip, mut redact) = (None, None);
        for attribute in &field.attrs {
            match ours(attribute).as_deref() {
                Some("state") => {
                    Entries::of(attribute, &["skip", "redact"], "#[state(skip)]")
                        .with_elsewhere(&[
                            ("initial", ON_VARIANT),
                            ("terminal", ON_VARIANT),
                            ("record", ON_VARIANT),
                            ("was", ON_VARIANT),
                            ("data", ON_VARIANT),
                            ("rename", "a variant; a field is renamed by `#[serde(rename = \"..\")]`"),
                        ])
                        .read(report, |key, input, _| match key.to_string().as_str() {
                            "skip" => set_flag(&mut skip, key, key.span(), input),
                            _ => set_flag(&mut redact, key, key.span(), input),
                        });
                }
                Some(name) => {
                    report.at(attribute.path(), format_args!("`#[{name}(..)]` belongs on the enum, not on a field"));
                }
                None => {}
            }
        }
        Self {
            ident: field.ident.clone(),
            ty: field.ty.clone(),
            doc: doc_of(&field.attrs),
            is_deprecated: field.attrs.iter().any(|attribute| attribute.path().is_ident("deprecated")),
            skip,
            redact,
            serde: FieldAttributes::read(&field.attrs, report),
        }
    }
}
