//! The rules for events: one function each, its reason above it.

use std::collections::HashMap;

use syn::ext::IdentExt;

use super::model::{Event, Field};
use crate::printable::unprintable;
use crate::report::Report;

/// Checks every rule.
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

/// The properties are the fields, and the event's description lists them.
fn check_other_form(event: &Event, report: &mut Report) {
    let Some((key, span)) = event.other_form else { return };
    let what = if key == "tag" { "adds another one" } else { "writes something else" };
    report.at_span(
        span,
        format_args!(
            "the properties of `{}` must be its fields, but `{key}` {what}; leave it out",
            event.ident.unraw()
        ),
    );
}

/// A name that is written twice has no effect, and is likely a typing error.
fn check_former_names(event: &Event, report: &mut Report) {
    for (index, was) in event.was.iter().enumerate() {
        let name = was.value();
        if name == event.name {
            report.at(was, format_args!("`{name}` is the current name of the event; `was` is for former names"));
        } else if event.was[..index].iter().any(|earlier| earlier.value() == name) {
            report.at(was, format_args!("the event already has the former name `{name}`; remove one of them"));
        }
    }
}

/// If two properties have one name, a record holds only one of them.
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
                "the property `{owner}` is recorded as `{name}`, and so is `{first_owner}`; rename one of them"
            ),
        );
        report.at_span(first.name_span, format_args!("the property `{first_owner}` is recorded as `{name}` here"));
    }
}

/// An empty name does not identify the property.
fn check_blank_name(field: &Field, report: &mut Report) {
    if field.is_recorded() && field.flatten.is_none() && field.name.trim().is_empty() {
        let owner = field.ident.unraw();
        report.at_span(
            field.name_span,
            format_args!("the name of `{owner}` is empty; leave it out, or write the recorded name"),
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

/// A field that is not recorded needs no redaction: the mark suggests that it is recorded.
fn check_nothing_to_redact(field: &Field, report: &mut Report) {
    let Some(redact) = field.redact else { return };
    let owner = field.ident.unraw();
    if field.skip.is_some() {
        report.at_span(redact, format_args!("`{owner}` is skipped, so there is nothing to redact; leave `redact` out"));
    } else if field.unwritten.is_some() {
        report.at_span(
            redact,
            format_args!("`{owner}` is not written by serde, so there is nothing to redact; leave `redact` out"),
        );
    }
}

/// A flattened field has no name in the record that could be left out.
fn check_hidden_and_flattened(field: &Field, report: &mut Report) {
    let (Some(hidden), Some(_)) = (field.hidden(), field.flatten) else { return };
    let (owner, key) = (field.ident.unraw(), if field.skip.is_some() { "skip" } else { "redact" });
    let cure = if key == "skip" { "; use `#[serde(skip)]`" } else { "; leave `flatten` out" };
    report.at_span(
        hidden,
        format_args!("`{key}` needs a property name, but the flattened field `{owner}` has none{cure}"),
    );
}

/// A skipped or redacted field is read back as the default of its type, in the JSON form of that type.
fn check_default_of_another_form(field: &Field, report: &mut Report) {
    let (Some(_), Some((with, span)), false) = (field.hidden(), field.with, field.has_serde_default) else { return };
    if field.redact.is_some() && field.unwritten.is_some() {
        return;
    }
    report.at_span(
        span,
        format_args!(
            "`{}` is not recorded, and its default is unknown because of `{with}`; add `#[serde(default)]`",
            field.ident.unraw()
        ),
    );
}
