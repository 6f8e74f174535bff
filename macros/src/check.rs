//! The rules: what a machine must not mean, a function a rule, its reason above it. Only here is a meaning
//! refused.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::Ident;
use syn::ext::IdentExt;

use crate::model::{Machine, To, path_text};
use crate::names::{METHODS, MODULES};
use crate::report::{Report, hint, listed};

/// Holds the machine against every rule.
pub(crate) fn machine(machine: &Machine, report: &mut Report) {
    check_unknown_state(machine, report);
    check_nameless_stay(machine, report);
    check_repeated_edge(machine, report);
    check_no_initial(machine, report);
    check_way_out_of_terminal(machine, report);
    check_recorded_names(machine, report);
    check_reserved_method(machine, report);
    check_reserved_state(machine, report);
    check_generated_names(machine, report);
    check_differing_data(machine, report);
    check_differing_requirements(machine, report);
    check_differing_rename(machine, report);
    check_guard_twice(machine, report);
    check_record_without_data(machine, report);
    // What is reached and left can only be told where every edge is known.
    if machine.unknown.is_empty() && !machine.is_partial && machine.states.iter().any(|state| state.initial) {
        check_unreachable(machine, report);
        check_dead_end(machine, report);
    }
}

/// A name that is not a state's is a typing error, or a state that was renamed.
fn check_unknown_state(machine: &Machine, report: &mut Report) {
    let names: Vec<String> = machine.states.iter().map(|state| state.ident.unraw().to_string()).collect();
    for unknown in &machine.unknown {
        let (transition, state) = (unknown.transition.unraw(), unknown.state.unraw());
        let verb = if unknown.is_source { "leaves" } else { "leads to" };
        let hint = hint(&state.to_string(), "the states", names.iter().map(String::as_str));
        report.at(&unknown.state, format_args!("`{transition}` {verb} `{state}`, which is not a state{hint}"));
    }
}

/// `to_..` names a transition after its target, and one that stays has none.
fn check_nameless_stay(machine: &Machine, report: &mut Report) {
    for span in &machine.nameless {
        report.at_span(*span, "a transition that stays needs a name: `#[transition(comment, from = .., to = _)]`");
    }
}

/// Two edges of one name from one state: a call could mean either.
fn check_repeated_edge(machine: &Machine, report: &mut Report) {
    for repeated in &machine.repeated {
        let (first, again) = (&machine.edges[repeated.first], &repeated.again);
        let transition = machine.transitions[again.transition].ident.unraw();
        let from = machine.states[again.from].ident.unraw();
        if again.is_wildcard {
            // Two wildcards of one name meet in every state: one error, not one for each.
            let is_first = machine.repeated.iter().find(|other| {
                other.again.is_wildcard
                    && other.again.transition == again.transition
                    && other.again.declaration == again.declaration
            });
            if is_first.is_some_and(|other| std::ptr::eq(other, repeated)) {
                report.at(
                    &again.from_ident,
                    format_args!("`{transition}` leaves every state twice: it is declared with `from = _` before"),
                );
                report.at(&first.from_ident, format_args!("`{transition}` is first declared with `from = _` here"));
            }
            continue;
        }
        report.at(&again.from_ident, format_args!("`{transition}` leaves `{from}` twice"));
        report.at(&first.from_ident, format_args!("`{transition}` leaves `{from}` here first"));
    }
}

/// Without an initial state no subject can ever be created.
fn check_no_initial(machine: &Machine, report: &mut Report) {
    if machine.is_partial || machine.states.iter().any(|state| state.initial) {
        return;
    }
    report.at(
        &machine.ident,
        format_args!(
            "no state of `{}` is initial; mark the one in which a subject is created with `#[state(initial)]`",
            machine.ident.unraw()
        ),
    );
}

/// Terminal is a promise that nothing follows. An action that stays follows nothing.
fn check_way_out_of_terminal(machine: &Machine, report: &mut Report) {
    for edge in &machine.edges {
        let (from, transition) = (&machine.states[edge.from], &machine.transitions[edge.transition].ident);
        if let (Some(terminal), false) = (from.terminal, edge.stays) {
            let (state, transition) = (from.ident.unraw(), transition.unraw());
            report.at(&edge.from_ident, format_args!("`{transition}` leaves `{state}`, which is terminal"));
            report.at_span(terminal, format_args!("`{state}` is marked terminal here"));
        }
    }
}

/// Two names that records cannot tell apart; a former name counts as a name.
fn check_recorded_names(machine: &Machine, report: &mut Report) {
    let states = machine.states.iter().flat_map(|state| {
        let name = std::iter::once((state.name.clone(), state.name_span));
        name.chain(state.was.clone()).map(|(name, span)| (name, span, state.ident.unraw().to_string()))
    });
    collisions("state", states.collect(), report);
    let transitions = machine.transitions.iter().flat_map(|transition| {
        let name = std::iter::once((transition.name.clone(), transition.name_span));
        name.chain(transition.was.clone()).map(|(name, span)| (name, span, transition.ident.unraw().to_string()))
    });
    let transitions: Vec<_> = transitions.collect();
    for (name, span, owner) in &transitions {
        if name == "create" && owner != "create" {
            report.at_span(
                *span,
                format_args!("`{owner}` is recorded as `create`, which is how the creation is recorded"),
            );
        }
    }
    collisions("transition", transitions, report);
}

fn collisions(what: &str, names: Vec<(String, Span, String)>, report: &mut Report) {
    let mut seen: HashMap<String, (Span, String)> = HashMap::new();
    for (name, span, owner) in names {
        if name.is_empty() {
            report.at_span(span, format_args!("the {what} `{owner}` is recorded under an empty name"));
        }
        if let Some((first_span, first)) = seen.get(&name) {
            let message = if *first == owner {
                format!("the {what} `{owner}` is recorded as `{name}` twice")
            } else {
                format!("the {what}s `{first}` and `{owner}` are both recorded as `{name}`")
            };
            report.at_span(span, &message);
            report.at_span(*first_span, format_args!("`{name}` is `{first}` here first"));
            continue;
        }
        seen.insert(name, (span, owner));
    }
}

/// Every machine has these methods; a transition of the same name could not be called.
fn check_reserved_method(machine: &Machine, report: &mut Report) {
    for transition in &machine.transitions {
        let name = transition.ident.unraw().to_string();
        if METHODS.contains(&name.as_str()) {
            report.at(
                &transition.ident,
                format_args!(
                    "every machine has a method `{name}`, so that no transition can be called so; call it otherwise, and record it with `rename = \"{name}\"`",
                ),
            );
        }
    }
}

/// These stand beside the states in the generated module.
fn check_reserved_state(machine: &Machine, report: &mut Report) {
    for state in &machine.states {
        let name = state.ident.unraw().to_string();
        if MODULES.contains(&name.as_str()) || state.ident == machine.names.machine {
            report.at(
                &state.ident,
                format_args!("`{name}` is generated beside the states, so that no state can be called so; call it otherwise, and record it with `#[state(rename = \"{name}\")]`"),
            );
        }
    }
}

/// Two items of one name would be generated.
fn check_generated_names(machine: &Machine, report: &mut Report) {
    let mut seen: HashMap<String, &Ident> = HashMap::new();
    for transition in &machine.transitions {
        let camel = transition.camel.to_string();
        if let Some(first) = seen.get(&camel) {
            let (first_name, name) = (first.unraw(), transition.ident.unraw());
            report.at(
                &transition.ident,
                format_args!(
                    "`{first_name}` and `{name}` are both called `{camel}` as a variant of `{}`",
                    machine.names.transition
                ),
            );
            report.at(first, format_args!("`{first_name}` is `{camel}` here first"));
            continue;
        }
        seen.insert(camel, &transition.ident);
    }
    let names = &machine.names;
    let items = [(&names.machine, "machine"), (&names.any, "any"), (&names.transition, "transition")];
    for (name, key) in items {
        if name == "StateMachine" || *name == machine.ident {
            report.at(
                &machine.ident,
                format_args!(
                    "`{}` would have a generated type `{name}`, which is taken; name it with `#[machine({key} = ..)]`",
                    machine.ident.unraw()
                ),
            );
        }
    }
}

/// One method has one signature.
fn check_differing_data(machine: &Machine, report: &mut Report) {
    for (index, transition) in machine.transitions.iter().enumerate() {
        let payload = machine.payload(index);
        let targets = transition.declarations.iter().filter_map(|declaration| match &declaration.to {
            To::State(target, ident) => Some((*target, ident)),
            To::Stays | To::Nowhere => None,
        });
        let mut targets = targets.clone().zip(std::iter::repeat(targets.clone().next()));
        let differing = targets.find(|((target, _), _)| !machine.states[*target].data.is_like(payload));
        if let Some(((target, ident), Some((_, first)))) = differing {
            let (name, target) = (transition.ident.unraw(), machine.states[target].ident.unraw());
            let first_name = first.unraw();
            report.at(ident, format_args!("`{name}` leads to `{target}`, whose data differs from that of `{first_name}`; give one of them another name"));
            report.at(first, format_args!("`{name}` leads to `{first_name}` here"));
        }
        // A method that moves with data has parameters, and one that stays has none.
        let stays = transition.declarations.iter().find(|declaration| matches!(declaration.to, To::Stays));
        if let (Some(stays), false) = (stays, payload.fields().is_empty()) {
            let name = transition.ident.unraw();
            report.at(
                &stays.ident,
                format_args!(
                    "`{name}` stays here, and elsewhere leads to a state with data; give one of them another name"
                ),
            );
        }
    }
}

/// One method returns one step, which asks for the same things.
fn check_differing_requirements(machine: &Machine, report: &mut Report) {
    for transition in &machine.transitions {
        let differing = transition
            .declarations
            .iter()
            .find(|declaration| (declaration.actor, declaration.reason) != (transition.actor, transition.reason));
        if let Some(declaration) = differing {
            let name = transition.ident.unraw();
            report.at(&declaration.ident, format_args!("`{name}` requires other things here than where it is first declared; a permission requires an actor"));
            report.at(&transition.declarations[0].ident, format_args!("`{name}` is first declared here"));
        }
    }
}

/// One transition has one recorded name.
fn check_differing_rename(machine: &Machine, report: &mut Report) {
    for transition in &machine.transitions {
        let mut renames = transition.declarations.iter().filter(|declaration| declaration.rename.is_some());
        let Some(first) = renames.next() else { continue };
        if let Some(other) = renames.find(|declaration| declaration.rename != first.rename) {
            let name = transition.ident.unraw();
            report.at(&other.ident, format_args!("`{name}` is renamed in two ways"));
            report.at(&first.ident, format_args!("`{name}` is first renamed here"));
        }
    }
}

/// The second time it would answer the same.
fn check_guard_twice(machine: &Machine, report: &mut Report) {
    for declaration in machine.transitions.iter().flat_map(|transition| &transition.declarations) {
        for (index, guard) in declaration.guards.iter().enumerate() {
            let name = path_text(guard);
            if declaration.guards[..index].iter().any(|earlier| path_text(earlier) == name) {
                report.at(guard, format_args!("`{name}` guards `{}` twice", declaration.ident.unraw()));
            }
        }
    }
}

/// There is nothing to record.
fn check_record_without_data(machine: &Machine, report: &mut Report) {
    for state in &machine.states {
        if let (Some(record), true) = (state.record, state.data.fields().is_empty()) {
            report.at_span(record, format_args!("`{}` has no data to record", state.ident.unraw()));
        }
    }
}

/// A state that no path from an initial one reaches is dead weight, or an edge is missing.
fn check_unreachable(machine: &Machine, report: &mut Report) {
    let mut reached: Vec<bool> = machine.states.iter().map(|state| state.initial).collect();
    loop {
        let before = reached.clone();
        for edge in machine.edges.iter().chain(machine.repeated.iter().map(|repeated| &repeated.again)) {
            reached[edge.to] |= reached[edge.from];
        }
        if reached == before {
            break;
        }
    }
    let initial: Vec<String> =
        machine.states.iter().filter(|state| state.initial).map(|state| state.ident.unraw().to_string()).collect();
    for (state, _) in machine.states.iter().zip(reached).filter(|(_, reached)| !reached) {
        let initial = listed(initial.iter().map(String::as_str));
        report.at(
            &state.ident,
            format_args!("`{}` is unreachable: no transitions lead to it from {initial}", state.ident.unraw()),
        );
    }
}

/// A subject would be stuck where nobody said that it ends.
fn check_dead_end(machine: &Machine, report: &mut Report) {
    for (index, state) in machine.states.iter().enumerate() {
        let is_left = machine.edges.iter().any(|edge| edge.from == index && edge.to != index);
        if !is_left && state.terminal.is_none() {
            let name = state.ident.unraw();
            report.at(
                &state.ident,
                format_args!(
                    "`{name}` is a dead end: nothing leaves it; mark it with `#[state(terminal)]` if that is meant"
                ),
            );
        }
    }
}
