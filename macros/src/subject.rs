//! `#[derive(Subject)]`: a struct named by one of its fields.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Ident, LitStr, Member, Path};

use crate::report::Report;
use crate::syntax::entries::{Entries, flag, name, once};
use crate::syntax::krate;

#[derive(Default)]
struct Options {
    kind: Option<LitStr>,
    krate: Option<Path>,
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut report = Report::default();
    let options = Options::read(&input, &mut report);
    let id = id_field(&input, &mut report);
    let mut output = report.into_compile_errors();
    let krate = options.krate.map_or_else(|| quote!(::tollgate), |path| quote!(#path));
    let kind = options.kind.map_or_else(|| input.ident.unraw().to_string(), |kind| kind.value());
    let ident = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    // After a mistake there is still an id, so that the machine has no second error.
    let id = id.map_or_else(
        || quote!(#krate::Id::from("")),
        // A type that names nothing is told where it stands.
        |(id, span)| quote_spanned!(Span::call_site().located_at(span)=> ::core::convert::Into::into(&self.#id)),
    );
    output.extend(quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Subject for #ident #type_generics #where_clause {
            const KIND: &'static ::core::primitive::str = #kind;

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
            Entries::of(attribute, &["kind", "crate"], "#[subject(kind = \"..\")]")
                .with_elsewhere(&[("id", "the field that names the subject")])
                .read(report, |key, input, report| {
                    if key == "kind" {
                        once(&mut options.kind, key, name(key, input, report)?)
                    } else {
                        once(&mut options.krate, key, krate(key, input, report)?)
                    }
                });
        }
        options
    }
}

/// The field that is marked `#[subject(id)]`, and where its type is.
fn id_field(input: &DeriveInput, report: &mut Report) -> Option<(Member, Span)> {
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(data) => {
            report.at(data.enum_token, "a subject is a struct with a field that names it, and this is an enum");
            return None;
        }
        Data::Union(data) => {
            report.at(data.union_token, "a subject is a struct with a field that names it, and this is a union");
            return None;
        }
    };
    let mut marked: Option<((Member, Span), Ident)> = None;
    for (member, field) in fields.members().zip(fields) {
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("subject")) {
            let mut mark = None;
            Entries::of(attribute, &["id"], "#[subject(id)]")
                .with_elsewhere(&[("kind", "the struct"), ("crate", "the struct")])
                .read(report, |key, input, _| flag(&mut mark, key, key.clone(), input));
            let Some(mark) = mark else { continue };
            if let Some((_, first)) = &marked {
                report.at(&mark, "a subject is named by one field, and this is the second that is marked `id`");
                report.at(first, "the first field that is marked `id` is here");
                continue;
            }
            marked = Some(((member.clone(), field.ty.span()), mark));
        }
    }
    if marked.is_none() && !report.has_errors() {
        let cure = if fields.is_empty() { "give it one and mark that" } else { "mark the one that does" };
        report.at(&input.ident, format_args!("no field names `{}`; {cure} with `#[subject(id)]`", input.ident.unraw()));
    }
    marked.map(|(id, _)| id)
}
