//! A command to and from a format of serde: a transition's recorded name, alone or with its data.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};
use serde::ser::{self, Serializer};
use serde_json::{Error, Value};

use super::Payload;
use crate::StateMachine;
use crate::chart::{Chart, did_you_mean};
use crate::machine::Command;
use crate::record::{Place, Printable, Strict, ValueError};

/// A command whose data can be read.
pub trait Read<'de>: Command {
    /// Returns the form of the data of the transition at this position of the chart.
    fn form(index: usize) -> Form;
    fn read(index: usize, payload: Payload) -> Result<Self, Error>;
}

/// The data that a transition carries.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    Nothing,
    Value,
    List(usize),
    /// The names of the fields, and of those among them that have a default.
    Fields(&'static [&'static str], &'static [&'static str]),
}

impl Form {
    /// Whether the data has this form, as far as can be seen without its types.
    fn is_form_of(self, data: &Value) -> bool {
        match self {
            Form::Nothing => data.is_null(),
            Form::Value => true,
            Form::List(length) => data.as_array().is_some_and(|items| items.len() == length),
            Form::Fields(..) => data.is_object(),
        }
    }

    /// The error for data of another form: the data that the transition carries, and how to write it.
    fn misfit<E: de::Error>(self, name: &str) -> E {
        let quoted = Value::from(name);
        match self {
            Form::Nothing => E::custom(format_args!("`{name}` carries no data, and is written as `{quoted}`")),
            Form::Value => E::custom(format_args!("`{name}` carries a value, as in `{{{quoted}:..}}`")),
            Form::List(length) => {
                let items = vec![".."; length].join(",");
                E::custom(format_args!("`{name}` carries a list of {length} values, as in `{{{quoted}:[{items}]}}`"))
            }
            Form::Fields(fields, optional) => {
                let needed = fields.iter().filter(|field| !optional.contains(field));
                let needed: Vec<String> = needed.map(|field| format!("{}:..", Value::from(*field))).collect();
                let (listed, needed) = (listed(fields.iter().copied()), needed.join(","));
                E::custom(format_args!("`{name}` carries {listed}, as in `{{{quoted}:{{{needed}}}}}`"))
            }
        }
    }
}

/// Words in backticks, with commas.
pub(super) fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Returns `; did you mean ..?` if a known word is near, and else the known words: `; its fields are ..`.
pub(super) fn hint(word: &str, there_are: &str, known: &[&'static str]) -> String {
    match did_you_mean(word, known.iter().copied()) {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None => format!("; {there_are} {}", listed(known.iter().copied())),
    }
}

/// How far the reading has come, so that an error of the format can be explained.
#[derive(Clone, Copy)]
enum Progress {
    /// The format has found no name.
    Started,
    /// The error names the transition, or the name that is not one.
    Explained,
    /// The command was read, and the format has found something after it.
    Read(&'static str),
}

/// Reads a command as serde reads an enum.
pub fn read_command<'de, C: Read<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<C, D::Error> {
    let chart = C::Machine::CHART;
    let progress = Cell::new(Progress::Started);
    let visitor = CommandVisitor { progress: &progress, command: PhantomData };
    deserializer.deserialize_enum(chart.machine, C::names(), visitor).map_err(|error| {
        let text = error.to_string();
        // A text that is cut off keeps its error: `serde_json` has a category for it, on which a reader may depend.
        if text.starts_with("EOF") {
            return error;
        }
        // If the command is flattened into a request, this is all that serde knows.
        let detail =
            if text.starts_with("no variant of enum") { String::new() } else { format!(": {}", Printable(&text)) };
        match progress.get() {
            Progress::Explained => error,
            Progress::Read(name) => de::Error::custom(format_args!(
                "a command is one transition of {}, and something follows `{name}`{detail}",
                chart.machine
            )),
            Progress::Started => de::Error::custom(format_args!(
                "a command is one transition of {}, as its name or as the key of its data; {}{detail}",
                chart.machine,
                transitions(chart)
            )),
        }
    })
}

fn transitions(chart: &Chart) -> String {
    format!("its transitions are {}", listed(chart.transitions.iter().map(|transition| transition.name)))
}

struct CommandVisitor<'a, C> {
    progress: &'a Cell<Progress>,
    command: PhantomData<C>,
}

impl<'de, C: Read<'de>> Visitor<'de> for CommandVisitor<'_, C> {
    type Value = C;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a transition of {}", C::Machine::CHART.machine)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<C, A::Error> {
        let chart = C::Machine::CHART;
        let (index, access) = access.variant_seed(Name { chart, progress: self.progress })?;
        self.progress.set(Progress::Explained);
        let (name, form) = (chart.transitions[index].name, C::form(index));
        let data = if let Form::Nothing = form {
            access
                .unit_variant()
                .map_err(|error| de::Error::custom(format_args!("{}: {error}", form.misfit::<A::Error>(name))))?;
            None
        } else {
            let is_alone = Cell::new(true);
            let data = access.newtype_variant_seed(Data { is_alone: &is_alone }).map_err(|error| {
                // The format's own error knows the place in the text and not the transition.
                if is_alone.get() { form.misfit(name) } else { in_transition(name, &error) }
            })?;
            if !form.is_form_of(&data) {
                return Err(form.misfit(name));
            }
            Some(data)
        };
        let command = C::read(index, Payload::of_command(data, form)).map_err(|error| in_transition(name, &error))?;
        self.progress.set(Progress::Read(name));
        Ok(command)
    }
}

fn in_transition<E: de::Error>(name: &str, error: &impl fmt::Display) -> E {
    E::custom(format_args!("transition `{name}`: {error}"))
}

/// Reads the data of a command, and notes that there is any.
struct Data<'a> {
    is_alone: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Data<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.is_alone.set(false);
        Strict(Place::Root).deserialize(deserializer)
    }
}

#[must_use]
pub fn no_such_transition() -> Error {
    de::Error::custom("there is no such transition")
}

/// The command at this position.
pub fn nth<C: Copy>(commands: &'static [C], index: usize) -> Result<C, Error> {
    commands.get(index).copied().ok_or_else(no_such_transition)
}

/// The position of a transition, by its recorded name or a former one.
struct Name<'a> {
    chart: &'static Chart,
    progress: &'a Cell<Progress>,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the name of a transition of {}", self.chart.machine)
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<usize, E> {
        self.chart.transition_index(name).ok_or_else(|| {
            self.progress.set(Progress::Explained);
            let known: Vec<&'static str> = self.chart.transitions.iter().map(|known| known.name).collect();
            let (machine, hint) = (self.chart.machine, hint(name, "its transitions are", &known));
            E::custom(format_args!("`{}` is not a transition of {machine}{hint}", Printable(name)))
        })
    }

    fn visit_u64<E: de::Error>(self, index: u64) -> Result<usize, E> {
        let count = self.chart.transitions.len();
        usize::try_from(index).ok().filter(|index| *index < count).ok_or_else(|| {
            self.progress.set(Progress::Explained);
            let machine = self.chart.machine;
            E::custom(format_args!("{index} is not a transition of {machine}; {}", transitions(self.chart)))
        })
    }
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
