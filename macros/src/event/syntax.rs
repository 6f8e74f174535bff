//! The declaration as written: the struct, its `#[event(..)]`, and the attributes of serde.

use proc_macro2::Span;
use syn::{Attribute, Data, DeriveInput, Fields, Generics, Ident, LitStr, Path, Type};

use super::serde;
use crate::report::Report;
use crate::syntax::entries::{Entries, name, set_flag, set_once};
use crate::syntax::{doc_of, krate, requires};

/// The struct with its attributes.
pub(super) struct Event {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) doc: String,
    pub(super) options: Options,
    pub(super) serde: serde::StructAttributes,
    /// `None` if the item cannot have properties.
    pub(super) fields: Option<Vec<Field>>,
    /// Whether the item cannot be an event at all.
    pub(super) is_unsupported: bool,
}

/// `#[event(..)]` on the struct
#[derive(Default)]
pub(super) struct Options {
    pub(super) name: Option<LitStr>,
    /// Former names.
    pub(super) was: Vec<LitStr>,
    pub(super) actor: Option<Span>,
    pub(super) reason: Option<Span>,
    pub(super) krate: Option<Path>,
}

/// A field with its `#[event(..)]`
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) ty: Type,
    pub(super) doc: String,
    pub(super) skip: Option<Span>,
    pub(super) redact: Option<Span>,
    pub(super) serde: serde::FieldAttributes,
}

impl Event {
    /// Reads an item that is not a struct with named fields as one without properties; the report then contains the reason.
    pub(super) fn read(input: &DeriveInput, report: &mut Report) -> Self {
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => Some(fields),
                Fields::Unit => None,
                Fields::Unnamed(fields) => {
                    let cure = if fields.unnamed.is_empty() { ";" } else { " { .. }" };
                    report.at(
                        fields,
                        format_args!("an event cannot be a tuple struct; write `struct {}{cure}`", input.ident),
                    );
                    None
                }
            },
            Data::Enum(data) => {
                report.at(
                    data.enum_token,
                    "an event must be a struct, but this is an enum; write a struct for each event",
                );
                None
            }
            Data::Union(data) => {
                report.at(data.union_token, "an event must be a struct, but this is a union; write a struct");
                None
            }
        };
        if !input.generics.params.is_empty() {
            report.at(
                &input.generics,
                format_args!(
                    "`{}` is generic, but an event cannot be generic; use concrete types that own their data",
                    input.ident
                ),
            );
        }
        // All errors so far concern the struct itself.
        let is_unsupported = report.has_errors();
        Self {
            ident: input.ident.clone(),
            generics: input.generics.clone(),
            doc: doc_of(&input.attrs),
            options: Options::read(&input.attrs, report),
            serde: serde::StructAttributes::read(&input.attrs),
            fields: fields.map(|fields| fields.named.iter().filter_map(|field| Field::read(field, report)).collect()),
            is_unsupported,
        }
    }
}

fn ours(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("event"))
}

impl Options {
    fn read(attributes: &[Attribute], report: &mut Report) -> Self {
        let mut options = Self::default();
        for attribute in ours(attributes) {
            Entries::of(attribute, &["name", "was", "requires", "crate"], "#[event(requires(actor))]")
                .with_elsewhere(&[("skip", "a field"), ("redact", "a field")])
                .read(report, |key, input, report| match key.to_string().as_str() {
                    "name" => set_once(&mut options.name, key, name(key, input, report)?),
                    "was" => {
                        options.was.push(name(key, input, report)?);
                        Ok(())
                    }
                    "requires" => requires(&mut options.actor, &mut options.reason, key, input, report),
                    _ => set_once(&mut options.krate, key, krate(key, input, report)?),
                });
        }
        options
    }
}

impl Field {
    fn read(field: &syn::Field, report: &mut Report) -> Option<Self> {
        let (mut skip, mut redact) = (None, None);
        for attribute in ours(&field.attrs) {
            Entries::of(attribute, &["skip", "redact"], "#[event(skip)]")
                .with_elsewhere(&[
                    ("name", "the struct"),
                    ("was", "the struct; `#[serde(alias = \"..\")]` names a field's former name"),
                    ("requires", "the struct"),
                    ("crate", "the struct"),
                ])
                .read(report, |key, input, _| match key.to_string().as_str() {
                    "skip" => set_flag(&mut skip, key, key.span(), input),
                    _ => set_flag(&mut redact, key, key.span(), input),
                });
        }
        Some(Self {
            ident: field.ident.clone()?,
            ty: field.ty.clone(),
            doc: doc_of(&field.attrs),
            skip,
            redact,
            serde: serde::FieldAttributes::read(&field.attrs),
        })
    }
}
