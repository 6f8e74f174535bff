//! The rules for paths: the states that a subject can reach, and whether it can leave them.

use syn::ext::IdentExt;

use super::edges;
use crate::model::Machine;
use crate::report::{Report, listed};

/// Returns, for each state, whether a subject can reach it.
pub(super) fn reached(machine: &Machine) -> Vec<bool> {
    let mut reached = machine.states.iter().map(|state| state.initial).collect();
    flood(machine, &mut reached);
    reached
}

/// Adds the states that can be reached from those that are reached.
fn flood(machine: &Machine, reached: &mut Vec<bool>) {
    loop {
        let before = reached.clone();
        for edge in edges(machine) {
            reached[edge.to] |= reached[edge.from];
        }
        if *reached == before {
            break;
        }
    }
}

/// If no path from an initial state reaches a state, the state is unused or an edge is missing. States that follow
/// it are not reported, because the same edge is missing.
pub(super) fn check_unreachable(machine: &Machine, reached: &[bool], report: &mut Report) {
    let initial = machine.states.iter().filter(|state| state.initial).map(|state| state.ident.unraw().to_string());
    let initial: Vec<String> = initial.collect();
    let mut reached = reached.to_vec();
    // Without an initial state no state is reached. Another rule reports that.
    while !initial.is_empty() {
        let open: Vec<usize> = (0..reached.len()).filter(|index| !reached[*index]).collect();
        let is_led_to = |state: usize| edges(machine).any(|edge| edge.to == state && edge.from != state);
        let Some(&root) = open.iter().find(|state| !is_led_to(**state)).or(open.first()) else { break };
        let name = machine.states[root].ident.unraw();
        report.at(
            &machine.states[root].ident,
            format_args!(
                "`{name}` is unreachable from {}; declare a transition to it, or mark it with `#[state(initial)]`",
                listed(initial.iter().map(String::as_str))
            ),
        );
        reached[root] = true;
        flood(machine, &mut reached);
    }
}

/// A subject would be stuck in a state that is not marked terminal.
pub(super) fn check_dead_end(machine: &Machine, reached: &[bool], report: &mut Report) {
    for (index, state) in machine.states.iter().enumerate().filter(|(index, _)| reached[*index]) {
        // A repeated declaration may be the edge that leads out.
        let again = machine.repeated.iter().map(|repeated| &repeated.again).filter(|edge| edge.from == index);
        let is_left = machine.edges.leaving(index).chain(again).any(|edge| edge.to != index);
        if !is_left && state.terminal.is_none() {
            let name = state.ident.unraw();
            report.at(
                &state.ident,
                format_args!(
                    "`{name}` is a dead end: no transition leaves it; declare one, or mark it with `#[state(terminal)]`"
                ),
            );
        }
    }
}
