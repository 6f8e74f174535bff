//! A creation from a format of serde: the recorded name of an initial state, alone or with its data.

use serde::Deserializer;
use serde::de;
use serde_json::Error;

use super::StateJson;
use super::choice::{Choices, DataForm, read_choice};
use crate::machine::{Creation, StateMachine};

/// Reads a creation as serde reads an enum: the recorded name of an initial state, alone or with its data.
///
/// `names` are the names of the initial states, with former ones at the end. `form` and `read` take the position of the state
/// in the chart.
pub fn read_creation<'de, C, D, F>(
    deserializer: D,
    names: &'static [&'static str],
    form: fn(usize) -> DataForm,
    read: F,
) -> Result<C, D::Error>
where
    C: Creation,
    D: Deserializer<'de>,
    F: FnOnce(usize, StateJson) -> Result<C, Error>,
{
    read_choice(deserializer, Choices::InitialStates(C::Machine::CHART), names, form, read)
}

#[must_use]
pub fn no_such_state() -> Error {
    de::Error::custom("there is no such initial state")
}
