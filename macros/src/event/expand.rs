//! The implementation of `Event`. It cannot fail.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::model::{Event, Field};
use crate::expand::own::own;

pub(super) fn event(event: &Event) -> TokenStream {
    let Event { krate, name, doc, .. } = event;
    let ident = own(&event.ident);
    let (impl_generics, type_generics, _) = event.generics.split_for_impl();
    let bounds = bounds(event);
    let properties = event.fields().iter().filter(|field| field.is_recorded()).map(property);
    let mark = |required: bool| if required { quote!(__tollgate::NotGiven) } else { quote!(__tollgate::NotRequired) };
    let (actor, reason) = (mark(event.actor), mark(event.reason));
    let requires = [(event.actor, quote!(Actor)), (event.reason, quote!(Reason))];
    let requires = requires.into_iter().filter(|(is_required, _)| *is_required).map(|(_, requirement)| requirement);
    let was = (!event.was.is_empty()).then(|| {
        let was = &event.was;
        quote!(.was(&[#(#was),*]))
    });
    let (written, stored, unredacted) = (written(event), stored(event), unredacted(event));
    quote! {
        #[allow(clippy::all, clippy::pedantic)]
        const _: () = {
            use #krate::__private as __tollgate;

            #[automatically_derived]
            impl #impl_generics __tollgate::Event for #ident #type_generics #bounds {
                const TYPE: &'static __tollgate::EventType = &__tollgate::EventType::new(
                    #name,
                    #doc,
                    &[#(__tollgate::chart::Requirement::#requires),*],
                    &[#(#properties),*],
                ) #was;
                type ActorRequirement = #actor;
                type ReasonRequirement = #reason;

                #written

                #stored

                #unredacted
            }
        };
    }
}

/// Returns the bounds. Only a generic struct has bounds, and `check` has rejected it.
fn bounds(event: &Event) -> TokenStream {
    if event.generics.params.is_empty() {
        return TokenStream::new();
    }
    let predicates = event.generics.where_clause.iter().flat_map(|bounds| &bounds.predicates);
    quote!(where Self: 'static, #(#predicates),*)
}

fn property(field: &Field) -> TokenStream {
    let (name, doc) = (&field.name, &field.doc);
    let redacted = field.redact.map(|_| quote!(.redacted()));
    let flattened = field.flatten.map(|_| quote!(.flattened()));
    quote!(__tollgate::Property::new(#name, #doc) #redacted #flattened)
}

/// Writes the properties.
fn written(event: &Event) -> TokenStream {
    let names = |is_marked: fn(&Field) -> bool| {
        let names = event.fields().iter().filter(|field| is_marked(field)).map(|field| &field.name);
        quote!(&[#(#names),*])
    };
    let skipped = names(|field| field.skip.is_some() && field.unwritten.is_none());
    let redacted = names(|field| field.redact.is_some());
    let is_flattened = |field: &Field| field.flatten.is_some() && field.unwritten.is_none();
    let has_hidden = event.fields().iter().any(|field| field.hidden().is_some());
    let declared = if has_hidden && !event.fields().iter().any(is_flattened) {
        quote!(::core::option::Option::Some(<Self as __tollgate::Event>::TYPE))
    } else {
        quote!(::core::option::Option::None)
    };
    // An error points at the struct's name if the struct cannot be serialized.
    let span = Span::call_site().located_at(event.ident.span());
    let written = if event.is_unsupported {
        quote!(::core::result::Result::Ok(::core::option::Option::None))
    } else {
        quote_spanned!(span=> __tollgate::properties(self, #skipped, #redacted, #declared))
    };
    quote! {
        fn __properties(
            &self,
        ) -> ::core::result::Result<
            ::core::option::Option<__tollgate::serde_json::Value>,
            __tollgate::ValueError,
        > {
            #written
        }
    }
}

/// Reads the event from a record.
fn stored(event: &Event) -> TokenStream {
    let hidden: Vec<TokenStream> =
        if event.is_unsupported { Vec::new() } else { event.fields().iter().filter_map(instead).collect() };
    let stored = match &event.fields {
        None => quote!(::std::borrow::Cow::Owned(__tollgate::serde_json::Value::Null)),
        Some(_) if hidden.is_empty() => quote!(__tollgate::stored_properties(__properties)),
        Some(_) => quote! {{
            use __tollgate::NullProperty as _;
            let mut __stored = __tollgate::stored_properties(__properties);
            #(#hidden)*
            __stored
        }},
    };
    quote! {
        fn __stored(
            __properties: ::core::option::Option<&__tollgate::serde_json::Value>,
        ) -> ::core::result::Result<::std::borrow::Cow<'_, __tollgate::serde_json::Value>, __tollgate::serde_json::Error>
        {
            ::core::result::Result::Ok(#stored)
        }
    }
}

/// Returns the value of a field that is not recorded.
fn instead(field: &Field) -> Option<TokenStream> {
    field.hidden()?;
    let (name, ty) = (&field.read_name, &field.ty);
    let instead = if field.has_serde_default {
        quote!(::core::option::Option::None)
    } else {
        quote!(::core::option::Option::Some(__tollgate::default_property::<#ty>().json()?))
    };
    Some(quote!(__tollgate::replace_property(&mut __stored, #name, #instead);))
}

/// Returns a match arm for each property that an adaptor may have redacted and whose type can be read: its default.
fn unredacted(event: &Event) -> Option<TokenStream> {
    let mut arms: Vec<(String, &Field, Vec<TokenStream>)> = Vec::new();
    for field in event.fields().iter().filter(|field| has_default_of_type(field)) {
        let ty = field.ty.to_token_stream().to_string();
        let aliases = field.aliases.iter().map(ToTokens::to_token_stream);
        let names = std::iter::once(field.read_name.to_token_stream()).chain(aliases);
        match arms.iter_mut().find(|(known, ..)| *known == ty) {
            Some((.., known)) => known.extend(names),
            None => arms.push((ty, field, names.collect())),
        }
    }
    if arms.is_empty() || event.is_unsupported {
        return None;
    }
    let arms =
        arms.iter().map(|(_, Field { ty, .. }, names)| quote!(#(#names)|* => __tollgate::default_json::<#ty>().get(),));
    Some(quote! {
        fn __unredacted(
            __name: &::core::primitive::str,
        ) -> ::core::option::Option<__tollgate::serde_json::Value> {
            use __tollgate::NoDefaultJson as _;
            match __name {
                #(#arms)*
                _ => ::core::option::Option::None,
            }
        }
    })
}

/// Returns whether the default of its type replaces a value that does not fit. serde's own default has precedence.
fn has_default_of_type(field: &Field) -> bool {
    field.is_recorded()
        && field.redact.is_none()
        && field.flatten.is_none()
        && field.with.is_none()
        && !field.has_serde_default
}
