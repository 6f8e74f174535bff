//! Reads a choice from a serde format: the recorded name of a transition or an initial state, alone or with data.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};
use serde_json::{Error, Value};

use super::StateJson;
use crate::chart::{Chart, did_you_mean};
use crate::record::{JsonPath, Printable, StrictValue};

/// The data of a choice.
#[derive(Debug, Clone, Copy)]
pub enum DataForm {
    Nothing,
    Value,
    List(usize),
    /// The names of the fields, and of those among them that have a default.
    Fields(&'static [&'static str], &'static [&'static str]),
}

impl DataForm {
    /// Whether the data has this form, as far as can be seen without its types.
    fn is_form_of(self, data: &Value) -> bool {
        match self {
            DataForm::Nothing => data.is_null(),
            DataForm::Value => true,
            DataForm::List(length) => data.as_array().is_some_and(|items| items.len() == length),
            DataForm::Fields(..) => data.is_object(),
        }
    }

    /// Returns the error for data of another form. It names the data of the choice, and how to write it.
    fn misfit<E: de::Error>(self, name: &str) -> E {
        let quoted = Value::from(name);
        match self {
            DataForm::Nothing => E::custom(format_args!("`{name}` carries no data, and is written as `{quoted}`")),
            DataForm::Value => E::custom(format_args!("`{name}` carries a value, as in `{{{quoted}:..}}`")),
            DataForm::List(length) => {
                let items = vec![".."; length].join(",");
                E::custom(format_args!("`{name}` carries a list of {length} values, as in `{{{quoted}:[{items}]}}`"))
            }
            DataForm::Fields(fields, optional) => {
                let needed = fields.iter().filter(|field| !optional.contains(field));
                let needed: Vec<String> = needed.map(|field| format!("{}:..", Value::from(*field))).collect();
                let (listed, needed) = (listed(fields.iter().copied()), needed.join(","));
                E::custom(format_args!("`{name}` carries {listed}, as in `{{{quoted}:{{{needed}}}}}`"))
            }
        }
    }
}

/// Joins words in backticks with commas.
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

/// The choices of a machine: positions in its chart.
#[derive(Clone, Copy)]
pub(super) enum Choices {
    Transitions(&'static Chart),
    InitialStates(&'static Chart),
}

impl Choices {
    const fn chart(self) -> &'static Chart {
        match self {
            Self::Transitions(chart) | Self::InitialStates(chart) => chart,
        }
    }

    /// The positions in the chart.
    fn positions(self) -> Vec<usize> {
        match self {
            Self::Transitions(chart) => (0..chart.transitions.len()).collect(),
            Self::InitialStates(chart) => {
                (0..chart.states.len()).filter(|index| chart.states[*index].initial).collect()
            }
        }
    }

    /// Returns the position of the choice with this name, present or former.
    fn find(self, name: &str) -> Option<usize> {
        match self {
            Self::Transitions(chart) => chart.transition_index(name),
            Self::InitialStates(chart) => chart.state_index(name).filter(|index| chart.states[*index].initial),
        }
    }

    fn name(self, index: usize) -> &'static str {
        match self {
            Self::Transitions(chart) => chart.transitions[index].name,
            Self::InitialStates(chart) => chart.states[index].name,
        }
    }

    fn names(self) -> Vec<&'static str> {
        self.positions().into_iter().map(|index| self.name(index)).collect()
    }

    /// The words for the whole value and for one choice.
    const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Transitions(_) => ["a command", "transition"],
            Self::InitialStates(_) => ["a creation", "initial state"],
        }
    }

    /// The words before the list of the names.
    fn they_are(self) -> &'static str {
        match self {
            Self::Transitions(_) => "its transitions are",
            Self::InitialStates(_) if self.positions().len() == 1 => "its initial state is",
            Self::InitialStates(_) => "its initial states are",
        }
    }

    /// Returns the noun for one choice: `a transition of Report`.
    fn one(self) -> String {
        let [_, choice] = self.words();
        let article = if matches!(self, Self::InitialStates(_)) { "an" } else { "a" };
        format!("{article} {choice} of {}", self.chart().machine)
    }

    /// Returns the error for the data of a choice.
    fn within<E: de::Error>(self, name: &str, error: &impl fmt::Display) -> E {
        let [_, choice] = self.words();
        E::custom(format_args!("{choice} `{name}`: {error}"))
    }

    /// Returns the error for a value that is not one choice.
    fn not_one<E: de::Error>(self, rest: fmt::Arguments<'_>) -> E {
        let [value, choice] = self.words();
        E::custom(format_args!("{value} is one {choice} of {}, {rest}", self.chart().machine))
    }

    fn listed(self) -> String {
        format!("{} {}", self.they_are(), listed(self.names().into_iter()))
    }
}

/// The progress of the reader, so that an error of the format can be explained.
#[derive(Clone, Copy)]
enum Progress {
    /// The format has found no name.
    Started,
    /// The error names the choice, or the name that is not one.
    Explained,
    /// The value was read, and the format has found something after it.
    Read(&'static str),
}

/// Reads a value as serde reads an enum. `names` are the names of the choices, with former ones at the end; `form` and `read`
/// take the position in the chart.
pub(super) fn read_choice<'de, T, D, F>(
    deserializer: D,
    choices: Choices,
    names: &'static [&'static str],
    form: fn(usize) -> DataForm,
    read: F,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    F: FnOnce(usize, StateJson) -> Result<T, Error>,
{
    let progress = Cell::new(Progress::Started);
    let visitor = ChoiceVisitor { choices, form, read, progress: &progress, value: PhantomData };
    deserializer.deserialize_enum(choices.chart().machine, names, visitor).map_err(|error| {
        let text = error.to_string();
        // A truncated text keeps its error: `serde_json` has a category for it, on which callers may depend.
        if text.starts_with("EOF") {
            return error;
        }
        // If the value is flattened into a request, this is all that serde knows.
        let detail =
            if text.starts_with("no variant of enum") { String::new() } else { format!(": {}", Printable(&text)) };
        match progress.get() {
            Progress::Explained => error,
            Progress::Read(name) => choices.not_one(format_args!("and something follows `{name}`{detail}")),
            Progress::Started => {
                choices.not_one(format_args!("as its name or as the key of its data; {}{detail}", choices.listed()))
            }
        }
    })
}

struct ChoiceVisitor<'a, T, F> {
    choices: Choices,
    form: fn(usize) -> DataForm,
    read: F,
    progress: &'a Cell<Progress>,
    value: PhantomData<fn() -> T>,
}

impl<'de, T, F: FnOnce(usize, StateJson) -> Result<T, Error>> Visitor<'de> for ChoiceVisitor<'_, T, F> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the name of {}", self.choices.one())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<T, A::Error> {
        let Self { choices, progress, .. } = self;
        let (index, access) = access.variant_seed(Name { choices, progress })?;
        progress.set(Progress::Explained);
        let (name, form) = (choices.name(index), (self.form)(index));
        let data = if let DataForm::Nothing = form {
            access
                .unit_variant()
                .map_err(|error| de::Error::custom(format_args!("{}: {error}", form.misfit::<A::Error>(name))))?;
            None
        } else {
            let is_alone = Cell::new(true);
            let data = access.newtype_variant_seed(Data { is_alone: &is_alone }).map_err(|error| {
                // The format's own error names the place in the text, but not the choice.
                if is_alone.get() { form.misfit(name) } else { choices.within(name, &error) }
            })?;
            if !form.is_form_of(&data) {
                return Err(form.misfit(name));
            }
            Some(data)
        };
        let value =
            (self.read)(index, StateJson::of_choice(data, form)).map_err(|error| choices.within(name, &error))?;
        progress.set(Progress::Read(name));
        Ok(value)
    }
}

/// Reads the data of a choice, and notes that there is any.
struct Data<'a> {
    is_alone: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Data<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.is_alone.set(false);
        StrictValue(JsonPath::Root).deserialize(deserializer)
    }
}

/// The position of a choice in the chart, by its name. A format without names counts the choices.
struct Name<'a> {
    choices: Choices,
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
        write!(formatter, "the name of {}", self.choices.one())
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<usize, E> {
        self.choices.find(name).ok_or_else(|| {
            self.progress.set(Progress::Explained);
            let (one, hint) = (self.choices.one(), hint(name, self.choices.they_are(), &self.choices.names()));
            E::custom(format_args!("`{}` is not {one}{hint}", Printable(name)))
        })
    }

    fn visit_u64<E: de::Error>(self, position: u64) -> Result<usize, E> {
        let found = usize::try_from(position).ok().and_then(|position| self.choices.positions().get(position).copied());
        found.ok_or_else(|| {
            self.progress.set(Progress::Explained);
            E::custom(format_args!("{position} is not {}; {}", self.choices.one(), self.choices.listed()))
        })
    }
}
