//! A command to and from a format of serde: a transition's recorded name, alone or with its data.

use serde::de::{self, Deserializer};
use serde::ser::{self, Serializer};
use serde_json::{Error, Value};

use super::StateJson;
use super::choice::{Choices, DataForm, read_choice};
use crate::machine::{Command, StateMachine};
use crate::record::ValueError;

/// A command whose data can be read.
pub trait Read<'de>: Command {
    /// Returns the form of the data of the transition at this position of the chart.
    fn form(index: usize) -> DataForm;
    fn read(index: usize, payload: StateJson) -> Result<Self, Error>;
}

/// Reads a command as serde reads an enum.
pub fn read_command<'de, C: Read<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<C, D::Error> {
    read_choice(deserializer, Choices::Transitions(C::Machine::CHART), C::names(), C::form, C::read)
}

#[must_use]
pub fn no_such_transition() -> Error {
    de::Error::custom("there is no such transition")
}

/// The command at this position.
pub fn nth<C: Copy>(commands: &'static [C], index: usize) -> Result<C, Error> {
    commands.get(index).copied().ok_or_else(no_such_transition)
}

/// Writes a command as [`read_command`] reads it.
pub fn write_command<C: Command, S: Serializer>(
    command: &C,
    data: Result<Option<Value>, ValueError>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let chart = C::Machine::CHART;
    let index = command.index();
    let name = chart.transitions[index].name;
    let position = u32::try_from(index).map_err(ser::Error::custom)?;
    match data {
        Ok(Some(data)) => serializer.serialize_newtype_variant(chart.machine, position, name, &data),
        Ok(None) => serializer.serialize_unit_variant(chart.machine, position, name),
        Err(error) => Err(ser::Error::custom(format_args!("transition `{name}`: {error}"))),
    }
}
