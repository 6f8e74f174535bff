//! Repairs the model after a mistake, so that it can be expanded and each method exists in every state that may call it. One
//! mistake then gives one error. Only this file guesses the intent of a declaration.

use std::collections::HashSet;

use quote::format_ident;
use syn::Ident;
use syn::ext::IdentExt;

use crate::model::{Data, Declaration, Destination, Edge, Field, Machine, static_subject};
use crate::names::{self, METHODS, MODULES};
use crate::report::did_you_mean;

pub(crate) fn repair(machine: &mut Machine) {
    repair_names(machine);
    repair_states(machine);
    repair_borrows(machine);
    repair_transitions(machine);
    let is_certain = repair_targets(machine);
    machine.connect();
    let is_whole = drop_mismatched_edges(machine);
    if !(is_certain && is_whole) {
        call_anywhere(machine);
    }
}

/// Renames items, so that no two have one name. The first keeps it.
fn repair_names(machine: &mut Machine) {
    let names = &mut machine.names;
    let mut taken = HashSet::from([machine.ident.to_string(), "StateMachine".to_owned()]);
    for name in [&mut names.machine, &mut names.any, &mut names.transition, &mut names.creation, &mut names.module] {
        make_unique(name, &mut taken);
    }
    for state in &mut machine.states {
        if let Data::Named(name, _) = &mut state.data {
            make_unique(name, &mut taken);
        }
    }
}

/// `create` needs an initial state, and a recorded state needs data.
fn repair_states(machine: &mut Machine) {
    if !machine.states.iter().any(|state| state.initial) {
        machine.states[0].initial = true;
    }
    let mut taken: HashSet<String> = MODULES.iter().map(ToString::to_string).collect();
    taken.insert(machine.names.machine.to_string());
    for state in &mut machine.states {
        make_unique(&mut state.marker, &mut taken);
        // A field whose attributes were rejected may have a type that is not `Serialize`.
        let is_marked = state.data.fields().iter().any(Field::is_marked) || !state.keys.is_empty();
        if state.data.fields().is_empty() || is_marked {
            state.record = None;
        }
    }
}

/// Replaces each borrowed lifetime by `'static`. Such a state is not recorded, because it could not be read back.
fn repair_borrows(machine: &mut Machine) {
    if let Some(subject) = &mut machine.subject {
        *subject = static_subject(subject);
    }
    for state in &mut machine.states {
        if state.data.make_static() {
            state.record = None;
        }
    }
}

/// Renames methods and variants, so that no two have one name. The first keeps it.
fn repair_transitions(machine: &mut Machine) {
    let mut methods: HashSet<String> = METHODS.iter().map(ToString::to_string).collect();
    methods.extend(machine.creations().iter().map(|creation| creation.method.to_string()));
    let mut variants = HashSet::new();
    for transition in &mut machine.transitions {
        make_unique(&mut transition.ident, &mut methods);
        make_unique(&mut transition.camel, &mut variants);
    }
}

fn make_unique(name: &mut Ident, taken: &mut HashSet<String>) {
    while !taken.insert(name.to_string()) {
        *name = format_ident!("{name}_");
    }
}

/// Replaces a misspelt state by the nearest one. An unknown or missing target becomes a state to which no other edge leads,
/// which is usually the intended one. Returns whether every state is certain.
fn repair_targets(machine: &mut Machine) -> bool {
    let states: Vec<Ident> = machine.states.iter().map(|state| state.ident.clone()).collect();
    let words: Vec<String> = states.iter().map(|state| state.unraw().to_string()).collect();
    let nearest = |written: &Ident| {
        let word = did_you_mean(&written.unraw().to_string(), words.iter().map(String::as_str))?;
        words.iter().position(|known| known == word)
    };
    let is_reached = |index: usize| machine.edges.iter().any(|edge| edge.to == index && edge.from != index);
    let unreached = (0..states.len()).find(|index| !machine.states[*index].initial && !is_reached(*index));
    let mut is_certain = true;
    for transition in &mut machine.transitions {
        for declaration in &mut transition.declarations {
            is_certain &= declaration.is_wildcard || !declaration.from.is_empty();
            for from in declaration.from.iter_mut().filter(|from| !words.contains(&from.unraw().to_string())) {
                match nearest(from) {
                    Some(index) => *from = states[index].clone(),
                    None => is_certain = false,
                }
            }
            let Destination::Unknown(written) = &declaration.to else { continue };
            let meant = written.as_ref().and_then(nearest);
            is_certain &= meant.is_some();
            let Some(index) = meant.or(unreached) else { continue };
            if written.as_ref().is_some_and(|written| transition.ident == names::transition_to(written)) {
                transition.ident = names::transition_to(&states[index]);
                transition.camel = names::camel(&transition.ident);
            }
            declaration.to = Destination::State(index, states[index].clone());
        }
    }
    is_certain
}

/// Removes each edge whose target has other data than the method takes. Returns whether no edge was removed.
fn drop_mismatched_edges(machine: &mut Machine) -> bool {
    let edges = std::mem::take(&mut machine.edges);
    let count = edges.len();
    machine.edges = edges.into_iter().filter(|edge| fits(machine, edge)).collect();
    machine.edges.len() == count
}

/// Returns whether the edge takes the same data as the method.
fn fits(machine: &Machine, edge: &Edge) -> bool {
    let payload = machine.payload(edge.transition);
    if edge.stays { payload.fields().is_empty() } else { machine.states[edge.to].data.is_like(payload) }
}

/// Adds every transition to every state: if one edge is unknown, the states after it are unknown too. In a state for which a
/// transition was not declared, it has no guards.
fn call_anywhere(machine: &mut Machine) {
    for index in 0..machine.transitions.len() {
        let known: HashSet<usize> = machine.edges.of(index).map(|edge| edge.from).collect();
        let transition = &mut machine.transitions[index];
        let target = transition.declarations.iter().find_map(|declaration| match declaration.to {
            Destination::State(index, _) => Some(index),
            Destination::Stays | Destination::Unknown(_) => None,
        });
        let ident = transition.ident.clone();
        let declaration = transition.declarations.len();
        transition.declarations.push(Declaration {
            ident: ident.clone(),
            is_wildcard: true,
            from: Vec::new(),
            to: Destination::Unknown(None),
            actor: transition.actor,
            reason: transition.reason,
            guards: Vec::new(),
            permission: None,
            rename: None,
        });
        for from in (0..machine.states.len()).filter(|from| !known.contains(from)) {
            machine.edges.push(Edge {
                transition: index,
                declaration,
                from,
                to: target.unwrap_or(from),
                stays: target.is_none(),
                from_ident: ident.clone(),
                is_wildcard: true,
            });
        }
    }
}
