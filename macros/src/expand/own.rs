//! Names as tokens of the expansion.
//!
//! Such a name keeps the location where the user wrote it, so that go-to-definition finds it. It has the hygiene of the
//! derive, so that rustc's lints on unused or deprecated code and on the case of names skip it. The expansion then needs no
//! `allow`, which a crate that forbids the lint would refuse. Rustc adds a line about the derive to an error at such a name,
//! so methods and their parameters keep the user's token.

use proc_macro2::Span;
use syn::Ident;

use crate::model::{Data, Machine};

/// Replaces the names of types, variants and deprecated fields by tokens of the expansion.
pub(super) fn names(machine: &mut Machine) {
    let to_own = |ident: &mut Ident| *ident = own(ident);
    to_own(&mut machine.ident);
    let names = &mut machine.names;
    [&mut names.machine, &mut names.any, &mut names.transition, &mut names.creation, &mut names.module]
        .into_iter()
        .for_each(to_own);
    for state in &mut machine.states {
        to_own(&mut state.ident);
        to_own(&mut state.marker);
        let fields = match &mut state.data {
            Data::Unit => continue,
            Data::Tuple(fields) => fields,
            Data::Named(ident, fields) => {
                to_own(ident);
                fields
            }
        };
        fields.iter_mut().filter(|field| field.is_deprecated).for_each(|field| to_own(&mut field.ident));
    }
    machine.transitions.iter_mut().for_each(|transition| to_own(&mut transition.camel));
}

/// The words that became keywords after edition 2015.
const LATER_KEYWORDS: [&str; 5] = ["async", "await", "dyn", "gen", "try"];

/// Returns the name as a token of the expansion. The expansion can have a newer edition than the user's crate, in which case
/// the name can be a keyword in the expansion.
pub(crate) fn own(ident: &Ident) -> Ident {
    let (span, word) = (Span::call_site().located_at(ident.span()), ident.to_string());
    if LATER_KEYWORDS.contains(&word.as_str()) {
        return Ident::new_raw(&word, span);
    }
    let mut own = ident.clone();
    own.set_span(span);
    own
}
