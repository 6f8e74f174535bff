//! The rules for the fields of a state: their marks, their names, and the attributes of serde that are not honoured.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::Ident;
use syn::ext::IdentExt;

use crate::model::{Data, Destination, Field, Machine, State};
use crate::printable::unprintable;
use crate::report::{Report, did_you_mean, listed};
use crate::syntax::serde::SerdeKey;

/// The keys of serde that records and commands honour on a named field.
const HONOURED: &[&str] = &["skip", "skip_serializing", "rename", "default", "alias"];

/// The keys by which a field has another form than its type.
const OTHER_FORMS: &[&str] = &["with", "serialize_with", "deserialize_with", "getter"];

/// Other keys that serde knows on a field.
const OTHERS: &[&str] = &["skip_serializing_if", "skip_deserializing", "flatten", "borrow", "bound"];

/// Keys on a variant that do not concern its data.
const OF_VARIANT_NAME: &[&str] = &["rename", "alias", "bound", "borrow"];

/// Checks the fields of every state.
pub(super) fn check_fields(machine: &Machine, report: &mut Report) {
    for (index, state) in machine.states.iter().enumerate() {
        check_marks(state, report);
        check_blank_names(state, report);
        check_unprintable_names(state, report);
        check_alike_names(state, report);
        check_two_names(state, report);
        let Some(purpose) = purpose_of(machine, index) else { continue };
        for field in state.data.fields() {
            check_unhonoured(purpose, state, field, report);
        }
        check_unhonoured_on_variant(purpose, state, report);
    }
    check_unhonoured_on_enum(machine, report);
    check_differing_forms(machine, report);
}

/// The purpose for which the data of a state is written or read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Records, and commands if a transition leads to the state.
    Records,
    /// Commands alone, which are read.
    Commands,
    /// Commands alone, which are read and written.
    WrittenCommands,
}

impl Purpose {
    fn words(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Commands | Self::WrittenCommands => "commands",
        }
    }
}

fn purpose_of(machine: &Machine, state: usize) -> Option<Purpose> {
    if machine.states[state].record.is_some() {
        return Some(Purpose::Records);
    }
    let commands = if machine.writes_commands() { Purpose::WrittenCommands } else { Purpose::Commands };
    machine.is_carried(state).then_some(commands)
}

/// A mark decides how a record holds a field. It needs a record, a name that can be left out, and no second mark.
fn check_marks(state: &State, report: &mut Report) {
    let is_named = matches!(state.data, Data::Named(..));
    let name = state.ident.unraw();
    for field in state.data.fields() {
        let marks = [(field.skip, "skip", "skipped"), (field.redact, "redact", "redacted")];
        for (span, mark, marked) in marks.into_iter().filter_map(|(span, mark, marked)| Some((span?, mark, marked))) {
            if !is_named {
                report.at_span(span, format_args!("only a named field can be {marked}; write `{name} {{ name: .. }}`"));
            } else if state.record.is_none() {
                report.at_span(
                    span,
                    format_args!(
                        "`{name}` is not recorded; leave `{mark}` out, or mark the variant with `#[state(record)]`"
                    ),
                );
            }
        }
        if let (Some(_), Some(redact), true, Some(_)) = (field.skip, field.redact, is_named, state.record) {
            let owner = field.ident.unraw();
            report.at_span(
                redact,
                format_args!("`{owner}` is skipped, so there is nothing to redact; leave `redact` out"),
            );
        }
    }
}

/// An empty key in a record does not identify the field.
fn check_blank_names(state: &State, report: &mut Report) {
    for field in state.data.fields().iter().filter(|field| field.name.trim().is_empty()) {
        let owner = field.ident.unraw();
        report.at_span(
            field.name_span,
            format_args!("the name of `{owner}` is empty; leave `rename` out, or write a name"),
        );
    }
}

/// A record's names are printed on one line.
fn check_unprintable_names(state: &State, report: &mut Report) {
    for field in state.data.fields() {
        let aliases = field.aliases.iter().map(|alias| (alias.value(), alias.span()));
        for (name, span) in std::iter::once((field.name.clone(), field.name_span)).chain(aliases) {
            if let Some(message) = unprintable(format_args!("the name of `{}`", field.ident.unraw()), &name) {
                report.at_span(span, message);
            }
        }
    }
}

/// If two fields have one name, a record holds only one of them, and a command carries only one.
fn check_alike_names(state: &State, report: &mut Report) {
    let verb = if state.record.is_some() { "is recorded as" } else { "is read as" };
    let mut seen: HashMap<String, (&Ident, Span)> = HashMap::new();
    for field in state.data.fields() {
        let own = (field.name.clone(), field.name_span, verb);
        let aliases = field.aliases.iter().map(|alias| (alias.value(), alias.span(), "is read as"));
        for (name, span, verb) in std::iter::once(own).chain(aliases) {
            let Some(&(first, first_span)) = seen.get(&name) else {
                seen.insert(name, (&field.ident, span));
                continue;
            };
            if *first == field.ident {
                continue;
            }
            let (owner, first) = (field.ident.unraw(), first.unraw());
            report.at_span(
                span,
                format_args!("the field `{owner}` {verb} `{name}`, and so is `{first}`; rename one of them"),
            );
            report.at_span(first_span, format_args!("the field `{first}` has the name `{name}` here"));
        }
    }
}

/// A record is read back under the name under which it was written.
fn check_two_names(state: &State, report: &mut Report) {
    for field in state.data.fields().iter().filter(|field| state.record.is_some() && !field.is_skipped()) {
        let Some(names) = &field.two_names else { continue };
        let (owner, written, read) = (field.ident.unraw(), &names.written, &names.read);
        report.at_span(
            names.span,
            format_args!(
                "`{owner}` is written as `{written}` and read as `{read}`; use one name, and an `alias` for the other"
            ),
        );
    }
}

/// If an attribute were ignored, the log would hold a value that the attribute seems to keep out.
fn check_unhonoured(purpose: Purpose, state: &State, field: &Field, report: &mut Report) {
    if !matches!(state.data, Data::Named(..)) {
        return check_unhonoured_on_unnamed(purpose, state, field, report);
    }
    let purposes = purpose.words();
    let (owner, variant) = (field.ident.unraw(), state.ident.unraw());
    for key in &field.keys {
        let word = key.word.as_str();
        let is_known = HONOURED.contains(&word) || OTHER_FORMS.contains(&word) || OTHERS.contains(&word);
        let is_harmless = match purpose {
            // A hidden value has no form in the record.
            Purpose::Records => HONOURED.contains(&word) || is_known && field.is_hidden(),
            // Commands read a field by its `deserialize_with`, and write it by its `serialize_with`.
            Purpose::Commands | Purpose::WrittenCommands => {
                is_known && word != "flatten" && word != "skip_deserializing"
            }
        };
        if is_harmless {
            continue;
        }
        let way_out = if OTHER_FORMS.contains(&word) {
            "use a newtype with that serde form, or `#[state(skip)]`".to_owned()
        } else if is_known && purpose == Purpose::Records {
            format!("let `{variant}` hold one struct with that serde form, or use `#[state(skip)]`")
        } else if is_known {
            format!("let `{variant}` hold one struct with that serde form")
        } else {
            instead_of_unknown(word)
        };
        report.at_span(key.span, format_args!("{purposes} do not honour `{word}` on `{owner}`; {way_out}"));
    }
}

/// No attribute of serde is honoured on an unnamed field: its position cannot be left out or renamed.
fn check_unhonoured_on_unnamed(purpose: Purpose, state: &State, field: &Field, report: &mut Report) {
    let reads = ["with", "deserialize_with", "skip", "skip_deserializing", "default", "flatten"];
    let is_refused = |key: &&SerdeKey| match purpose {
        Purpose::Records => true,
        Purpose::Commands => reads.contains(&key.word.as_str()),
        Purpose::WrittenCommands => reads.contains(&key.word.as_str()) || key.word == "serialize_with",
    };
    let (purposes, variant) = (purpose.words(), state.ident.unraw());
    for key in field.keys.iter().filter(is_refused) {
        let way_out = if HONOURED.contains(&key.word.as_str()) {
            format!("write `{variant} {{ name: .. }}`")
        } else {
            "use a newtype with that serde form".to_owned()
        };
        report
            .at_span(key.span, format_args!("{purposes} do not honour `{}` on an unnamed field; {way_out}", key.word));
    }
}

/// Applies the same rule to an attribute on a variant.
fn check_unhonoured_on_variant(purpose: Purpose, state: &State, report: &mut Report) {
    let is_refused = |key: &&SerdeKey| match purpose {
        Purpose::Records => !OF_VARIANT_NAME.contains(&key.word.as_str()),
        Purpose::Commands => ["rename_all", "with", "deserialize_with"].contains(&key.word.as_str()),
        Purpose::WrittenCommands => {
            ["rename_all", "with", "deserialize_with", "serialize_with"].contains(&key.word.as_str())
        }
    };
    let variant = state.ident.unraw();
    for key in state.keys.iter().filter(is_refused).filter(|_| !state.data.fields().is_empty()) {
        let way_out = match key.word.as_str() {
            "rename_all" => RENAME_EACH,
            "with" | "serialize_with" | "deserialize_with" => "use one field of a type with that serde form",
            "skip" | "skip_serializing" => "leave `record` out, or use another enum for that serde form",
            _ => "use another enum for that serde form",
        };
        report.at_span(
            key.span,
            format_args!("{} do not honour `{}` on `{variant}`; {way_out}", purpose.words(), key.word),
        );
    }
}

const RENAME_EACH: &str = "name each field with `#[serde(rename = \"..\")]`";

/// Applies the same rule to an attribute on the enum.
fn check_unhonoured_on_enum(machine: &Machine, report: &mut Report) {
    let purpose_of = |(index, state): (usize, &State)| {
        matches!(state.data, Data::Named(..)).then(|| purpose_of(machine, index)).flatten()
    };
    let purposes: Vec<Purpose> = machine.states.iter().enumerate().filter_map(purpose_of).collect();
    let Some(purpose) = purposes.iter().find(|purpose| **purpose == Purpose::Records).or(purposes.first()) else {
        return;
    };
    for key in machine.keys.iter().filter(|key| key.word == "rename_all_fields") {
        report.at_span(key.span, format_args!("{} do not honour `rename_all_fields`; {RENAME_EACH}", purpose.words()));
    }
}

fn instead_of_unknown(word: &str) -> String {
    match did_you_mean(word, HONOURED.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the keys are {}", listed(HONOURED.iter().copied())),
    }
}

/// One command carries the data for every target of a transition, so every target must read it alike.
fn check_differing_forms(machine: &Machine, report: &mut Report) {
    let is_written = machine.writes_commands();
    for (index, transition) in machine.transitions.iter().enumerate() {
        let payload = machine.payload(index);
        let mut targets = transition.declarations.iter().filter_map(|declaration| match &declaration.to {
            Destination::State(target, ident) => Some((&machine.states[*target].data, ident)),
            Destination::Stays | Destination::Unknown(_) => None,
        });
        let Some((_, first)) = targets.next() else { continue };
        let differing = targets.filter(|(data, _)| data.is_like(payload)).find_map(|(data, ident)| {
            let mut fields = data.fields().iter().zip(payload.fields());
            fields
                .find(|(field, other)| field.form(is_written) != other.form(is_written))
                .map(|(field, _)| (field, ident))
        });
        if let Some((field, other)) = differing {
            let (name, owner) = (transition.ident.unraw(), field.ident.unraw());
            let (other_name, first_name) = (other.unraw(), first.unraw());
            report.at(
                other,
                format_args!(
                    "`{name}` reads `{owner}` differently for `{other_name}` and `{first_name}`; use the same serde attributes"
                ),
            );
            report.at(first, format_args!("`{name}` leads to `{first_name}` here"));
        }
    }
}
