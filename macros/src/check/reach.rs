//! The rules for ways: where a subject can come to, and whether it can go on.

use syn::ext::IdentExt;

use super::edges;
use crate::model::Machine;
use crate::report::{Report, listed};

/// The states that a subject can come to.
pub(super) fn reached(machine: &Machine) -> Vec<bool> {
    let mut reached = machine.states.iter().map(|state| state.initial).collect();
    flood(machine, &mut reached);
    reached
}

/// Adds what can be reached from what is reached.
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

/// A state that no path from an initial one reaches is dead weight, or an edge is missing. What only such a
/// state leads to is not told as well: the same edge is missing there.
pub(super) fn check_unreachable(machine: &Machine, reached: &[bool], report: &mut Report) {
    let initial = machine.states.iter().filter(|state| state.initial).map(|state| state.ident.unraw().to_string());
    let initial: Vec<String> = initial.collect();
    let mut reached = reached.to_vec();
    // Without an initial state nothing is reached, and that has been told.
    while !initial.is_empty() {
        let open: Vec<usize> = (0..reached.len()).filter(|index| !reached[*index]).collect();
        let is_led_to = |state: usize| edges(machine).any(|edge| edge.to == state && edge.from != state);
        let Some(&root) = open.iter().find(|state| !is_led_to(**state)).or(open.first()) else { break };
        let name = machine.states[root].ident.unraw();
        report.at(
            &machine.states[root].ident,
            format_args!(
                "`{name}` is unreachable: no transitions lead to it from {}; declare one, or mark it with `#[state(initial)]`",
                listed(initial.iter().map(String::as_str))
            ),
        );
        reached[root] = true;
        flood(machine, &mut reached);
    }
}

/// A subject would be stuck where nobody said that it ends.
pub(super) fn check_dead_end(machine: &Machine, reached: &[bool], report: &mut Report) {
    for (index, state) in machine.states.iter().enumerate().filter(|(index, _)| reached[*index]) {
        // One that is declared a second time may be what leads out.
        let again = machine.repeated.iter().map(|repeated| &repeated.again).filter(|edge| edge.from == index);
        let is_left = machine.edges.leaving(index).chain(again).any(|edge| edge.to != index);
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
