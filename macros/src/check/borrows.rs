//! The rule for lifetimes: a machine is not generic, so its subject and the data of its states cannot borrow.

use syn::Type;
use syn::ext::IdentExt;

use crate::model::{Borrow, Machine, first_borrow};
use crate::report::Report;

/// Without this rule, rustc would suggest a generic enum, which is an error too.
pub(super) fn check_borrows(machine: &Machine, report: &mut Report) {
    if let Some(subject) = &machine.subject {
        check_borrow("a machine must own its subject", subject, report);
    }
    for state in &machine.states {
        let owner = format!("`{}` must own its data", state.ident.unraw());
        for field in state.data.fields() {
            check_borrow(&owner, &field.ty, report);
        }
    }
}

fn check_borrow(owner: &str, ty: &Type, report: &mut Report) {
    let Some(Borrow { written, instead, is_reference, span }) = first_borrow(ty) else { return };
    let instead: Vec<String> = instead.iter().map(|ty| format!("`{ty}`")).collect();
    let instead = instead.join(" or ");
    if is_reference {
        report.at_span(span, format_args!("{owner}, but `{written}` borrows; use {instead}"));
    } else {
        report.at_span(span, format_args!("{owner}, but this type borrows for `{written}`; use {instead}"));
    }
}
