//! Features that the author of a Datasette plugin has today, as far as events alone provide them: a test
//! for each line of the parity list, and one for each row of its vocabulary.
//!
//! Delivery (2, 4, 5, 7), and that a name is registered once, are the hub's. That only what is declared as an
//! event can be sent (3), and that properties have types (better, 2), is shown by programs that do not compile: under
//! ui/, event-not-derived and event-property-of-another-type.

use std::collections::BTreeMap;

use tollgate::chrono::Utc;
use tollgate::events::{
    AlterTable, CreateTable, CreateToken, DeleteRow, DropTable, InsertRows, Login, Logout, RenameTable, UpdateRow,
    UpsertRows,
};
use tollgate::serde_json::{Value, json};
use tollgate::{Actor, Event, Record};

use crate::Tested;

/// Returns the recorded name and properties of this event, after it was read back as it was.
fn recorded<E>(event: E) -> Result<(String, Option<Value>), Box<dyn std::error::Error>>
where
    E: Event + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let mut log: Vec<Record> = Vec::new();
    let event = event.fire().by("ann").commit(&mut log)?;
    assert_eq!(E::from_record(&log[0])?, Some(event));
    let properties = log[0].properties.clone();
    // The description lists the recorded properties, each with its docs.
    let names: Vec<&str> = E::TYPE.properties.iter().map(|property| property.name).collect();
    let recorded = properties.iter().filter_map(Value::as_object).flat_map(|object| object.keys());
    assert_eq!(
        names.iter().copied().collect::<std::collections::BTreeSet<_>>(),
        recorded.map(String::as_str).collect()
    );
    assert!(!E::TYPE.doc.is_empty() && E::TYPE.properties.iter().all(|property| !property.doc.is_empty()));
    Ok((log.remove(0).event.ok_or("an event has a name")?.into_owned(), properties))
}

#[test]
fn behaviour_01_name_actor_and_time_are_the_records_and_not_among_the_properties() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let before = Utc::now();
    DropTable { database: "town".into(), table: "trees".into() }.occurred().by("ann").commit(&mut log)?;
    let record = &log[0];
    assert_eq!(record.event.as_deref(), Some("drop-table"));
    assert_eq!(record.actor, Some(Actor::user("ann")));
    assert!(before <= record.at && record.at <= Utc::now(), "the system's time, in UTC");
    assert_eq!(record.properties, Some(json!({ "database": "town", "table": "trees" })));
    Ok(())
}

#[test]
fn behaviour_06_a_plugin_defines_types_in_its_own_crate() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    plugin::comment("town", "trees", "tall").by("ann").commit(&mut log)?;
    assert_eq!(log[0].event.as_deref(), Some("comment-on-table"));
    Ok(())
}

/// A commit takes the event; the record has a copy of its values at that moment.
#[test]
fn better_2_a_recorded_event_does_not_change() -> Tested {
    let mut log: Vec<Record> = Vec::new();
    let event = DropTable { database: "town".into(), table: "trees".into() };
    let mut event = event.occurred().commit(&mut log)?;
    event.table.push('!');
    assert_eq!(log[0].properties, Some(json!({ "database": "town", "table": "trees" })));
    Ok(())
}

#[test]
fn login_has_no_properties() -> Tested {
    assert_eq!(recorded(Login)?, ("login".into(), None));
    Ok(())
}

#[test]
fn logout_has_no_properties() -> Tested {
    assert_eq!(recorded(Logout)?, ("logout".into(), None));
    Ok(())
}

#[test]
fn create_token_has_its_expiry_and_its_restrictions() -> Tested {
    let actions = || vec!["view-table".to_owned()];
    let event = CreateToken {
        expires_after: Some(3600),
        restrict_all: actions(),
        restrict_database: BTreeMap::from([("town".to_owned(), actions())]),
        restrict_resource: BTreeMap::from([("town".to_owned(), BTreeMap::from([("trees".to_owned(), actions())]))]),
    };
    let properties = json!({
        "expires_after": 3600,
        "restrict_all": ["view-table"],
        "restrict_database": { "town": ["view-table"] },
        "restrict_resource": { "town": { "trees": ["view-table"] } },
    });
    assert_eq!(recorded(event)?, ("create-token".into(), Some(properties)));
    let properties =
        json!({ "expires_after": null, "restrict_all": [], "restrict_database": {}, "restrict_resource": {} });
    assert_eq!(recorded(CreateToken::default())?, ("create-token".into(), Some(properties)));
    Ok(())
}

#[test]
fn create_table_has_database_table_and_schema() -> Tested {
    let event =
        CreateTable { database: "town".into(), table: "trees".into(), schema: "create table trees (id)".into() };
    let properties = json!({ "database": "town", "table": "trees", "schema": "create table trees (id)" });
    assert_eq!(recorded(event)?, ("create-table".into(), Some(properties)));
    Ok(())
}

#[test]
fn drop_table_has_database_and_table() -> Tested {
    let event = DropTable { database: "town".into(), table: "trees".into() };
    assert_eq!(recorded(event)?, ("drop-table".into(), Some(json!({ "database": "town", "table": "trees" }))));
    Ok(())
}

#[test]
fn alter_table_has_both_schemas() -> Tested {
    let event = AlterTable {
        database: "town".into(),
        table: "trees".into(),
        before_schema: "(id)".into(),
        after_schema: "(id, name)".into(),
    };
    let properties =
        json!({ "database": "town", "table": "trees", "before_schema": "(id)", "after_schema": "(id, name)" });
    assert_eq!(recorded(event)?, ("alter-table".into(), Some(properties)));
    Ok(())
}

#[test]
fn rename_table_has_both_names() -> Tested {
    let event = RenameTable { database: "town".into(), old_table: "trees".into(), new_table: "shrubs".into() };
    let properties = json!({ "database": "town", "old_table": "trees", "new_table": "shrubs" });
    assert_eq!(recorded(event)?, ("rename-table".into(), Some(properties)));
    Ok(())
}

#[test]
fn insert_rows_has_their_number_and_what_becomes_of_taken_keys() -> Tested {
    let event =
        InsertRows { database: "town".into(), table: "trees".into(), num_rows: u64::MAX, ignore: true, replace: false };
    let properties =
        json!({ "database": "town", "table": "trees", "num_rows": u64::MAX, "ignore": true, "replace": false });
    assert_eq!(recorded(event)?, ("insert-rows".into(), Some(properties)));
    Ok(())
}

#[test]
fn upsert_rows_has_their_number() -> Tested {
    let event = UpsertRows { database: "town".into(), table: "trees".into(), num_rows: 2 };
    let properties = json!({ "database": "town", "table": "trees", "num_rows": 2 });
    assert_eq!(recorded(event)?, ("upsert-rows".into(), Some(properties)));
    Ok(())
}

#[test]
fn update_row_has_the_primary_key() -> Tested {
    let event = UpdateRow { database: "town".into(), table: "trees".into(), pks: vec![7.into(), "north".into()] };
    let properties = json!({ "database": "town", "table": "trees", "pks": [7, "north"] });
    assert_eq!(recorded(event)?, ("update-row".into(), Some(properties)));
    Ok(())
}

#[test]
fn delete_row_has_the_primary_key() -> Tested {
    let event = DeleteRow { database: "town".into(), table: "trees".into(), pks: vec![7.into()] };
    let properties = json!({ "database": "town", "table": "trees", "pks": [7] });
    assert_eq!(recorded(event)?, ("delete-row".into(), Some(properties)));
    Ok(())
}
