//! A transition as a value, which can be read from a request.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Path, Type};

use super::own::own;
use super::{docs, json, number};
use crate::model::{Data, Field, Machine};

/// The traits that the expansion implements itself, and `Default`, which is refused.
const BY_US: &[&str] = &["Debug", "Serialize", "Deserialize", "Default"];

/// The same traits, and those that a command without data always has.
const BARE: &[&str] = &["Debug", "Serialize", "Deserialize", "Default", "Clone", "Copy"];

pub(super) fn command_enum(machine: &Machine) -> TokenStream {
    let visible = machine.visible(0);
    let command = &machine.names.transition;
    let bare = (0..machine.transitions.len()).find(|index| machine.payload(*index).fields().is_empty());
    let carrying = (0..machine.transitions.len()).find(|index| !machine.payload(*index).fields().is_empty());
    let bare = bare.map(|index| format!("`\"{}\"`", machine.transitions[index].name));
    let carrying = carrying.map(|index| format!("`{{\"{}\": ..}}`", machine.transitions[index].name));
    let examples: Vec<String> = bare.into_iter().chain(carrying).collect();
    let doc = docs::doc(&format!(
        "A transition of `{}` as a value. It is read from the JSON that serde accepts for an enum, with the recorded names: {}.",
        machine.ident.unraw(),
        examples.join(", "),
    ));
    let variants = machine.transitions.iter().enumerate().map(|(index, transition)| {
        let (camel, doc, fields) =
            (&transition.camel, docs::transition(machine, index), fields(machine.payload(index)));
        quote!(#[doc = #doc] #camel #fields)
    });
    // Without data a command is only a number, so it is `Copy`.
    let copy = is_bare(machine).then(|| quote!(::core::clone::Clone, ::core::marker::Copy));
    let without = if is_bare(machine) { BARE } else { BY_US };
    let derives: Vec<_> =
        copy.into_iter().chain(machine.command_derives.passed(without).map(ToTokens::to_token_stream)).collect();
    let derives = (!derives.is_empty()).then(|| quote!(#[derive(#(#derives),*)]));
    quote! {
        #doc
        #derives
        #[allow(clippy::all, clippy::pedantic)]
        #visible enum #command {
            #(#variants),*
        }
    }
}

/// Returns whether no transition carries data.
fn is_bare(machine: &Machine) -> bool {
    !machine.transitions.is_empty()
        && (0..machine.transitions.len()).all(|index| matches!(machine.payload(index), Data::Unit))
}

/// Returns the doc of the data of a transition's variant.
pub(super) fn fields(data: &Data) -> TokenStream {
    let fields = data.fields().iter().map(|field| {
        let (name, ty) = (own(&field.ident), &field.ty);
        let instead = match data {
            Data::Named(..) => format!("`{}` of the state that it leads to.", field.ident.unraw()),
            _ => "The data of the state that it leads to.".to_owned(),
        };
        let doc = docs::doc(if field.doc.is_empty() { &instead } else { &field.doc });
        if matches!(data, Data::Named(..)) { quote!(#doc #name: #ty) } else { quote!(#doc #ty) }
    });
    match data {
        Data::Unit => TokenStream::new(),
        Data::Tuple(_) => quote!((#(#fields),*)),
        Data::Named(..) => quote!({ #(#fields),* }),
    }
}

pub(super) fn impls(machine: &Machine) -> TokenStream {
    let (ident, command) = (&machine.ident, &machine.names.transition);
    let index = if machine.transitions.is_empty() {
        quote!(match *self {})
    } else if is_bare(machine) {
        quote!(*self as ::core::primitive::usize)
    } else {
        let arms = machine.transitions.iter().enumerate().map(|(index, transition)| {
            let (camel, position) = (&transition.camel, number(index));
            quote!(Self::#camel { .. } => #position)
        });
        quote!(match self { #(#arms,)* })
    };
    let carried: Vec<_> = (0..machine.transitions.len()).filter_map(|index| into_target(machine, index)).collect();
    // The former names come last: a name's position is that of its transition.
    let names = machine.transitions.iter().map(|transition| &transition.name);
    let names =
        names.chain(machine.transitions.iter().flat_map(|transition| transition.was.iter().map(|(was, _)| was)));
    let read = read(machine);
    let write = machine.command_derives.named("Serialize").map(|path| write(machine, path));
    quote! {
        #[automatically_derived]
        impl __tollgate::Command for #command {
            type Machine = #ident;

            fn names() -> &'static [&'static ::core::primitive::str] {
                &[#(#names),*]
            }

            #[inline]
            fn index(&self) -> ::core::primitive::usize {
                #index
            }

            #[inline]
            fn into_target(self, __to: ::core::primitive::usize) -> ::core::option::Option<#ident> {
                match self {
                    #(#carried,)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #command {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __tollgate::debug_command(self, __formatter)
            }
        }

        #read
        #write
    }
}

/// Returns the state with the data that the transition carries.
fn into_target(machine: &Machine, index: usize) -> Option<TokenStream> {
    let data = machine.payload(index);
    if data.fields().is_empty() {
        return None;
    }
    let command = &machine.names.transition;
    let pattern = data.constructed(command, &machine.transitions[index].camel);
    let mut targets: Vec<usize> = machine.edges.of(index).filter(|edge| !edge.stays).map(|edge| edge.to).collect();
    targets.sort_unstable();
    targets.dedup();
    // The targets are alike: the same fields under the same names.
    let reached = |to: usize| data.constructed(&machine.ident, &machine.states[to].ident);
    let last = reached(targets.pop()?);
    if targets.is_empty() {
        return Some(quote!(#pattern => ::core::option::Option::Some(#last)));
    }
    let arms = targets.into_iter().map(|to| {
        let (position, value) = (number(to), reached(to));
        quote!(#position => #value)
    });
    Some(quote!(#pattern => ::core::option::Option::Some(match __to { #(#arms,)* _ => #last })))
}

/// `Deserialize`, if every type that a transition takes implements it.
fn read(machine: &Machine) -> TokenStream {
    let command = &machine.names.transition;
    let payloads = || (0..machine.transitions.len()).map(|index| (index, machine.payload(index)));
    let (bounds, form) = (bounds(payloads().map(|(_, payload)| payload)), form(payloads()));
    let found = found(machine);
    quote! {
        #[automatically_derived]
        impl<'de> __tollgate::json::Read<'de> for #command
        where
            #bounds
        {
            fn form(__index: ::core::primitive::usize) -> __tollgate::json::DataForm {
                #form
            }

            fn read(
                __index: ::core::primitive::usize,
                __payload: __tollgate::json::StateJson,
            ) -> ::core::result::Result<Self, __tollgate::serde_json::Error> {
                #found
            }
        }

        #[automatically_derived]
        impl<'de> __tollgate::serde::Deserialize<'de> for #command
        where
            #bounds
        {
            fn deserialize<D>(__deserializer: D) -> ::core::result::Result<Self, D::Error>
            where
                D: __tollgate::serde::Deserializer<'de>,
            {
                __tollgate::json::read_command(__deserializer)
            }
        }
    }
}

/// Returns the bounds that are required to read these payloads, each once.
pub(super) fn bounds<'a>(payloads: impl Iterator<Item = &'a Data>) -> TokenStream {
    let mut bounds: Vec<(String, TokenStream)> = Vec::new();
    let fields = payloads.flat_map(Data::fields).filter(|field| json::is_read_by_type(field, json::Source::Command));
    for field in fields {
        let ty = &field.ty;
        let text = quote!(#ty).to_string();
        if !bounds.iter().any(|(known, _)| *known == text) {
            let ty = before_a_bound(ty);
            bounds.push((text, quote!(#ty: __tollgate::serde::Deserialize<'de>)));
        }
    }
    let bounds = bounds.into_iter().map(|(_, bound)| bound);
    quote!(#(#bounds),*)
}

/// Returns the type as it is written in front of a bound. Rustc would parse `fn(u8): Bound` and `for<'a> fn(&'a u8): Bound`
/// differently, and a lint reports parentheses.
fn before_a_bound(ty: &Type) -> TokenStream {
    match ty {
        Type::Path(_) | Type::Tuple(_) | Type::Array(_) => ty.to_token_stream(),
        _ => quote!(__tollgate::TypeOf<#ty>),
    }
}

/// Returns the form of the payload at `__index`.
pub(super) fn form<'a>(payloads: impl Iterator<Item = (usize, &'a Data)>) -> TokenStream {
    let nothing = quote!(__tollgate::json::DataForm::Nothing);
    let arms = payloads.filter_map(|(index, payload)| {
        let position = number(index);
        let form = match payload {
            data if data.fields().is_empty() => return None,
            Data::Named(_, fields) => {
                let names = fields.iter().map(|field| &field.name);
                let optional = fields.iter().filter(|field| may_be_absent(field)).map(|field| &field.name);
                quote!(Fields(&[#(#names),*], &[#(#optional),*]))
            }
            Data::Tuple(fields) if fields.len() > 1 => {
                let count = number(fields.len());
                quote!(List(#count))
            }
            Data::Tuple(_) | Data::Unit => quote!(Value),
        };
        Some(quote!(#position => __tollgate::json::DataForm::#form))
    });
    let arms: Vec<_> = arms.collect();
    if arms.is_empty() {
        return nothing;
    }
    quote! {
        match __index {
            #(#arms,)*
            _ => #nothing,
        }
    }
}

/// Returns whether the field may be absent. An absent `Option` is `None`, as in serde; the type is recognized by its name.
fn may_be_absent(field: &Field) -> bool {
    let is_option = match &field.ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Option"),
        _ => false,
    };
    field.default.is_some() || is_option && field.read_by.is_none()
}

/// `Serialize`, in the form that `Deserialize` reads. The code uses the user's path of the trait, so that a wrong path is an
/// error.
fn write(machine: &Machine, path: &Path) -> TokenStream {
    let command = &machine.names.transition;
    let carrying = |index: &usize| !machine.payload(*index).fields().is_empty();
    let carrying: Vec<usize> = (0..machine.transitions.len()).filter(carrying).collect();
    let functions: TokenStream = carrying.iter().map(|index| json::writers(machine.payload(*index), *index)).collect();
    let arms = carrying.iter().map(|index| {
        let data = machine.payload(*index);
        let pattern = data.constructed(command, &machine.transitions[*index].camel);
        let json = json::commanded(data, *index);
        quote!(#pattern => #json)
    });
    let none = quote!(::core::result::Result::Ok(::core::option::Option::None));
    let rest = (carrying.len() < machine.transitions.len()).then(|| quote!(_ => #none,));
    let result = json::recorded_result();
    let body = if carrying.is_empty() {
        quote!(__tollgate::json::write_command(self, #none, __serializer))
    } else {
        quote! {
            fn __data(__command: &#command) -> #result {
                #functions
                match __command {
                    #(#arms,)*
                    #rest
                }
            }
            __tollgate::json::write_command(self, __data(self), __serializer)
        }
    };
    quote! {
        #[automatically_derived]
        impl #path for #command {
            fn serialize<__S>(&self, __serializer: __S) -> ::core::result::Result<__S::Ok, __S::Error>
            where
                __S: __tollgate::serde::Serializer,
            {
                #body
            }
        }
    }
}

/// Returns the command at `__index`, with the data of `__payload`.
fn found(machine: &Machine) -> TokenStream {
    let command = &machine.names.transition;
    if is_bare(machine) {
        let variants = machine.transitions.iter().map(|transition| &transition.camel);
        return quote!(__tollgate::json::nth(&[#(Self::#variants),*], __index));
    }
    let arms = machine.transitions.iter().enumerate().map(|(index, transition)| {
        let (position, data) = (number(index), machine.payload(index));
        let value = data.constructed(command, &transition.camel);
        if data.fields().is_empty() {
            return quote!(#position => ::core::result::Result::Ok(#value));
        }
        let bind = json::bind(data, json::Source::Command);
        quote!(#position => { #bind ::core::result::Result::Ok(#value) })
    });
    quote! {
        match __index {
            #(#arms,)*
            _ => ::core::result::Result::Err(__tollgate::json::no_such_transition()),
        }
    }
}
