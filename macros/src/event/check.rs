//! The rules for events: a function a rule, its reason above it.

use std::collections::HashMap;

use syn::ext::IdentExt;

use super::model::{Event, Field};
use crate::printable::unprintable;
use crate::report::Report;

/// Holds the event against every rule.
pub(super) fn event(event: &Event, report: &mut Report) {
    check_other_form(event, report);
    check_former_names(event, report);
    check_alike_properties(event, report);
    for field in event.fields() {
        check_blank_name(field, report);
        check_unprintable_name(field, report);
        check_nothing_to_redact(field, report);
        check_hidden_and_flattened(field, report);
        check_default_of_another_form(field, report);
    }
}

/// The properties are the fields, and the event's description says which they are.
fn check_other_form(event: &Event, report: &mut Report) {
    let Some((key, span)) = event.other_form else { return };
    let what = if key == "tag" { "puts a name among them" } else { "writes something else in their place" };
    report.at_span(
        span,
        format_args!("the properties of `{}` are its fields, and `{key}` {what}; leave it out", event.ident.unraw()),
    );
}

/// A name that is written twice tells nothing, and is likely to be misspelt once.
fn check_former_names(event: &Event, report: &mut Report) {
    for (index, was) in event.was.iter().enumerate() {
        let name = was.value();
        if name == event.name {
            report.at(was, format_args!("the event is recorded as `{name}` still; `was` is for former names"));
        } else if event.was[..index].iter().any(|earlier| earlier.value() == name) {
            report.at(was, format_args!("the event has the former name `{name}` already; once is enough"));
        }
    }
}

/// Of two properties under one name a record would hold one.
fn check_alike_properties(event: &Event, report: &mut Report) {
    let mut seen: HashMap<&str, &Field> = HashMap::new();
    for field in event.fields().iter().filter(|field| field.unwritten.is_none() && field.flatten.is_none()) {
        let Some(first) = seen.get(field.name.as_str()) else {
            seen.insert(&field.name, field);
            continue;
        };
        let (name, owner, first_owner) = (&field.name, field.ident.unraw(), first.ident.unraw());
        report.at_span(
            field.name_span,
            format_args!(
                "the property `{owner}` is recorded as `{name}`, and so is `{first_owner}`; name one otherwise"
            ),
        );
        report.at_span(first.name_span, format_args!("the property `{first_owner}` is recorded as `{name}` here"));
    }
}

/// Nobody could say which property it is.
fn check_blank_name(field: &Field, report: &mut Report) {
    if field.is_recorded() && field.flatten.is_none() && field.name.trim().is_empty() {
        let owner = field.ident.unraw();
        report.at_span(
            field.name_span,
            format_args!("the name of `{owner}` is empty; leave it out, or say how it is to be recorded"),
        );
    }
}

/// A catalog prints the names of the properties, each on one line.
fn check_unprintable_name(field: &Field, report: &mut Report) {
    let names = [(field.name.clone(), field.name_span), (field.read_name.clone(), field.name_span)];
    let aliases = field.aliases.iter().map(|alias| (alias.value(), alias.span()));
    let mut messages = names.into_iter().chain(aliases).filter_map(|(name, span)| {
        let message = unprintable(format_args!("the name of `{}`", field.ident.unraw()), &name)?;
        Some((span, message))
    });
    if let Some((span, message)) = messages.next() {
        report.at_span(span, message);
    }
}

/// What is in no record needs no redaction, and who marks it so believes that it is.
fn check_nothing_to_redact(field: &Field, report: &mut Report) {
    let Some(redact) = field.redact else { return };
    let owner = field.ident.unraw();
    if field.skip.is_some() {
        report.at_span(redact, format_args!("`{owner}` is skipped, so that there is nothing to redact; leave one out"));
    } else if field.unwritten.is_some() {
        report.at_span(
            redact,
            format_args!("`{owner}` is not written by serde, so that there is nothing to redact; leave one out"),
        );
    }
}

/// What is flattened has no name of its own that could be left out.
fn check_hidden_and_flattened(field: &Field, report: &mut Report) {
    let (Some(hidden), Some(_)) = (field.hidden(), field.flatten) else { return };
    let (owner, key) = (field.ident.unraw(), if field.skip.is_some() { "skip" } else { "redact" });
    let cure = if key == "skip" { "; `#[serde(skip)]` would leave it out" } else { "; leave `flatten` out" };
    report.at_span(hidden, format_args!("`{key}` finds `{owner}` by its name, and flattened it has none{cure}"));
}

/// What is read back in its place is the default of its type, in the form that its type has in JSON.
fn check_default_of_another_form(field: &Field, report: &mut Report) {
    let (Some(_), Some((with, span)), false) = (field.hidden(), field.with, field.has_serde_default) else { return };
    if field.redact.is_some() && field.unwritten.is_some() {
        return;
    }
    report.at_span(
        span,
        format_args!(
            "`{}` is not recorded, and what is read back in its place is not known because of `{with}`; add `#[serde(default)]`",
            field.ident.unraw()
        ),
    );
}
