//! A type of event that changes: an old log is read by the new type, under a former name, without a property that was
//! added, and with one that was removed.

use serde::{Deserialize, Serialize};
use tollgate::hub::RegistrationError;
use tollgate::serde_json::{self, json};
use tollgate::{Event, Hub, Record};

use crate::Tested;

/// A table was exported.
#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
#[event(name = "export-table", was = "exported", was = "dump")]
struct ExportTable {
    table: String,
    /// Added later.
    #[serde(default = "csv")]
    format: String,
    #[serde(default)]
    rows: u64,
    /// Added later, and absent from old records without any attribute.
    by: Option<String>,
}

fn csv() -> String {
    "csv".to_owned()
}

/// A record of an earlier version, in which `compress` was a property.
fn old(name: &str, properties: &str) -> Result<Record, serde_json::Error> {
    serde_json::from_str(&format!(
        r#"{{"v":1,"id":"01970000-0000-7000-8000-000000000000","at":"2026-05-01T09:30:00.000000000Z",
        "kind":"event","event":"{name}"{properties}}}"#
    ))
}

#[test]
fn old_log_is_read_under_former_names_with_defaults_and_without_removed_properties() -> Tested {
    for name in ["exported", "dump", "export-table"] {
        let record = old(name, r#","properties":{"table":"trees","compress":true}"#)?;
        let expected = ExportTable { table: "trees".into(), format: "csv".into(), rows: 0, by: None };
        assert_eq!(ExportTable::from_record(&record)?, Some(expected), "{name}");
    }
    assert_eq!(ExportTable::from_record(&old("exports", r#","properties":{"table":"trees"}"#)?)?, None);
    assert_eq!((ExportTable::TYPE.name, ExportTable::TYPE.was), ("export-table", &["exported", "dump"][..]));
    assert!(ExportTable::TYPE.has_name("dump") && !ExportTable::TYPE.has_name("Dump"));
    Ok(())
}

#[test]
fn new_records_have_the_present_name() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let event = ExportTable { table: "trees".into(), format: "csv".into(), rows: 3, by: None };
    event.occurred().commit(&mut log)?;
    assert_eq!(log[0].event.as_deref(), Some("export-table"));
    Ok(())
}

/// It had no properties, and has one now; and the reverse.
#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
struct Started {
    #[serde(default)]
    build: String,
}

#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
struct Stopped;

#[test]
fn first_property_is_added_and_the_last_is_removed() -> Tested {
    assert_eq!(Started::from_record(&old("started", "")?)?, Some(Started { build: String::new() }));
    assert_eq!(Stopped::from_record(&old("stopped", r#","properties":{"code":3}"#)?)?, Some(Stopped));
    Ok(())
}

#[test]
fn added_property_without_default_is_an_error_that_names_it() -> Tested {
    let error = ExportTable::from_record(&old("dump", r#","properties":{"format":"csv"}"#)?).err().ok_or("no table")?;
    assert!(error.to_string().ends_with("do not fit: missing field `table`"), "{error}");
    Ok(())
}

#[test]
fn hub_delivers_records_of_former_names() -> Tested {
    let mut heard = Vec::new();
    let mut hub = Hub::new();
    hub.on::<ExportTable>(|event, record| heard.push((event.table, record.event.clone())))?;
    for name in ["dump", "export-table"] {
        hub.notify(&old(name, r#","properties":{"table":"trees"}"#)?)?;
    }
    drop(hub);
    assert_eq!(heard, [("trees".into(), Some("dump".into())), ("trees".into(), Some("export-table".into()))]);
    Ok(())
}

mod other {
    use super::{Deserialize, Event, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    pub(super) struct Dump;

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "other", was = "export-table")]
    pub(super) struct Other;

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "third", was = "exported")]
    pub(super) struct Third;
}

#[test]
fn hub_refuses_a_name_that_is_or_was_of_another_type() -> Tested {
    let mut hub = Hub::new();
    hub.register::<ExportTable>()?;
    let names = [
        hub.register::<other::Dump>().err(),
        hub.register::<other::Other>().err(),
        hub.register::<other::Third>().err(),
    ];
    let names = names.map(|error| match error {
        Some(RegistrationError::EventName { name, registered, .. }) if registered.ends_with("ExportTable") => {
            Some(name)
        }
        _ => None,
    });
    assert_eq!(names, [Some("dump"), Some("export-table"), Some("exported")]);
    let remedy = |error: Option<RegistrationError>| {
        let text = error.map(|error| error.to_string().replace("behaviour::event_changes::", "")).unwrap_or_default();
        text.split_once("cannot be registered; ").map(|(_, remedy)| remedy.to_owned())
    };
    let registered = "it is a former name of `ExportTable`; remove it there from `was`";
    let refused = "it is a former name of `other::Other`; remove it there from `was`";
    let both = "it is a former name of both; remove it from the `was` of one";
    assert_eq!(remedy(hub.register::<other::Dump>().err()).as_deref(), Some(registered));
    assert_eq!(remedy(hub.register::<other::Other>().err()).as_deref(), Some(refused));
    assert_eq!(remedy(hub.register::<other::Third>().err()).as_deref(), Some(both));
    let mut hub = Hub::new();
    hub.register::<other::Dump>()?;
    assert!(matches!(hub.register::<ExportTable>(), Err(RegistrationError::EventName { name: "dump", .. })));
    Ok(())
}

#[test]
fn catalog_shows_former_names() -> Tested {
    let mut hub = Hub::new();
    hub.register::<ExportTable>()?;
    hub.register::<Started>()?;
    let page = hub.catalog().to_markdown();
    assert!(page.contains("A table was exported.\n\nFormerly `exported`, `dump`.\n\n| property |"), "{page}");
    let events: serde_json::Value = serde_json::from_str(&hub.catalog().to_json())?;
    assert_eq!(events["events"][0]["was"], json!(["exported", "dump"]));
    assert_eq!(events["events"][1].get("was"), None);
    Ok(())
}
