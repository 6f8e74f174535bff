//! After a mistake: the model mended so far that it expands, with every method where it may be called, so
//! that one mistake gives one error. What was meant is guessed here and nowhere else.

use std::collections::HashSet;

use quote::format_ident;
use syn::Ident;
use syn::ext::IdentExt;

use crate::model::{Data, Declaration, Edge, Machine, To};
use crate::names::{self, METHODS};
use crate::report::did_you_mean;

pub(crate) fn mend(machine: &mut Machine) {
    mend_names(machine);
    mend_states(machine);
    mend_transitions(machine);
    mend_targets(machine);
    machine.connect();
    complete(machine);
}

/// Of two items under one name the first keeps it.
fn mend_names(machine: &mut Machine) {
    let names = &mut machine.names;
    let mut taken = HashSet::from([machine.ident.to_string(), "StateMachine".to_owned()]);
    for name in [&mut names.machine, &mut names.any, &mut names.transition, &mut names.module] {
        make_unique(name, &mut taken);
    }
    for state in &mut machine.states {
        if let Data::Named(name, _) = &mut state.data {
            make_unique(name, &mut taken);
        }
    }
}

/// `create` must be there, and what is to be recorded.
fn mend_states(machine: &mut Machine) {
    if !machine.states.iter().any(|state| state.initial) {
        machine.states[0].initial = true;
    }
    for state in &mut machine.states {
        if state.data.fields().is_empty() {
            state.record = None;
        }
    }
}

/// Of two methods, or two variants, under one name the first keeps it.
fn mend_transitions(machine: &mut Machine) {
    let mut methods: HashSet<String> = METHODS.iter().map(ToString::to_string).collect();
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

/// A name that is nearly a state's is that state's. A target that is like none, or was not said, is a state
/// to which nothing else leads: there is one more often than not.
fn mend_targets(machine: &mut Machine) {
    let states: Vec<Ident> = machine.states.iter().map(|state| state.ident.clone()).collect();
    let words: Vec<String> = states.iter().map(|state| state.unraw().to_string()).collect();
    let nearest = |written: &Ident| {
        let word = did_you_mean(&written.unraw().to_string(), words.iter().map(String::as_str))?;
        words.iter().position(|known| known == word)
    };
    let is_reached = |index: usize| machine.edges.iter().any(|edge| edge.to == index);
    let lonely = (0..states.len()).find(|index| !machine.states[*index].initial && !is_reached(*index));
    for transition in &mut machine.transitions {
        for declaration in &mut transition.declarations {
            for from in declaration.from.iter_mut().filter(|from| !words.contains(&from.unraw().to_string())) {
                if let Some(index) = nearest(from) {
                    *from = states[index].clone();
                }
            }
            let To::Nowhere(written) = &declaration.to else { continue };
            let Some(index) = written.as_ref().and_then(nearest).or(lonely) else { continue };
            if written.as_ref().is_some_and(|written| transition.ident == names::transition_to(written)) {
                transition.ident = names::transition_to(&states[index]);
                transition.camel = names::camel(&transition.ident);
            }
            declaration.to = To::State(index, states[index].clone());
        }
    }
}

/// A transition whose edges are not all known could be called anywhere, and nothing is asked there.
fn complete(machine: &mut Machine) {
    for index in 0..machine.transitions.len() {
        let count = machine.edges.len();
        let edges = std::mem::take(&mut machine.edges);
        machine.edges = edges.into_iter().filter(|edge| edge.transition != index || fits(machine, edge)).collect();
        let is_unknown = |state: &Ident| machine.state_named(state).is_none();
        let is_complete = machine.edges.len() == count
            && machine.transitions[index].declarations.iter().all(|declaration| {
                let is_from_known = !declaration.from.is_empty() && !declaration.from.iter().any(is_unknown);
                !matches!(declaration.to, To::Nowhere(_)) && (declaration.is_wildcard || is_from_known)
            });
        if !is_complete {
            call_anywhere(machine, index);
        }
    }
}

/// Whether the edge takes what the method takes.
fn fits(machine: &Machine, edge: &Edge) -> bool {
    let payload = machine.payload(edge.transition);
    if edge.stays { payload.fields().is_empty() } else { machine.states[edge.to].data.is_like(payload) }
}

fn call_anywhere(machine: &mut Machine, index: usize) {
    let known: HashSet<usize> = machine.edges_of(index).map(|edge| edge.from).collect();
    let transition = &mut machine.transitions[index];
    let target = transition.declarations.iter().find_map(|declaration| match declaration.to {
        To::State(index, _) => Some(index),
        To::Stays | To::Nowhere(_) => None,
    });
    let ident = transition.ident.clone();
    transition.declarations.push(Declaration {
        ident: ident.clone(),
        is_wildcard: true,
        from: Vec::new(),
        to: To::Nowhere(None),
        actor: transition.actor,
        reason: transition.reason,
        guards: Vec::new(),
        permission: None,
        rename: None,
    });
    let declaration = transition.declarations.len() - 1;
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
