//! The rules for machines: one function each, its reason above it. Only this folder rejects a meaning.

mod borrows;
mod derives;
mod fields;
mod names;
mod reach;

use syn::Ident;
use syn::ext::IdentExt;

use self::borrows::check_borrows;
use self::derives::check_derives;
use self::fields::check_fields;
use self::names::{
    check_alike_items, check_alike_variants, check_differing_rename, check_name_of_nothing, check_recorded_as_create,
    check_recorded_names, check_reserved_method, check_reserved_state, check_taken_creation,
};
use self::reach::{check_dead_end, check_unreachable, reached};
use crate::model::{Declaration, Destination, Edge, Machine, path_text};
use crate::report::{Report, hint};

/// Checks every rule.
pub(crate) fn machine(machine: &Machine, report: &mut Report) {
    check_unknown_state(machine, report);
    check_nameless_stay(machine, report);
    check_repeated_edge(machine, report);
    check_idle_wildcard(machine, report);
    check_no_initial(machine, report);
    check_way_out_of_terminal(machine, report);
    check_recorded_names(machine, report);
    check_recorded_as_create(machine, report);
    check_reserved_method(machine, report);
    check_taken_creation(machine, report);
    check_reserved_state(machine, report);
    check_alike_variants(machine, report);
    check_alike_items(machine, report);
    check_differing_data(machine, report);
    check_stays_and_moves(machine, report);
    check_differing_requirements(machine, report);
    check_differing_rename(machine, report);
    check_guard_twice(machine, report);
    check_record_without_data(machine, report);
    check_name_of_nothing(machine, report);
    check_fields(machine, report);
    check_derives(machine, report);
    check_borrows(machine, report);
    // Paths are known only if every edge is known.
    if !machine.is_partial && unknown_states(machine).next().is_none() {
        let reached = reached(machine);
        check_unreachable(machine, &reached, report);
        check_dead_end(machine, &reached, report);
    }
}

/// An unknown state is a typing error, or a state that was renamed.
fn check_unknown_state(machine: &Machine, report: &mut Report) {
    let names: Vec<String> = machine.states.iter().map(|state| state.ident.unraw().to_string()).collect();
    for (declaration, verb, unknown) in unknown_states(machine) {
        let (transition, state) = (declaration.ident.unraw(), unknown.unraw());
        let hint = hint(&state.to_string(), "the states are", names.iter().map(String::as_str));
        report.at(unknown, format_args!("`{transition}` {verb} `{state}`, which is not a state{hint}"));
    }
}

fn unknown_states(machine: &Machine) -> impl Iterator<Item = (&Declaration, &'static str, &Ident)> {
    declarations(machine).flat_map(|declaration| {
        let target = if let Destination::Unknown(target) = &declaration.to { target.as_ref() } else { None };
        let sources = declaration.from.iter().filter(|from| machine.state_named(from).is_none());
        let sources = sources.map(move |from| (declaration, "leaves", from));
        sources.chain(target.map(|target| (declaration, "leads to", target)))
    })
}

/// Returns the declarations in the order in which they were written.
fn declarations(machine: &Machine) -> impl Iterator<Item = &Declaration> {
    machine.order.iter().map(|(transition, declaration)| &machine.transitions[*transition].declarations[*declaration])
}

/// A transition without a name is named after its target. One that stays has no target.
fn check_nameless_stay(machine: &Machine, report: &mut Report) {
    for span in &machine.nameless {
        report.at_span(
            *span,
            "a transition with `to = _` needs a name, as in `#[transition(comment, from = .., to = _)]`",
        );
    }
}

/// If two edges of one name leave one state, a call is ambiguous.
fn check_repeated_edge(machine: &Machine, report: &mut Report) {
    let mut wildcards = Vec::new();
    for repeated in &machine.repeated {
        let (first, again) = (&machine.edges[repeated.first], &repeated.again);
        let transition = machine.transitions[again.transition].ident.unraw();
        let cure =
            if first.to == again.to { "remove one of them" } else { "a call would be ambiguous; rename one of them" };
        if again.is_wildcard {
            // Two wildcards of one name collide in every state: this is one error, not one for each state.
            let declaration = (again.transition, again.declaration);
            if !wildcards.contains(&declaration) {
                wildcards.push(declaration);
                report.at(&again.from_ident, format_args!("`{transition}` leaves every state twice; {cure}"));
                report.at(&first.from_ident, format_args!("`{transition}` leaves every state here first"));
            }
            continue;
        }
        let from = machine.states[again.from].ident.unraw();
        report.at(&again.from_ident, format_args!("`{transition}` leaves `{from}` twice; {cure}"));
        report.at(&first.from_ident, format_args!("`{transition}` leaves `{from}` here first"));
    }
}

/// A wildcard that covers no state has no effect.
fn check_idle_wildcard(machine: &Machine, report: &mut Report) {
    for &(transition, index) in &machine.order {
        let declaration = &machine.transitions[transition].declarations[index];
        if !declaration.is_wildcard || matches!(declaration.to, Destination::Unknown(_)) {
            continue;
        }
        if !edges(machine).any(|edge| (edge.transition, edge.declaration) == (transition, index)) {
            let name = declaration.ident.unraw();
            report.at(
                &declaration.ident,
                format_args!(
                    "`{name}` with `from = _` has no effect: each state is terminal or has another `{name}`; remove it"
                ),
            );
        }
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
            "`{}` has no initial state; mark the first state of a subject with `#[state(initial)]`",
            machine.ident.unraw()
        ),
    );
}

/// No transition leaves a terminal state. A transition that stays is allowed.
fn check_way_out_of_terminal(machine: &Machine, report: &mut Report) {
    for edge in machine.edges.iter() {
        let (from, transition) = (&machine.states[edge.from], &machine.transitions[edge.transition].ident);
        if let (Some(terminal), false) = (from.terminal, edge.stays) {
            let (state, transition) = (from.ident.unraw(), transition.unraw());
            report.at(
                &edge.from_ident,
                format_args!("`{transition}` leaves `{state}`, which is terminal; only `to = _` is possible there"),
            );
            report.at_span(terminal, format_args!("`{state}` is marked terminal here"));
        }
    }
}

/// One method has one signature.
fn check_differing_data(machine: &Machine, report: &mut Report) {
    for (index, transition) in machine.transitions.iter().enumerate() {
        let payload = machine.payload(index);
        let mut targets = transition.declarations.iter().filter_map(|declaration| match &declaration.to {
            Destination::State(target, ident) => Some((&machine.states[*target], ident)),
            Destination::Stays | Destination::Unknown(_) => None,
        });
        let Some((_, first)) = targets.next() else { continue };
        if let Some((_, other)) = targets.find(|(target, _)| !target.data.is_like(payload)) {
            let (name, first_name, other_name) = (transition.ident.unraw(), first.unraw(), other.unraw());
            report.at(
                other,
                format_args!(
                    "`{name}` leads to `{other_name}` and `{first_name}`, which have different data; give one edge another name"
                ),
            );
            report.at(first, format_args!("`{name}` leads to `{first_name}` here"));
        }
    }
}

/// A transition to a state with data takes parameters; one that stays takes none.
fn check_stays_and_moves(machine: &Machine, report: &mut Report) {
    for (index, transition) in machine.transitions.iter().enumerate() {
        let declarations = &transition.declarations;
        let stays = declarations.iter().find(|declaration| matches!(declaration.to, Destination::Stays));
        let target = declarations.iter().find_map(|declaration| match &declaration.to {
            Destination::State(_, target) => Some(target),
            Destination::Stays | Destination::Unknown(_) => None,
        });
        if let (Some(stays), Some(target), false) = (stays, target, machine.payload(index).fields().is_empty()) {
            let (name, target_name) = (transition.ident.unraw(), target.unraw());
            report.at(
                &stays.ident,
                format_args!(
                    "`{name}` stays here, and takes the data of `{target_name}` elsewhere; rename one of them"
                ),
            );
            report.at(target, format_args!("`{name}` leads to `{target_name}` here"));
        }
    }
}

/// One method returns one step, with one set of requirements.
fn check_differing_requirements(machine: &Machine, report: &mut Report) {
    let required = |declaration: &Declaration| match (declaration.actor, declaration.reason) {
        (true, true) => "an actor and a reason",
        (true, false) => "an actor",
        (false, true) => "a reason",
        (false, false) => "nothing",
    };
    for transition in &machine.transitions {
        let first = &transition.declarations[0];
        let differing = transition.declarations.iter().find(|declaration| required(declaration) != required(first));
        if let Some(other) = differing {
            let (name, here, there) = (transition.ident.unraw(), required(other), required(first));
            let permission = [first, other].iter().any(|declaration| declaration.permission.is_some());
            let note = if permission { " (a permission requires an actor)" } else { "" };
            report.at(
                &other.ident,
                format_args!("`{name}` requires {here} here and {there} elsewhere; require the same{note}"),
            );
            report.at(&first.ident, format_args!("`{name}` requires {there} here"));
        }
    }
}

/// A second call would return the same answer.
fn check_guard_twice(machine: &Machine, report: &mut Report) {
    for declaration in declarations(machine) {
        for (index, guard) in declaration.guards.iter().enumerate() {
            let name = path_text(guard);
            if declaration.guards[..index].iter().any(|earlier| path_text(earlier) == name) {
                let transition = declaration.ident.unraw();
                report.at(guard, format_args!("`{name}` guards `{transition}` twice; remove one of them"));
            }
        }
    }
}

/// A state without data has nothing to record.
fn check_record_without_data(machine: &Machine, report: &mut Report) {
    for state in &machine.states {
        if let (Some(record), true) = (state.record, state.data.fields().is_empty()) {
            report.at_span(record, format_args!("`{}` has no data to record; leave `record` out", state.ident.unraw()));
        }
    }
}

/// Returns the edges, and those that were declared a second time.
fn edges(machine: &Machine) -> impl Iterator<Item = &Edge> {
    machine.edges.iter().chain(machine.repeated.iter().map(|repeated| &repeated.again))
}
