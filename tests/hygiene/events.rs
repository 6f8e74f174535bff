//! Events in each place where a user may declare them, and among hostile names.

use tollgate::serde_json::json;
use tollgate::{Event, Record};

use crate::Tested;

/// Returns the name and the properties of the one event in the log.
fn said(log: &[Record]) -> (&str, tollgate::serde_json::Value) {
    let [record] = log else { panic!("{} records", log.len()) };
    (record.event.as_deref().unwrap_or_default(), record.properties.clone().unwrap_or_default())
}

/// Types with the names that the generated code uses; it must not resolve to any of them. The names of
/// primitive types are missing: serde's own derive would resolve to them.
mod shadowed {
    #![allow(dead_code, non_camel_case_types, reason = "they are there to be in the way")]

    use tollgate::serde::{Deserialize, Serialize};

    mod core {}
    mod std {}

    struct String;
    struct Some;
    struct None;
    struct Ok;
    struct Value;
    struct Record;
    trait Default {}
    trait Blank {}
    trait Recorded {}

    #[derive(tollgate::Event, Serialize, Deserialize)]
    pub(super) struct Option {
        pub(super) self_: u8,
        pub(super) __properties: u8,
        #[event(redact)]
        pub(super) __stored: u8,
        #[event(skip)]
        pub(super) __tollgate: u8,
        pub(super) r#type: u8,
        pub(super) event: u8,
    }

    #[derive(tollgate::Event, Serialize, Deserialize)]
    pub(super) struct Result {
        #[event(redact)]
        pub(super) value: i8,
    }

    #[derive(tollgate::Event, Serialize, Deserialize)]
    pub(super) struct Event;
}

#[test]
fn names_that_the_generated_code_uses_are_not_in_its_way() -> Tested {
    let mut log = Vec::new();
    let event = shadowed::Option { self_: 1, __properties: 2, __stored: 3, __tollgate: 4, r#type: 5, event: 6 };
    event.occurred().commit(&mut log)?;
    let properties = json!({ "self_": 1, "__properties": 2, "__stored": "[redacted]", "type": 5, "event": 6 });
    assert_eq!(said(&log), ("option", properties));
    let back = shadowed::Option::from_record(&log[0])?.ok_or("another event")?;
    assert_eq!((back.self_, back.__stored, back.__tollgate), (1, 0, 0));
    log.clear();
    shadowed::Result { value: -1 }.occurred().commit(&mut log)?;
    assert_eq!(said(&log), ("result", json!({ "value": "[redacted]" })));
    log.clear();
    shadowed::Event.occurred().commit(&mut log)?;
    assert_eq!(said(&log), ("event", json!(null)));
    Ok(())
}

/// Methods that every type has, with the names of the called ones.
mod blanket {
    #![allow(dead_code, reason = "they are there to be in the way")]

    use tollgate::serde::{Deserialize, Serialize};

    trait Everything {
        fn json(&self) {}
        fn redacted(self)
        where
            Self: Sized,
        {
        }
        fn flattened(self)
        where
            Self: Sized,
        {
        }
        fn blank() {}
    }

    impl<T> Everything for T {}

    #[derive(tollgate::Event, Serialize, Deserialize)]
    pub(super) struct Blanket {
        #[event(redact)]
        pub(super) value: u8,
    }
}

#[test]
fn methods_that_every_type_has_are_not_called() -> Tested {
    let mut log = Vec::new();
    blanket::Blanket { value: 1 }.occurred().commit(&mut log)?;
    assert_eq!(said(&log), ("blanket", json!({ "value": "[redacted]" })));
    assert_eq!(blanket::Blanket::from_record(&log[0])?.map(|event| event.value), Some(0));
    Ok(())
}

#[test]
fn an_event_stands_in_a_function_and_has_its_types() -> Tested {
    #[derive(Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Local(u8);

    #[derive(Debug, PartialEq, Event, serde::Serialize, serde::Deserialize)]
    struct InAFunction {
        #[event(skip)]
        skipped: Local,
        local: Local,
    }

    let mut log = Vec::new();
    let event = InAFunction { skipped: Local(1), local: Local(2) }.occurred().commit(&mut log)?;
    assert_eq!(said(&log), ("in-a-function", json!({ "local": 2 })));
    assert_eq!(InAFunction::from_record(&log[0])?, Some(InAFunction { skipped: Local(0), ..event }));
    Ok(())
}

/// The items that a crate with a macro exports for its macro.
mod reexported {
    pub(crate) use ::tollgate;
}

macro_rules! event {
    ($(#[$attribute:meta])* $name:ident, $recorded:literal, $($field:ident: $type:ty),*) => {
        #[derive($crate::events::reexported::tollgate::Event, serde::Serialize, serde::Deserialize)]
        #[event(name = $recorded, crate = $crate::events::reexported::tollgate)]
        $(#[$attribute])*
        struct $name {
            $($field: $type,)*
            #[event(redact)]
            secret: String,
        }
    };
}

event!(#[event(requires(reason))] FromAMacro, "macro/made", first: u8, second: Option<u8>);

#[test]
fn an_event_comes_out_of_a_macro() -> Tested {
    let mut log = Vec::new();
    let event = FromAMacro { first: 1, second: None, secret: "x".into() };
    event.occurred().because("it must").commit(&mut log)?;
    assert_eq!(said(&log), ("macro/made", json!({ "first": 1, "second": null, "secret": "[redacted]" })));
    let back = FromAMacro::from_record(&log[0])?.ok_or("another event")?;
    assert_eq!((back.first, back.second, back.secret.as_str()), (1, None, ""));
    Ok(())
}

/// A property that is compiled away is not a property.
#[derive(Event, serde::Serialize)]
struct Configured {
    kept: u8,
    #[cfg(any())]
    gone: NoSuchType,
    #[cfg_attr(all(), serde(rename = "renamed"), event(redact))]
    attributed: u8,
}

#[test]
fn what_is_compiled_away_is_no_property() -> Tested {
    let mut log = Vec::new();
    Configured { kept: 1, attributed: 2 }.occurred().commit(&mut log)?;
    assert_eq!(said(&log), ("configured", json!({ "kept": 1, "renamed": "[redacted]" })));
    Ok(())
}

/// The deprecation is reported at a use, and not in the generated code.
#[deprecated]
#[derive(Event, serde::Serialize)]
struct Deprecated;

#[test]
#[allow(deprecated, reason = "it is")]
fn a_deprecated_event_is_an_event() -> Tested {
    let mut log = Vec::new();
    Deprecated.occurred().commit(&mut log)?;
    assert_eq!(said(&log), ("deprecated", json!(null)));
    Ok(())
}
