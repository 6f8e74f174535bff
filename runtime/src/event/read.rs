//! Reads an event from recorded properties, some of which an adaptor may have redacted.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Error, Map, Value};

use super::Event;
use crate::record::REDACTED;
use crate::record::unredacted::{Unredacted, is_redacted_in, unknown};

/// Reads the properties as they are. If they do not fit and something is redacted, that is read as the default of its type.
pub(super) fn read<E: Event + DeserializeOwned>(stored: &Value) -> Result<E, Error> {
    match (E::deserialize(stored), stored) {
        (Err(_), Value::Object(fields)) if is_redacted_in(stored) => {
            let read =
                |fields: &Map<String, Value>| E::deserialize(Unredacted::below_fields(Value::Object(fields.clone())));
            let fits = |fields: &Map<String, Value>| read(fields).map(drop);
            read(&replaced(fields, &fits, E::__unredacted)?)
        }
        (read, _) => read,
    }
}

/// Tries the properties.
type Fits<'a> = dyn Fn(&Map<String, Value>) -> Result<(), Error> + 'a;

/// Returns the properties with a default in place of each that is redacted and does not fit. Only the whole can be tried,
/// because the types of the properties are known to `serde` alone.
fn replaced(
    fields: &Map<String, Value>,
    fits: &Fits<'_>,
    default_of: fn(&str) -> Option<Value>,
) -> Result<Map<String, Value>, Error> {
    let hidden = || fields.iter().filter(|(_, value)| *value == REDACTED).map(|(name, _)| name);
    let mut replaced = fields.clone();
    for name in hidden() {
        match default_of(name) {
            Some(default) => replaced.insert(name.clone(), default),
            // `serde` may have a default.
            None => replaced.remove(name),
        };
    }
    let mut last = None;
    while let Err(error) = fits(&replaced) {
        // `serde` has no default. The text may fit; if not, its error names the fix.
        let message = error.to_string();
        let is_missing = |name: &&String| message == format!("missing field `{name}`");
        let Some(missing) = hidden().filter(|name| !replaced.contains_key(*name)).find(is_missing) else {
            // `serde` reads a flattened property apart from its name.
            let unnamed = last.filter(|_| !message.contains("is redacted"));
            return Err(unnamed.map_or(error, |name: &String| unknown(name, &message)));
        };
        replaced.insert(missing.clone(), REDACTED.into());
        last = Some(missing);
    }
    // A text is kept, redacted or not.
    for name in hidden() {
        let default = replaced.insert(name.clone(), REDACTED.into());
        if fits(&replaced).is_err() {
            match default {
                Some(default) => replaced.insert(name.clone(), default),
                None => replaced.remove(name),
            };
        }
    }
    Ok(replaced)
}

/// The default of `T` as JSON, if it has one. A type that is not `Default` falls through to [`NoDefaultJson`].
#[doc(hidden)]
pub struct DefaultJson<T>(PhantomData<T>);

#[doc(hidden)]
#[must_use]
pub const fn default_json<T>() -> DefaultJson<T> {
    DefaultJson(PhantomData)
}

impl<T: Default + Serialize> DefaultJson<T> {
    #[allow(clippy::unused_self, reason = "a method of the type goes before one of a trait")]
    pub fn get(&self) -> Option<Value> {
        serde_json::to_value(T::default()).ok()
    }
}

/// The fallback for a type without a default.
#[doc(hidden)]
pub trait NoDefaultJson {
    fn get(&self) -> Option<Value> {
        None
    }
}

impl<T> NoDefaultJson for DefaultJson<T> {}
