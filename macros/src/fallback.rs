//! After a mistake: the model mended so far that it expands, with every method where it may be called, so
//! that one mistake gives one error.

use std::collections::HashSet;

use crate::model::{Edge, Machine, To};
use crate::names::METHODS;

pub(crate) fn mend(machine: &mut Machine) {
    mend_states(machine);
    mend_transitions(machine);
    complete(machine);
}

/// A state under a reserved name cannot be generated, and `create` must be there.
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

/// What two transitions would both generate is generated for the first.
fn mend_transitions(machine: &mut Machine) {
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for transition in &machine.transitions {
        let is_reserved = METHODS.contains(&transition.ident.to_string().as_str());
        kept.push(!is_reserved && seen.insert(transition.camel.to_string()));
    }
    let mut position = 0;
    let moved: Vec<Option<usize>> = kept
        .iter()
        .map(|kept| {
            kept.then(|| {
                position += 1;
                position - 1
            })
        })
        .collect();
    machine.edges.retain_mut(|edge| {
        let moved = moved[edge.transition];
        edge.transition = moved.unwrap_or_default();
        moved.is_some()
    });
    let mut index = 0;
    machine.transitions.retain(|_| {
        index += 1;
        kept[index - 1]
    });
}

/// A transition whose edges are not all known could be called anywhere.
fn complete(machine: &mut Machine) {
    for index in 0..machine.transitions.len() {
        let payload_fields = machine.payload(index).fields().len();
        let fits = |machine: &Machine, edge: &Edge| {
            if edge.stays { payload_fields == 0 } else { machine.states[edge.to].data.is_like(machine.payload(index)) }
        };
        let edges = std::mem::take(&mut machine.edges);
        let (kept, dropped): (Vec<_>, Vec<_>) =
            edges.into_iter().partition(|edge| edge.transition != index || fits(machine, edge));
        machine.edges = kept;
        let transition = &machine.transitions[index];
        let is_known = |to: &To| !matches!(to, To::Nowhere);
        let is_complete = dropped.is_empty()
            && transition.declarations.iter().all(|declaration| {
                is_known(&declaration.to)
                    && (declaration.is_wildcard || !declaration.from.is_empty())
                    && !machine.unknown.iter().any(|unknown| unknown.transition == transition.ident)
            });
        if is_complete {
            continue;
        }
        let target = transition.declarations.iter().find_map(|declaration| match declaration.to {
            To::State(index, _) => Some(index),
            To::Stays | To::Nowhere => None,
        });
        let ident = transition.ident.clone();
        let known: HashSet<usize> = machine.edges_of(index).map(|(_, edge)| edge.from).collect();
        for from in (0..machine.states.len()).filter(|from| !known.contains(from)) {
            machine.edges.push(Edge {
                transition: index,
                declaration: 0,
                from,
                to: target.unwrap_or(from),
                stays: target.is_none(),
                from_ident: ident.clone(),
                is_wildcard: true,
            });
        }
    }
}
