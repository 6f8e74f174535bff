//! `#[derive(Subject)]`: a struct with an id field.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Ident, LitStr, Member, Path};

use crate::report::{Report, compile_error};
use crate::syntax::entries::{Entries, nonempty_text, set_flag, set_once};
use crate::syntax::krate;

#[derive(Default)]
struct Options {
    kind: Option<LitStr>,
    krate: Option<Path>,
    table: Option<LitStr>,
    key: Option<LitStr>,
    state: Option<LitStr>,
    version: Option<LitStr>,
    /// Whether an attribute could not be read, so that it may contain a missing key.
    is_partial: bool,
}

const KEYS: &[&str] = &["kind", "table", "key", "state", "version", "crate"];

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return compile_error(&error),
    };
    let mut report = Report::default();
    let options = Options::read(&input, &mut report);
    let id = id_field(&input, &mut report);
    let mut output = report.into_compile_errors();
    let krate = options.krate.as_ref().map_or_else(|| quote!(::tollgate), |path| quote!(#path));
    let table = options.table(id.as_ref().map(|(member, _)| member), &krate);
    let kind = options.kind.map_or_else(|| input.ident.unraw().to_string(), |kind| kind.value());
    let ident = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    // After a mistake the implementation still returns an id, so that the machine causes no second error.
    let id = id.map_or_else(
        || quote!(#krate::Id::from("")),
        // If the type does not convert into an id, the error points at the type.
        |(id, span)| quote_spanned!(Span::call_site().located_at(span)=> #krate::IdField::to_id(&self.#id)),
    );
    output.extend(quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Subject for #ident #type_generics #where_clause {
            const KIND: &'static ::core::primitive::str = #kind;
            #table

            #[inline]
            fn id(&self) -> #krate::Id {
                #id
            }
        }
    });
    output
}

impl Options {
    fn read(input: &DeriveInput, report: &mut Report) -> Self {
        let mut options = Self::default();
        for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("subject")) {
            let parsed = Entries::of(attribute, KEYS, "#[subject(kind = \"..\")]")
                .with_elsewhere(&[("id", "a field of the struct")])
                .read(report, |key, input, report| {
                    if key == "crate" {
                        return set_once(&mut options.krate, key, krate(key, input, report)?);
                    }
                    let (slot, or) = match key.to_string().as_str() {
                        "kind" => (&mut options.kind, "write the recorded name"),
                        "table" => (&mut options.table, "name the table"),
                        "key" => (&mut options.key, "name the column"),
                        "state" => (&mut options.state, "name the column"),
                        _ => (&mut options.version, "name the column"),
                    };
                    set_once(slot, key, nonempty_text(key, or, input, report)?)
                });
            options.is_partial |= !parsed.is_whole;
        }
        options.check_table_named(report);
        options
    }

    /// Rejects columns without a table. One error covers all columns.
    fn check_table_named(&self, report: &mut Report) {
        if self.table.is_some() || self.is_partial {
            return;
        }
        let columns = [("key", &self.key), ("state", &self.state), ("version", &self.version)];
        if let Some((key, column)) = columns.into_iter().find_map(|(key, column)| Some((key, column.as_ref()?))) {
            report.at(column, format_args!("`{key}` names a column, but no table is named; add `table = \"..\"`"));
        }
    }

    /// Returns the table of the subject's rows. Its key is the column with the field's name, if the field has a name.
    fn table(&self, id: Option<&Member>, krate: &TokenStream) -> Option<TokenStream> {
        let name = self.table.as_ref()?;
        let field = if let Some(Member::Named(field)) = id { field.unraw().to_string() } else { "id".to_owned() };
        let key = self.key.as_ref().map_or(field, LitStr::value);
        let state = self.state.as_ref().map_or_else(|| "state".to_owned(), LitStr::value);
        let version = self.version.as_ref().map_or_else(
            || quote!(::core::option::Option::None),
            |version| quote!(::core::option::Option::Some(#version)),
        );
        Some(quote! {
            const TABLE: ::core::option::Option<#krate::Table> = ::core::option::Option::Some(#krate::Table {
                name: #name,
                id: #key,
                state: #state,
                version: #version,
            });
        })
    }
}

/// Returns the field that is marked `#[subject(id)]`, and the span of its type.
fn id_field(input: &DeriveInput, report: &mut Report) -> Option<(Member, Span)> {
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(data) => {
            report.at(data.enum_token, "a subject must be a struct, but this is an enum; implement `Subject` manually");
            return None;
        }
        Data::Union(data) => {
            report
                .at(data.union_token, "a subject must be a struct, but this is a union; implement `Subject` manually");
            return None;
        }
    };
    let mut marked: Option<((Member, Span), Ident)> = None;
    for (member, field) in fields.members().zip(fields) {
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("subject")) {
            let mut mark = None;
            Entries::of(attribute, &["id"], "#[subject(id)]")
                .with_elsewhere(&[
                    ("kind", "the struct"),
                    ("table", "the struct"),
                    ("key", "the struct"),
                    ("state", "the struct"),
                    ("version", "the struct"),
                    ("crate", "the struct"),
                ])
                .read(report, |key, input, _| set_flag(&mut mark, key, key.clone(), input));
            let Some(mark) = mark else { continue };
            if let Some((_, first)) = &marked {
                report.at(&mark, "a subject has only one id field, but this is a second one; unmark one of them");
                report.at(first, "the first id field is here");
                continue;
            }
            marked = Some(((member.clone(), field.ty.span()), mark));
        }
    }
    if marked.is_none() && !report.has_errors() {
        let cure = if fields.is_empty() { "add one and mark it" } else { "mark a field" };
        report
            .at(&input.ident, format_args!("`{}` has no id field; {cure} with `#[subject(id)]`", input.ident.unraw()));
    }
    marked.map(|(id, _)| id)
}
