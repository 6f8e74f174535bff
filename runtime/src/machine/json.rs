//! The JSON of a state's data, in records and in commands: nothing, one value, a list, an object.

mod choice;
mod command;
mod creation;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, forward_to_deserialize_any};
use serde_json::{Error, Map, Value};

pub use self::choice::DataForm;
use self::choice::hint;
pub use self::command::{Read, no_such_transition, nth, read_command, write_command};
pub use self::creation::{no_such_state, read_creation};
use crate::machine::RestoreError;
pub use crate::record::ValueSerializer;
use crate::record::unredacted::{Unredacted, is_redacted_in, misfit, redacted_name, unknown};
use crate::record::{Printable, REDACTED, ValueError, to_value};

/// A value of a state's data, as it is recorded: the only one, or one of a list.
pub fn value<T: Serialize + ?Sized>(value: &T) -> Result<Value, ValueError> {
    to_value(value)
}

/// A named field of a state's data, as it is recorded.
pub fn field<T: Serialize + ?Sized>(name: &'static str, value: &T) -> Result<(&'static str, Value), ValueError> {
    Ok((name, to_value(value).map_err(|error| error.within(name))?))
}

/// A named field of a command that is written by `write`, the function of a `serialize_with`.
pub fn field_by<T: ?Sized>(
    name: &'static str,
    value: &T,
    write: fn(&T, ValueSerializer) -> Result<Value, ValueError>,
) -> Result<(&'static str, Value), ValueError> {
    Ok((name, write(value, ValueSerializer::new()).map_err(|error| error.within(name))?))
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

/// A type that is `Default`. The trait exists for its message.
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

/// Returns the value of a field that is not recorded.
#[must_use]
pub fn default_of<T: HasDefault>() -> T {
    T::default_of()
}

/// JSON that has not been checked to be the data of a state.
#[derive(Debug)]
pub struct StateJson {
    data: Option<Value>,
    /// The form that a command must have. `None` for a record, which may have fields that the state no longer has.
    command: Option<DataForm>,
}

impl StateJson {
    /// The data that was recorded with a state.
    pub fn stored(data: Option<&Value>) -> Result<Self, RestoreError> {
        let data = data.cloned().ok_or(RestoreError::NoData)?;
        Ok(Self { data: Some(data), command: None })
    }

    fn of_choice(data: Option<Value>, form: DataForm) -> Self {
        Self { data, command: Some(form) }
    }

    pub fn one<'de, T: Deserialize<'de>>(self) -> Result<T, Error> {
        let value = self.data.ok_or_else(|| <Error as de::Error>::custom("a value is missing"))?;
        read(value, self.command.is_none())
    }

    pub fn list(self, length: usize) -> Result<Fields, Error> {
        match self.data {
            Some(Value::Array(values)) if values.len() == length => Ok(Fields {
                named: Map::new(),
                listed: values.into_iter().enumerate().collect::<Vec<_>>().into_iter(),
                command: self.command,
            }),
            _ => Err(de::Error::custom(format_args!("it carries a list of {length} values"))),
        }
    }

    pub fn object(self) -> Result<Fields, Error> {
        match self.data {
            Some(Value::Object(named)) => Ok(Fields { named, listed: Vec::new().into_iter(), command: self.command }),
            _ => Err(de::Error::custom("it carries an object with a value for each field")),
        }
    }
}

/// The fields of a state's data, taken one by one.
#[derive(Debug)]
pub struct Fields {
    named: Map<String, Value>,
    listed: std::vec::IntoIter<(usize, Value)>,
    command: Option<DataForm>,
}

impl Fields {
    pub fn take<'de, T: Deserialize<'de>>(&mut self, name: &'static str) -> Result<T, Error> {
        match self.named.remove(name) {
            Some(value) => self.read(name, value),
            None => T::deserialize(Absent { name }).map_err(|error| self.unknown().unwrap_or(error)),
        }
    }

    /// Takes the field. Returns the result of `absent` if the field is missing, or is redacted and does not fit.
    pub fn take_or<'de, T: Deserialize<'de>>(&mut self, name: &'static str, absent: fn() -> T) -> Result<T, Error> {
        let Some(value) = self.named.remove(name) else { return Ok(absent()) };
        if self.command.is_none() && value == REDACTED {
            return Ok(T::deserialize(Unredacted::strict(value)).unwrap_or_else(|_| absent()));
        }
        self.read(name, value)
    }

    fn read<'de, T: Deserialize<'de>>(&self, name: &str, value: Value) -> Result<T, Error> {
        let is_redacted = self.command.is_none() && value == REDACTED;
        let within = if self.command.is_none() { redacted_name(&value).map(str::to_owned) } else { None };
        read(value, self.command.is_none()).map_err(|error| match within {
            _ if is_redacted => unknown(name, &error),
            Some(within) => misfit(name, &within, &error),
            _ => at(name, &error),
        })
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
            None => match absent {
                Some(absent) => Ok(absent()),
                None => Err(self.unknown().unwrap_or_else(|| de::Error::missing_field(name))),
            },
        }
    }

    /// Moves the value under one of these names to the field's own name. If a record has both, they were two fields when
    /// it was written. A command that has both is refused, as in serde.
    pub fn alias(&mut self, name: &'static str, aliases: &[&str]) -> Result<(), Error> {
        for alias in aliases.iter().filter(|alias| **alias != name) {
            let Some(value) = self.named.remove(*alias) else { continue };
            if !self.named.contains_key(name) {
                self.named.insert(name.to_owned(), value);
            } else if self.command.is_some() {
                return Err(de::Error::custom(format_args!("`{name}` is given twice, once as `{alias}`")));
            }
        }
        Ok(())
    }

    pub fn next<'de, T: Deserialize<'de>>(&mut self) -> Result<T, Error> {
        let (index, value) = self.listed.next().unwrap_or((0, Value::Null));
        self.read(&format!("value {index}"), value)
    }

    /// Refuses a field that the state does not have.
    pub fn finish(self) -> Result<(), Error> {
        self.unknown().map_or(Ok(()), Err)
    }

    /// Returns the error for a field that the state does not have. It precedes the error for an absent field, which is
    /// often the same field with its name misspelt.
    fn unknown(&self) -> Option<Error> {
        let Some(DataForm::Fields(fields, _)) = self.command else { return None };
        let unknown = self.named.keys().find(|name| !fields.contains(&name.as_str()))?;
        let hint = hint(unknown, "its fields are", fields);
        Some(de::Error::custom(format_args!("`{}` is not one of its fields{hint}", Printable(unknown))))
    }
}

/// Reads a value. A stored one may have parts that an adaptor has redacted: those that do not fit are read as a zero.
fn read<'de, T: Deserialize<'de>>(value: Value, is_stored: bool) -> Result<T, Error> {
    if is_stored && is_redacted_in(&value) {
        let as_it_is = T::deserialize(Unredacted::strict(value.clone()));
        return as_it_is.or_else(|_| T::deserialize(Unredacted::lenient(value)));
    }
    T::deserialize(Unredacted::strict(value))
}

fn at(place: &str, error: &Error) -> Error {
    de::Error::custom(format_args!("{place}: {error}"))
}

/// Reads an absent field: `None` for an `Option`, an error that names the field for any other type.
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
