//! The events of a service over databases, in a real SQLite file: each is written in the transaction that it describes,
//! and subscribers are notified after that transaction is committed.

#![allow(clippy::print_stdout, reason = "an example prints to its user")]

mod database;

use std::error::Error;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tollgate::events::{AlterTable, CreateTable, DeleteRow, DropTable, InsertRows, RenameTable, UpdateRow, UpsertRows};
use tollgate::hub::RegistrationError;
use tollgate::{Event, Hub, Record};

use crate::database::{Database, Reader, Write};

type Written = Result<(), Box<dyn Error>>;

const TOWN: &str = "town";

/// Creates the table, and fills it: two events of one transaction.
fn create_trees(write: &mut Write<'_, '_>) -> Written {
    write.execute("create table trees (id integer primary key, name text not null unique)", ())?;
    let schema = write.schema("trees")?;
    let event = CreateTable { database: TOWN.into(), table: "trees".into(), schema };
    let log = write.log(&event)?;
    event.occurred().commit(log)?;
    insert(write, &["oak", "elm", "ash"])
}

/// Inserts rows, one by one; the event has their number.
fn insert(write: &mut Write<'_, '_>, names: &[&str]) -> Written {
    for name in names {
        write.execute("insert into trees (name) values (?)", [name])?;
    }
    let num_rows = names.len() as u64;
    let event = InsertRows { database: TOWN.into(), table: "trees".into(), num_rows, ignore: false, replace: false };
    let log = write.log(&event)?;
    event.occurred().commit(log)?;
    Ok(())
}

fn add_height(write: &mut Write<'_, '_>) -> Written {
    let before_schema = write.schema("trees")?;
    write.execute("alter table trees add column height real", ())?;
    let after_schema = write.schema("trees")?;
    let event = AlterTable { database: TOWN.into(), table: "trees".into(), before_schema, after_schema };
    let log = write.log(&event)?;
    event.occurred().because("heights are measured from now on").commit(log)?;
    Ok(())
}

fn upsert(write: &mut Write<'_, '_>, rows: &[(&str, f64)]) -> Written {
    for row in rows {
        let sql =
            "insert into trees (name, height) values (?, ?) on conflict (name) do update set height = excluded.height";
        write.execute(sql, *row)?;
    }
    let event = UpsertRows { database: TOWN.into(), table: "trees".into(), num_rows: rows.len() as u64 };
    let log = write.log(&event)?;
    event.occurred().commit(log)?;
    Ok(())
}

fn update(write: &mut Write<'_, '_>, id: i64, height: f64) -> Written {
    write.execute_on_row("update trees set height = ? where id = ?", (height, id))?;
    let event = UpdateRow { database: TOWN.into(), table: "trees".into(), pks: vec![id.into()] };
    let log = write.log(&event)?;
    event.occurred().commit(log)?;
    Ok(())
}

fn delete(write: &mut Write<'_, '_>, id: i64) -> Written {
    write.execute_on_row("delete from trees where id = ?", [id])?;
    let event = DeleteRow { database: TOWN.into(), table: "trees".into(), pks: vec![id.into()] };
    let log = write.log(&event)?;
    event.occurred().because("the storm took it").commit(log)?;
    Ok(())
}

fn rename(write: &mut Write<'_, '_>) -> Written {
    write.execute("alter table trees rename to plants", ())?;
    let event = RenameTable { database: TOWN.into(), old_table: "trees".into(), new_table: "plants".into() };
    let log = write.log(&event)?;
    event.occurred().commit(log)?;
    Ok(())
}

fn drop_plants(write: &mut Write<'_, '_>) -> Written {
    write.execute("drop table plants", ())?;
    let event = DropTable { database: TOWN.into(), table: "plants".into() };
    let log = write.log(&event)?;
    event.occurred().commit(log)?;
    Ok(())
}

/// An event of a plugin, by mistake with a name that is taken.
#[derive(Event, Serialize, Deserialize)]
#[event(name = "insert-rows")]
struct Import {
    file: String,
}

fn import(write: &mut Write<'_, '_>) -> Written {
    write.execute("insert into trees (name) values ('yew')", ())?;
    let event = Import { file: "trees.csv".into() };
    let log = write.log(&event)?;
    event.occurred().commit(log)?;
    Ok(())
}

/// Installs two plugins, which print what they get.
fn install(hub: &mut Hub<'_>, reader: Reader) -> Result<(), RegistrationError> {
    hub.on::<AlterTable>(|event, _| {
        println!("    the schema was {}", event.before_schema);
        println!("    and is now     {}", event.after_schema);
    })?
    .named("schemas");
    // Another connection sees only committed data: the write is complete when this subscriber is notified.
    hub.on_any(move |record: &Record| -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut seen = Vec::new();
        for table in ["trees", "plants"] {
            seen.extend(reader.rows(table)?.map(|rows| format!("{table} with {rows} rows")));
        }
        let seen = if seen.is_empty() { "neither".to_owned() } else { seen.join(" and ") };
        println!("    notified of {}; the file has {seen}", record.event.as_deref().unwrap_or_default());
        Ok(())
    })
    .named("watch")
    .first();
    Ok(())
}

/// Prints rows in aligned columns.
fn print_trail(trail: &[Record]) {
    let head = ["", "event", "actor", "reason", "properties"].map(str::to_owned);
    let rows = trail.iter().enumerate().map(|(index, record)| {
        let mut properties = record.properties.clone().unwrap_or_default();
        if let Some(properties) = properties.as_object_mut() {
            // The database is the same in each row, and the schemas are long.
            properties.retain(|name, _| name != "database" && !name.ends_with("schema"));
        }
        let properties = properties.as_object().into_iter().flatten();
        let properties: Vec<String> = properties.map(|(name, value)| format!("{name}={value}")).collect();
        [
            (index + 1).to_string(),
            record.event.as_deref().unwrap_or_default().to_owned(),
            record.actor.as_ref().map(|actor| actor.id.to_string()).unwrap_or_default(),
            record.reason.clone().unwrap_or_default(),
            properties.join(" "),
        ]
    });
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [0, 1, 2, 3, 4].map(width);
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        println!("  {}", cells.join("  ").trim_end());
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new("target/datasette.db");
    fs::create_dir_all("target")?;
    let mut hub = Hub::new();
    hub.on_failure(|failure| println!("    {failure}"));
    let mut database = Database::create(path, hub)?;
    install(database.hub(), Reader::open(path)?)?;

    println!("Two events of one write are delivered when both are written:");
    database.write("ann", create_trees)?;
    println!("The table gets a column:");
    database.write("ann", add_height)?;
    println!("Rows are inserted or updated, updated, deleted:");
    database.write("bob", |write| upsert(write, &[("oak", 21.5), ("fir", 9.0)]))?;
    database.write("bob", |write| update(write, 2, 12.25))?;
    database.write("ann", |write| delete(write, 3))?;
    println!("A write fails at its second part, and the event of the first is not delivered:");
    let failed = database.write("bob", |write| {
        insert(write, &["yew"])?;
        insert(write, &["lime", "oak"])
    });
    println!("    undone: {}", failed.err().ok_or("there is an oak already")?);
    println!("An event has a name that another type has, and its row is not written:");
    let failed = database.write("bob", import);
    println!("    undone: {}", failed.err().ok_or("the name is taken")?);
    println!("The table gets another name, and is dropped:");
    database.write("ann", rename)?;
    database.write("ann", drop_plants)?;

    let trail = Reader::open(path)?.trail()?;
    println!("\nThe audit table in the same file:");
    print_trail(&trail);
    Ok(())
}
