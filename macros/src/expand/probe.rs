//! The probe for methods of the subject that have the name of a transition. A machine derefs to its subject, so such a
//! method would be called in each state that the transition does not leave.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{GenericArgument, PathArguments, Type};

use super::own::own;
use crate::model::Machine;

/// The pointers of the standard library through which a method call reaches the value.
const POINTERS: &[&str] = &["Arc", "Box", "Cow", "Rc"];

/// Traits of the prelude have these methods for references too. A call would be ambiguous on a subject without them.
const OF_REFERENCES: &[&str] = &["clone", "into", "to_owned", "try_into"];

/// Calls a method of each transition's name on a reference to the subject. Rustc first finds a method of the subject that
/// takes `&self`. Without such a method, the call finds the trait's method on the reference, and only that one returns a
/// `NotAMethod`. The search ends there, before methods that take `&mut self` or `self`.
pub(super) fn probe(machine: &Machine) -> Option<TokenStream> {
    let subject = machine.subject.as_ref()?;
    let names = machine.transitions.iter().map(|transition| &transition.ident);
    let names: Vec<_> = names.filter(|name| !OF_REFERENCES.contains(&name.unraw().to_string().as_str())).collect();
    if names.is_empty() {
        return None;
    }
    // In the error for an illegal transition, rustc suggests implementing a trait that has the method. It does not suggest a
    // trait whose receiver is written with its type.
    let methods = names.iter().map(|name| {
        let name = own(name);
        quote!(fn #name(self: &Self) -> __tollgate::NotAMethod { __tollgate::NotAMethod })
    });
    let subjects = behind(subject);
    let probes = subjects.iter().map(|subject| {
        let calls = names.iter().map(|name| {
            let span = Span::call_site().located_at(name.span());
            let name = own(name);
            quote_spanned!(span=> __tollgate::not_a_method(__subject, __subject.#name());)
        });
        let subject = if matches!(subject, Type::TraitObject(_)) { quote!((#subject)) } else { quote!(#subject) };
        quote! {
            impl __SubjectProbe for &#subject {}
            let _ = |__subject: &#subject| { #(#calls)* };
        }
    });
    Some(quote! {
        trait __SubjectProbe {
            #(#methods)*
        }
        #(#probes)*
    })
}

/// Returns the subject, and the value behind it if it is a pointer.
fn behind(subject: &Type) -> Vec<&Type> {
    let mut types = vec![bare(subject)];
    while let Some(next) = types.last().and_then(|ty| pointee(ty)) {
        types.push(bare(next));
    }
    types
}

/// Returns the type without enclosing parentheses, and without the invisible group of a macro.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => bare(&inner.elem),
        Type::Group(inner) => bare(&inner.elem),
        _ => ty,
    }
}

fn pointee(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Reference(reference) => Some(&reference.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            let is_pointer = POINTERS.contains(&last.ident.to_string().as_str());
            let mut types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            is_pointer.then(|| types.next()).flatten()
        }
        _ => None,
    }
}
