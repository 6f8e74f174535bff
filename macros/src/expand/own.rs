//! Names as the expansion's own tokens.
//!
//! An own name keeps the place where the user wrote it, so that go-to-definition finds it. It belongs to the derive, so
//! that rustc's lints on unused or deprecated code and on the case of names do not concern it: the expansion needs no
//! `allow`, which a crate that forbids the lint would refuse. Rustc adds a line on the derive to an error that points to
//! such a name, so methods and their parameters keep the user's token.

use proc_macro2::Span;
use syn::Ident;

use crate::model::{Data, Machine};

/// Makes the names of types and variants, and of the fields that are deprecated, the expansion's own.
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

/// The name as a token of the expansion. The expansion has another edition than the user's code: a name of the user may be
/// a keyword there.
pub(crate) fn own(ident: &Ident) -> Ident {
    let (span, word) = (Span::call_site().located_at(ident.span()), ident.to_string());
    if LATER_KEYWORDS.contains(&word.as_str()) {
        return Ident::new_raw(&word, span);
    }
    let mut own = ident.clone();
    own.set_span(span);
    own
}
