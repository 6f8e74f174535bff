//! The names in a query: their present form in the chart, and a suggestion for an unknown name.

use std::borrow::Cow;

use tollgate::chart::{Chart, did_you_mean};

use crate::Error;

/// The transition name of a creation in its record.
const CREATE: &str = "create";

/// Returns the present name of the state that has or had this name.
pub(crate) fn state_name(chart: &'static Chart, name: &str) -> Cow<'static, str> {
    chart.state(name).map_or_else(|| name.to_owned().into(), |state| state.name.into())
}

/// Returns the present name of the transition that has or had this name.
pub(crate) fn transition_name(chart: &'static Chart, name: &str) -> Cow<'static, str> {
    match chart.transition(name) {
        Some(transition) => transition.name.into(),
        None if name == CREATE => CREATE.into(),
        None => name.to_owned().into(),
    }
}

/// Returns the chart's static text if it is equal, so that nothing is copied.
pub(crate) fn of_chart(chart: &'static Chart, text: &str) -> Cow<'static, str> {
    let states = chart.states.iter().flat_map(|state| std::iter::once(state.name).chain(state.was.iter().copied()));
    let transitions = chart.transitions.iter();
    let transitions = transitions.flat_map(|named| std::iter::once(named.name).chain(named.was.iter().copied()));
    let mut texts = [chart.machine, CREATE].into_iter().chain(states).chain(transitions);
    texts.find(|found| *found == text).map_or_else(|| text.to_owned().into(), Cow::Borrowed)
}

/// Returns the error for a state that neither the chart nor a record has.
pub(crate) fn no_state(chart: &'static Chart, name: &str) -> Error {
    no_such(name, "state", chart, chart.states.iter().map(|state| state.name))
}

/// Returns the error for a transition that neither the chart nor a record has.
pub(crate) fn no_transition(chart: &'static Chart, name: &str) -> Error {
    let transitions = chart.transitions.iter().map(|transition| transition.name);
    no_such(name, "transition", chart, std::iter::once(CREATE).chain(transitions))
}

/// Whether the chart has a transition with this present or former name; `create` counts as one.
pub(crate) fn has_transition(chart: &'static Chart, name: &str) -> bool {
    name == CREATE || chart.transition(name).is_some()
}

fn no_such(name: &str, what: &str, chart: &Chart, known: impl Iterator<Item = &'static str> + Clone) -> Error {
    let listed = known.clone().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let meant = did_you_mean(name, known).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
    Error::Query(format!("`{name}` is not a {what} of {}; its {what}s are {listed}{meant}", chart.machine))
}
