//! What a state's data is in JSON, for records and for commands: nothing, one value, a list, an object.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, EnumAccess, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, forward_to_deserialize_any};
use serde_json::{Error, Map, Value};

use crate::StateMachine;
use crate::chart::Chart;
use crate::machine::{Command, Unrestored};
use crate::record::{Printable, ValueError, to_value};
use crate::sink::REDACTED;

/// A value of a state's data, as it is recorded: the only one, or one of a list.
pub fn value<T: Serialize + ?Sized>(value: &T) -> Result<Value, ValueError> {
    to_value(value)
}

/// A named field of a state's data, as it is recorded.
pub fn field<T: Serialize + ?Sized>(name: &'static str, value: &T) -> Result<(&'static str, Value), ValueError> {
    Ok((name, to_value(value).map_err(|error| error.within(name))?))
}

#[must_use]
pub fn list<const N: usize>(values: [Value; N]) -> Value {
    Value::Array(values.into())
}

#[must_use]
pub fn object<const N: usize>(fields: [(&'static str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A named field as it is recorded if it is marked `redact`: without its value.
#[must_use]
pub fn redacted(name: &'static str) -> (&'static str, Value) {
    (name, REDACTED.into())
}

/// A type with a default. Everything that is `Default` has one, and nothing else: the trait is here for its message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default, and a field that is not recorded is read back as one",
    label = "not `Default`",
    note = "derive `Default`, or name a function that returns one: `#[serde(default = \"path\")]`"
)]
pub trait HasDefault {
    fn default_of() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> HasDefault for T {
    fn default_of() -> Self {
        T::default()
    }
}

/// Returns what a field that is not recorded is read back as.
#[must_use]
pub fn default_of<T: HasDefault>() -> T {
    T::default_of()
}

/// The JSON of a state's data, of which it is not yet known whether it is that.
#[derive(Debug)]
pub struct Payload {
    data: Option<Value>,
    /// What was stored may have fields that the state has lost since. A command may not.
    is_stored: bool,
}

impl Payload {
    /// What was recorded with a state.
    pub fn stored(data: Option<&Value>) -> Result<Self, Unrestored> {
        let data = data.cloned().ok_or(Unrestored::NoData)?;
        Ok(Self { data: Some(data), is_stored: true })
    }

    pub fn one<'de, T: Deserialize<'de>>(self) -> Result<T, Error> {
        T::deserialize(self.data.ok_or_else(|| <Error as de::Error>::custom("it carries a value, and here is none"))?)
    }

    pub fn list(self, length: usize) -> Result<Fields, Error> {
        match self.data {
            Some(Value::Array(values)) if values.len() == length => Ok(Fields {
                named: Map::new(),
                listed: values.into_iter().enumerate().collect::<Vec<_>>().into_iter(),
                is_stored: self.is_stored,
            }),
            _ => Err(de::Error::custom(format_args!("it carries a list of {length} values"))),
        }
    }

    pub fn object(self) -> Result<Fields, Error> {
        match self.data {
            Some(Value::Object(named)) => {
                Ok(Fields { named, listed: Vec::new().into_iter(), is_stored: self.is_stored })
            }
            _ => Err(de::Error::custom("it carries an object with a value for each field")),
        }
    }
}

/// The fields of a state's data, taken one by one.
#[derive(Debug)]
pub struct Fields {
    named: Map<String, Value>,
    listed: std::vec::IntoIter<(usize, Value)>,
    is_stored: bool,
}

impl Fields {
    pub fn take<'de, T: Deserialize<'de>>(&mut self, name: &'static str) -> Result<T, Error> {
        match self.named.remove(name) {
            Some(value) => T::deserialize(value).map_err(|error| at(name, &error)),
            None => T::deserialize(Absent { name }),
        }
    }

    /// Takes the field, or what `absent` returns if there is none.
    pub fn take_or<'de, T: Deserialize<'de>>(&mut self, name: &'static str, absent: fn() -> T) -> Result<T, Error> {
        self.take_by(name, T::deserialize, Some(absent))
    }

    /// Takes the field by `read`, the function of a `deserialize_with`, and not by its type's `Deserialize`.
    pub fn take_by<T>(
        &mut self,
        name: &'static str,
        read: fn(Value) -> Result<T, Error>,
        absent: Option<fn() -> T>,
    ) -> Result<T, Error> {
        match self.named.remove(name) {
            Some(value) => read(value).map_err(|error| at(name, &error)),
            None => absent.map(|absent| absent()).ok_or_else(|| de::Error::missing_field(name)),
        }
    }

    /// Moves the value under one of these names to the field's own name. A record that holds both was written when they
    /// were two fields; a command that has both is refused, as serde refuses it.
    pub fn alias(&mut self, name: &'static str, aliases: &[&str]) -> Result<(), Error> {
        for alias in aliases.iter().filter(|alias| **alias != name) {
            let Some(value) = self.named.remove(*alias) else { continue };
            if !self.named.contains_key(name) {
                self.named.insert(name.to_owned(), value);
            } else if !self.is_stored {
                return Err(de::Error::duplicate_field(name));
            }
        }
        Ok(())
    }

    pub fn next<'de, T: Deserialize<'de>>(&mut self) -> Result<T, Error> {
        let (index, value) = self.listed.next().unwrap_or((0, Value::Null));
        T::deserialize(value).map_err(|error| at(&format!("value {index}"), &error))
    }
}

impl Fields {
    /// Refuses what was not taken: a field that the state does not have.
    pub fn finish(self) -> Result<(), Error> {
        match self.named.keys().next() {
            Some(unknown) if !self.is_stored => Err(de::Error::custom(format_args!(
                "`{}` is not a field of the state that it leads to",
                Printable(unknown)
            ))),
            _ => Ok(()),
        }
    }
}

fn at(place: &str, error: &Error) -> Error {
    de::Error::custom(format_args!("{place}: {error}"))
}

/// A field that is not there: nothing for an `Option`, and an error that names the field for the rest.
struct Absent {
    name: &'static str,
}

impl<'de> Deserializer<'de> for Absent {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(de::Error::missing_field(self.name))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A command whose data can be read.
pub trait Read<'de>: Command {
    /// Whether the transition at this position of the chart carries data.
    fn carries_data(index: usize) -> bool;
    fn read(index: usize, payload: Payload) -> Result<Self, Error>;
}

/// Reads a command as serde reads an enum: the transition's recorded name, alone or with its data.
pub fn read_command<'de, C: Read<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<C, D::Error> {
    struct CommandVisitor<C>(PhantomData<C>);

    impl<'de, C: Read<'de>> Visitor<'de> for CommandVisitor<C> {
        type Value = C;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(formatter, "a transition of {}", C::Machine::CHART.machine)
        }

        fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<C, A::Error> {
            let chart = C::Machine::CHART;
            let (index, access) = access.variant_seed(Name(chart))?;
            let name = chart.transitions[index].name;
            let data = if C::carries_data(index) {
                access.newtype_variant().map(Some)
            } else {
                access.unit_variant().map(|()| None)
            };
            // The format's own error knows the place in the text and not the transition.
            let data = data.map_err(|error| in_transition(name, &error))?;
            C::read(index, Payload { data, is_stored: false }).map_err(|error| in_transition(name, &error))
        }
    }

    deserializer.deserialize_enum(C::Machine::CHART.machine, C::names(), CommandVisitor(PhantomData))
}

fn in_transition<E: de::Error>(name: &str, error: &impl fmt::Display) -> E {
    E::custom(format_args!("transition `{name}`: {error}"))
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
struct Name(&'static Chart);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the name of a transition of {}", self.0.machine)
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<usize, E> {
        self.0.transition_index(name).ok_or_else(|| {
            let known: Vec<String> = self.0.transitions.iter().map(|known| format!("`{}`", known.name)).collect();
            let (machine, known) = (self.0.machine, known.join(", "));
            E::custom(format_args!(
                "`{}` is not a transition of {machine}; its transitions are {known}",
                Printable(name)
            ))
        })
    }

    fn visit_u64<E: de::Error>(self, index: u64) -> Result<usize, E> {
        let index = usize::try_from(index).ok().filter(|index| *index < self.0.transitions.len());
        index.ok_or_else(|| E::custom(format_args!("{} has fewer transitions than that", self.0.machine)))
    }
}
