//! The properties of an event: what of a struct is recorded, under which names, and how it is read back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tollgate::events::{CreateTable, Login, RenameTable};
use tollgate::serde_json::{self, Value, json};
use tollgate::uuid::Uuid;
use tollgate::{Cause, Event, NoAudit, Record, RecordKind};

use crate::Tested;
use crate::events::trees;
use crate::faulty::Refusing;
use crate::report::draft;

/// A type whose serialisation fails, so that a test fails if it is serialised.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Secret;

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Its default may be used: it is read back as that.
        if std::thread::current().name() == Some("writer") {
            return Err(serde::ser::Error::custom("a secret was written"));
        }
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Secret)
    }
}

#[derive(Debug, Default, PartialEq, Event, Serialize, Deserialize)]
struct SignIn {
    #[event(redact)]
    password: Secret,
    #[event(skip)]
    session: Secret,
    name: String,
}

#[test]
fn what_is_skipped_or_redacted_is_never_written_at_all() -> Tested {
    let writer = std::thread::Builder::new().name("writer".into());
    let handle = writer.spawn(|| {
        let mut log: Vec<Record> = Vec::new();
        assert!(serde_json::to_value(SignIn::default()).is_err(), "this thread cannot write a secret");
        SignIn { name: "ann".into(), ..SignIn::default() }.occurred().commit(&mut log).expect("no secret is written");
        log.remove(0)
    })?;
    let record = handle.join().map_err(|_| "the writer panicked")?;
    assert_eq!(record.properties, Some(json!({ "name": "ann", "password": "[redacted]" })));
    assert_eq!(SignIn::from_record(&record)?, Some(SignIn { name: "ann".into(), ..SignIn::default() }));
    Ok(())
}

/// The serde attributes that concern a property, on one struct.
#[derive(Debug, Default, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event(name = "named")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Named {
    first_word: u8,
    #[serde(rename = "second word")]
    #[event(redact)]
    second_word: u8,
    #[event(redact)]
    third_word: u8,
    #[event(skip)]
    fourth_word: u8,
    #[event(skip)]
    #[serde(skip)]
    fifth_word: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    sixth_word: Option<u8>,
    #[event(redact)]
    #[serde(default = "seven")]
    seventh_word: u8,
    r#type: u8,
}

fn seven() -> u8 {
    7
}

#[test]
fn properties_have_the_names_that_serde_gives_them() -> Tested {
    let event = Named {
        first_word: 1,
        second_word: 2,
        third_word: 3,
        fourth_word: 4,
        fifth_word: 5,
        seventh_word: 70,
        r#type: 8,
        ..Named::default()
    };
    let properties = json!({
        "firstWord": 1, "second word": "[redacted]", "thirdWord": "[redacted]", "seventhWord": "[redacted]", "type": 8,
    });
    let mut log: Vec<Record> = Vec::new();
    event.occurred().commit(&mut log)?;
    assert_eq!(log[0].properties, Some(properties));
    let names: Vec<&str> = Named::TYPE.properties.iter().map(|property| property.name).collect();
    assert_eq!(names, ["firstWord", "second word", "thirdWord", "sixthWord", "seventhWord", "type"]);
    let back = Named { first_word: 1, seventh_word: 7, r#type: 8, ..Named::default() };
    assert_eq!(Named::from_record(&log[0])?, Some(back));
    Ok(())
}

/// Each of serde's rules for the names of fields, compared with the output of serde.
#[test]
fn each_rule_for_names_is_serdes_own() -> Tested {
    macro_rules! ruled {
        ($($rule:literal)*) => {$({
            #[derive(Default, Event, Serialize)]
            #[serde(rename_all = $rule)]
            #[allow(non_snake_case, reason = "an odd name")]
            struct Ruled {
                one: u8,
                two_words: u8,
                _three__words_2: u8,
                r#type: u8,
            }
            let Value::Object(written) = serde_json::to_value(Ruled::default())? else { return Err("no object".into()) };
            let mut names: Vec<&str> = Ruled::TYPE.properties.iter().map(|property| property.name).collect();
            names.sort_unstable();
            assert_eq!(names, written.keys().collect::<Vec<_>>(), $rule);
        })*};
    }
    ruled! {
        "lowercase" "UPPERCASE" "PascalCase" "camelCase" "snake_case" "SCREAMING_SNAKE_CASE" "kebab-case"
        "SCREAMING-KEBAB-CASE"
    }
    Ok(())
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Table {
    database: String,
    table: String,
}

/// Fields that replace another.
#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
struct Vacuum {
    #[serde(flatten)]
    table: Table,
    #[event(redact)]
    operator: String,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

#[test]
fn flattened_fields_stand_among_the_properties() -> Tested {
    let table = Table { database: "town".into(), table: "trees".into() };
    let others = BTreeMap::from([("pages".to_owned(), json!(3))]);
    let event = Vacuum { table, operator: "ann".into(), others };
    let properties = json!({ "database": "town", "table": "trees", "operator": "[redacted]", "pages": 3 });
    let mut log: Vec<Record> = Vec::new();
    let event = event.occurred().commit(&mut log)?;
    assert_eq!(log[0].properties, Some(properties));
    assert_eq!(Vacuum::from_record(&log[0])?, Some(Vacuum { operator: String::new(), ..event }));
    let flattened: Vec<bool> = Vacuum::TYPE.properties.iter().map(|property| property.flattened).collect();
    assert_eq!(flattened, [true, false, true]);
    Ok(())
}

#[test]
fn an_event_is_read_back_from_its_record_and_from_no_other() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    trees().occurred().commit(&mut log)?;
    Login.occurred().commit(&mut log)?;
    log.extend(draft().1);
    assert_eq!(CreateTable::from_record(&log[0])?, Some(trees()));
    assert_eq!(Login::from_record(&log[1])?, Some(Login));
    for (position, record) in log.iter().enumerate() {
        assert_eq!(CreateTable::from_record(record)?.is_some(), position == 0);
        assert_eq!(Login::from_record(record)?.is_some(), position == 1);
        assert_eq!(RenameTable::from_record(record)?, None);
    }
    // A refusal of the event is not the event, and neither is another record with its name.
    for kind in [RecordKind::Refusal, RecordKind::Transition, RecordKind::Creation] {
        let mut other = log[0].clone();
        other.kind = kind;
        assert_eq!(CreateTable::from_record(&other)?, None);
    }
    Ok(())
}

#[test]
fn properties_that_do_not_fit_are_an_error_that_names_event_and_record() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    trees().occurred().commit(&mut log)?;
    let mut record = log.remove(0);
    record.id = Uuid::from_u128(7);
    record.properties = Some(json!({ "database": "town", "table": 7, "schema": "" }));
    let error = CreateTable::from_record(&record).expect_err("a number is no name");
    assert_eq!((error.event, error.record), ("create-table", record.id));
    assert_eq!(
        error.to_string(),
        "the properties of `create-table` in record 00000000-0000-0000-0000-000000000007 do not fit: invalid type: integer `7`, expected a string"
    );
    record.properties = None;
    let error = CreateTable::from_record(&record).expect_err("it has properties");
    assert!(error.to_string().ends_with("do not fit: missing field `database`"), "{error}");
    record.properties = Some(json!(["town"]));
    assert!(CreateTable::from_record(&record).is_err());
    Ok(())
}

/// An event that had no properties and gains one, and an event that loses its properties.
#[test]
fn an_event_that_gains_or_loses_properties_reads_its_old_records() -> Tested {
    #[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
    #[event(name = "login")]
    struct LoginByWhat {
        method: Option<String>,
    }

    let mut log: Vec<Record> = Vec::new();
    Login.occurred().commit(&mut log)?;
    assert_eq!(LoginByWhat::from_record(&log[0])?, Some(LoginByWhat { method: None }));
    LoginByWhat { method: Some("key".into()) }.occurred().commit(&mut log)?;
    assert_eq!(Login::from_record(&log[1])?, Some(Login));
    Ok(())
}

#[test]
fn properties_that_cannot_be_written_refuse_the_event_before_the_sink_is_asked() -> Tested {
    #[derive(Debug, Event, Serialize)]
    struct Mapped {
        by_bytes: BTreeMap<Vec<u8>, u8>,
    }

    let mut down = Refusing::default();
    let event = Mapped { by_bytes: BTreeMap::from([(vec![1], 1)]) };
    let refused = event.occurred().commit(&mut down).expect_err("a key is not a text");
    assert!(matches!(refused.cause(), Cause::Data(_)));
    let words =
        "`mapped`: `properties.by_bytes` cannot be recorded: it has a key that is not a text, a number or a boolean";
    assert_eq!(refused.to_string(), words);
    assert!(down.offered.is_empty());
    let mut event = refused.into_machine();
    event.by_bytes.clear();
    event.occurred().commit(NoAudit)?;
    Ok(())
}

/// A hand-written `Serialize` can return any form, but properties are an object.
#[test]
fn properties_are_an_object_or_nothing() -> Tested {
    #[derive(Debug, Event)]
    struct ByHand {
        form: Value,
    }

    impl Serialize for ByHand {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.form.serialize(serializer)
        }
    }

    let mut log: Vec<Record> = Vec::new();
    ByHand { form: json!({ "form": 1 }) }.occurred().commit(&mut log)?;
    assert_eq!(log[0].properties, Some(json!({ "form": 1 })));
    for (form, is) in
        [(json!(["a"]), "a list"), (json!(1), "a number"), (json!("a"), "a text"), (Value::Null, "nothing")]
    {
        let refused = ByHand { form }.occurred().commit(&mut log).expect_err(is);
        let words = format!("an event's properties are the fields of a struct, and this is {is}");
        assert!(refused.to_string().ends_with(&words), "{refused}");
    }
    Ok(())
}

#[test]
fn a_name_that_is_written_twice_refuses_the_event_and_is_named() -> Tested {
    #[derive(Debug, Event, Serialize)]
    struct Restore {
        database: String,
        #[event(skip)]
        key: String,
        #[serde(flatten)]
        others: BTreeMap<String, Value>,
    }

    for name in ["database", "key"] {
        let others = BTreeMap::from([(name.to_owned(), json!("another"))]);
        let event = Restore { database: "town".into(), key: "secret".into(), others };
        let mut down = Refusing::default();
        let refused = event.occurred().commit(&mut down).expect_err("a record holds one of them");
        assert!(matches!(refused.cause(), Cause::Data(_)));
        let words = format!(
            "`restore`: `properties` cannot be recorded: the property `{name}` is written twice, and a \
             record holds one; keep that name out of what is flattened"
        );
        assert_eq!(refused.to_string(), words);
        assert!(down.offered.is_empty());
    }
    Ok(())
}

/// A skipped property is left out by its name, but here a `Serialize` writes it under another name.
#[test]
fn a_secret_under_a_name_that_was_not_declared_refuses_the_event() -> Tested {
    #[derive(Debug, Event)]
    struct Enrol {
        user: String,
        #[event(skip)]
        password: String,
        key: &'static str,
    }

    impl Serialize for Enrol {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            BTreeMap::from([("user", &self.user), (self.key, &self.password)]).serialize(serializer)
        }
    }

    let mut log: Vec<Record> = Vec::new();
    let mut enrol = |key| {
        let event = Enrol { user: "ann".into(), password: "secret".into(), key };
        event.occurred().commit(&mut log).map(drop).map_err(|refused| refused.to_string())
    };
    let words = "`enrol`: `properties` cannot be recorded: `pw` is not declared as a property, and could be \
                 one that is not to be recorded; write each field under its own name";
    assert_eq!(enrol("pw"), Err(words.to_owned()));
    assert_eq!(enrol("password"), Ok(()));
    let properties: Vec<_> = log.iter().map(|record| record.properties.clone()).collect();
    assert_eq!(properties, [Some(json!({ "user": "ann" }))]);
    Ok(())
}
