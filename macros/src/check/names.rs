//! The rules for names: in records, and of what is generated.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::Ident;
use syn::ext::IdentExt;

use crate::model::{Data, Machine, State};
use crate::names::{METHODS, MODULES};
use crate::report::Report;

/// Records must distinguish two names; a former name counts as a name.
pub(super) fn check_recorded_names(machine: &Machine, report: &mut Report) {
    for was in machine.was.iter().filter(|was| was.value() == machine.name) {
        report
            .at(was, format_args!("`{}` is the current name of the machine; `was` is for former names", machine.name));
    }
    let states = machine.states.iter().map(|state| (&state.ident, &state.name, state.name_span, &state.was));
    collisions("state", states, report);
    let transitions = machine.transitions.iter();
    let transitions =
        transitions.map(|transition| (&transition.ident, &transition.name, transition.name_span, &transition.was));
    collisions("transition", transitions, report);
}

fn collisions<'a>(
    what: &str,
    named: impl Iterator<Item = (&'a Ident, &'a String, Span, &'a Vec<(String, Span)>)>,
    report: &mut Report,
) {
    let mut seen: HashMap<&str, (&Ident, Span)> = HashMap::new();
    for (owner, name, span, was) in named {
        let former = was.iter().map(|(name, span)| (name, *span));
        for (name, span) in std::iter::once((name, span)).chain(former) {
            let Some((first, first_span)) = seen.get(name.as_str()) else {
                seen.insert(name, (owner, span));
                continue;
            };
            let (first, owner) = (first.unraw(), owner.unraw());
            if first == owner {
                report.at_span(
                    span,
                    format_args!("the {what} `{owner}` already has the name `{name}`; `was` is for former names"),
                );
                continue;
            }
            report.at_span(
                span,
                format_args!("the {what} `{owner}` is recorded as `{name}`, and so is `{first}`; rename one of them"),
            );
            report.at_span(*first_span, format_args!("the {what} `{first}` is recorded as `{name}` here"));
        }
    }
}

/// A creation is recorded under the name `create`.
pub(super) fn check_recorded_as_create(machine: &Machine, report: &mut Report) {
    for transition in machine.transitions.iter().filter(|transition| transition.ident.unraw() != "create") {
        let names = std::iter::once((&transition.name, transition.name_span));
        let names = names.chain(transition.was.iter().map(|(name, span)| (name, *span)));
        for (_, span) in names.filter(|(name, _)| *name == "create") {
            let name = transition.ident.unraw();
            report.at_span(
                span,
                format_args!(
                    "`{name}` is recorded as `create`, and so is every creation; choose another recorded name"
                ),
            );
        }
    }
}

/// Every machine has these methods; a transition of the same name could not be called.
pub(super) fn check_reserved_method(machine: &Machine, report: &mut Report) {
    for transition in &machine.transitions {
        let name = transition.ident.unraw().to_string();
        if METHODS.contains(&name.as_str()) {
            // It cannot be recorded as `create` either.
            let record =
                if name == "create" { String::new() } else { format!(" and record it with `rename = \"{name}\"`") };
            report.at(
                &transition.ident,
                format_args!("every machine has a method `{name}`; rename the transition{record}"),
            );
        }
    }
}

/// If several states are initial, each has a creation method.
pub(super) fn check_taken_creation(machine: &Machine, report: &mut Report) {
    let mut seen: HashMap<String, &Ident> = HashMap::new();
    for creation in machine.creations() {
        let (method, state) = (creation.method.to_string(), &creation.state.ident);
        let Some(first) = seen.get(&method) else {
            seen.insert(method, state);
            continue;
        };
        let (state_name, first_name) = (state.unraw(), first.unraw());
        report.at(
            state,
            format_args!("`{method}` would create both `{first_name}` and `{state_name}`; rename one of the states"),
        );
        report.at(first, format_args!("`{method}` creates `{first_name}` here"));
    }
    for transition in &machine.transitions {
        let name = transition.ident.unraw().to_string();
        // The name `create` is reserved in every machine. Another rule reports it.
        let Some(state) = seen.get(&name).filter(|_| name != "create") else { continue };
        report.at(
            &transition.ident,
            format_args!(
                "`{name}` is the creation method of `{}`; rename the transition and record it with `rename = \"{name}\"`",
                state.unraw()
            ),
        );
    }
}

/// The generated module has items of these names next to the states.
pub(super) fn check_reserved_state(machine: &Machine, report: &mut Report) {
    for state in &machine.states {
        let name = state.ident.unraw().to_string();
        if name == "CHART" {
            report.at(
                &state.ident,
                "`CHART` is a generated constant; rename the state and record it with `#[state(rename = \"CHART\")]`",
            );
        }
        if MODULES.contains(&name.as_str()) || state.ident == machine.names.machine {
            report.at(
                &state.ident,
                format_args!(
                    "`{}::{name}` is generated; rename the state and record it with `#[state(rename = \"{name}\")]`",
                    machine.names.module
                ),
            );
        }
    }
}

/// Two variants of one name would be generated.
pub(super) fn check_alike_variants(machine: &Machine, report: &mut Report) {
    let mut seen: HashMap<String, &Ident> = HashMap::new();
    for transition in &machine.transitions {
        let camel = transition.camel.to_string();
        let Some(first) = seen.get(&camel) else {
            seen.insert(camel, &transition.ident);
            continue;
        };
        let (commands, name) = (&machine.names.transition, transition.ident.unraw());
        report.at(
            &transition.ident,
            format_args!(
                "`{name}` and `{}` would both be the variant `{camel}` of `{commands}`; rename one of them",
                first.unraw()
            ),
        );
        report.at(first, format_args!("`{}` is the variant `{camel}` of `{commands}` here", first.unraw()));
    }
}

/// Two items of one name would be generated, or one under a name that is taken.
pub(super) fn check_alike_items(machine: &Machine, report: &mut Report) {
    let names = &machine.names;
    let mut items = vec![
        (&names.machine, "the typed machine".to_owned(), "#[machine(machine = ..)]"),
        (&names.any, "the machine in any state".to_owned(), "#[machine(any = ..)]"),
        (&names.transition, "the enum of the transitions".to_owned(), "#[machine(transition = ..)]"),
        (&names.creation, "the enum of the creations".to_owned(), "#[machine(creation = ..)]"),
        (&names.module, "the module of the states".to_owned(), "#[machine(module = ..)]"),
    ];
    for state in &machine.states {
        if let Data::Named(name, _) = &state.data {
            items.push((name, format!("the data of `{}`", state.ident.unraw()), "#[state(data = ..)]"));
        }
    }
    let taken = [(machine.ident.to_string(), "the enum"), ("StateMachine".to_owned(), "the derive")];
    let mut seen: HashMap<String, String> = taken.into_iter().map(|(name, what)| (name, what.to_owned())).collect();
    for (name, what, attribute) in items {
        if let Some(first) = seen.get(&name.to_string()) {
            report.at(name, format_args!("{what} would be named `{name}`, like {first}; rename it with `{attribute}`"));
            continue;
        }
        seen.insert(name.to_string(), what);
    }
}

/// One transition has one recorded name.
pub(super) fn check_differing_rename(machine: &Machine, report: &mut Report) {
    for transition in &machine.transitions {
        let mut renames = transition.declarations.iter().filter_map(|declaration| declaration.rename.as_ref());
        let Some(first) = renames.next() else { continue };
        if let Some(other) = renames.find(|other| other.value() != first.value()) {
            let (name, first_name, other_name) = (transition.ident.unraw(), first.value(), other.value());
            report.at(
                other,
                format_args!(
                    "`{name}` is recorded as `{other_name}` here and as `{first_name}` elsewhere; use one name"
                ),
            );
            report.at(first, format_args!("`{name}` is recorded as `{first_name}` here"));
        }
    }
}

/// Only a state with named fields has a struct.
pub(super) fn check_name_of_nothing(machine: &Machine, report: &mut Report) {
    for State { ident, data, data_name, .. } in &machine.states {
        if let (Some(name), false) = (data_name, matches!(data, Data::Named(..))) {
            report.at(
                name,
                format_args!("`{}` has no named fields, so `data = {name}` has no effect; leave it out", ident.unraw()),
            );
        }
    }
}
