//! The types of the columns in the application's table: a column that would change a written value is refused when the
//! machine is registered, with an error that names a type that works. Each other type is tested here.

use tollgate::{Id, StateMachine, Subject};
use tollgate_store::{Error, Store};
use tollgate_store_tests::{Database, Kind, Tested, on_both};

use crate::{refused, sink_error};

/// A flag with states that are named by digits.
#[derive(Debug, Clone, Subject)]
#[subject(table = "flags", state = "state", version = "version")]
struct Flag {
    #[subject(id)]
    id: Id,
}

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[machine(subject = Flag)]
#[transition(hoist, from = Down, to = Up)]
#[transition(strike, from = Up, to = Down)]
enum FlagState {
    #[state(initial, rename = "0")]
    Down,
    #[state(rename = "1")]
    Up,
}

/// An order with states that are words.
#[derive(Debug, Clone, Subject)]
#[subject(table = "flags", state = "state", version = "version")]
struct Order {
    #[subject(id)]
    id: Id,
}

#[derive(Debug, Clone, PartialEq, StateMachine)]
#[machine(subject = Order)]
#[transition(pay, from = Open, to = Paid)]
#[transition(refund, from = Paid, to = Open)]
enum OrderState {
    #[state(initial)]
    Open,
    Paid,
}

on_both! {
    state_column_that_keeps_no_names_is_refused_at_registration,
    state_column_that_keeps_the_names_works,
    version_column_that_counts_inexactly_is_refused_at_registration,
    version_column_that_counts_exactly_works,
    id_column_that_changes_ids_is_refused_at_registration,
    id_that_its_column_would_change_is_refused_at_its_commit,
    version_past_its_column_is_refused_before_the_statement,
}

/// Recreates the table.
async fn table(database: &Database, id: &str, state: &str, version: &str, options: &str) -> Tested {
    let sql = format!(
        "DROP TABLE IF EXISTS flags; CREATE TABLE flags (id {id} PRIMARY KEY, state {state}, version {version}) {options}"
    );
    database.execute(&sql).await.map_err(|error| format!("{sql}: {error}").into())
}

/// Returns the error of registering the machine.
async fn said<M: StateMachine>(database: &Database) -> Tested<String> {
    match refused(database.store().await?.register::<M>().await)? {
        Error::Table { why, .. } => Ok(why),
        other => Err(other.into()),
    }
}

/// Moves an order and a flag of this id, and reads both back, with the same store and with a new one.
async fn works(database: &Database, id: impl Into<Id>, literal: &str, is_flag: bool) -> Tested {
    let (store, id) = (database.store().await?, id.into());
    database.execute(&format!("INSERT INTO flags (id) VALUES ({literal})")).await?;
    if is_flag {
        let flag = FlagMachine::create(Flag { id: id.clone() }).commit_async(&store).await?;
        flag.hoist().commit_async(&store).await?;
        for store in [store, database.store().await?] {
            let AnyFlag::Up(flag) = store.resume::<FlagState>(Flag { id: id.clone() }).await? else {
                return Err("it is up".into());
            };
            let AnyFlag::Up(flag) =
                AnyFlag::from(flag.strike().commit_async(&store).await?.hoist().commit_async(&store).await?)
            else {
                return Err("it is up again".into());
            };
            assert!(flag.version() >= 4);
        }
    } else {
        let order = OrderMachine::create(Order { id: id.clone() }).commit_async(&store).await?;
        order.pay().commit_async(&store).await?;
        for store in [store, database.store().await?] {
            let AnyOrder::Paid(order) = store.resume::<OrderState>(Order { id: id.clone() }).await? else {
                return Err("it is paid".into());
            };
            order.refund().commit_async(&store).await?.pay().commit_async(&store).await?;
        }
    }
    let state = database.value("SELECT CAST(state AS text) FROM flags").await?;
    assert_eq!(state, if is_flag { "1" } else { "Paid" });
    Ok(())
}

async fn state_column_that_keeps_no_names_is_refused_at_registration(database: &Database) -> Tested {
    let strict = "and the table is STRICT: it takes no state's name; TEXT would work";
    let number =
        |of_type: &str| format!("`state` is {of_type}, which would store the state `0` as a number; TEXT would work");
    match database.kind() {
        Kind::Sqlite => {
            for of_type in ["INTEGER", "BIGINT", "REAL", "NUMERIC", "BOOLEAN", "STRING", "ANY"] {
                table(database, "INTEGER", of_type, "INTEGER", "").await?;
                assert_eq!(said::<FlagState>(database).await?, number(of_type));
            }
            for of_type in ["INTEGER", "INT", "REAL", "BLOB"] {
                table(database, "INTEGER", of_type, "INTEGER", "STRICT").await?;
                for said in [said::<FlagState>(database).await?, said::<OrderState>(database).await?] {
                    assert_eq!(said, format!("`state` is {of_type}, {strict}"));
                }
            }
        }
        Kind::Postgres => {
            database.execute("CREATE TYPE colour AS ENUM ('0', 'Open')").await?;
            database.execute("CREATE DOMAIN short AS varchar(3); CREATE DOMAIN shorter AS short").await?;
            let holds = "which does not hold the name of a state; text or an enumeration of the states would work";
            for (of_type, why) in [
                ("integer", format!("`state` is integer, {holds}")),
                ("boolean", format!("`state` is boolean, {holds}")),
                ("json", format!("`state` is json, {holds}")),
                ("\"char\"", format!("`state` is \"char\", {holds}")),
                (
                    "varchar(3)",
                    "`state` is character varying(3), which would not keep the state `Open`; text would work"
                        .to_owned(),
                ),
                (
                    "char(3)",
                    "`state` is character(3), which would not keep the state `Open`; text would work".to_owned(),
                ),
                ("shorter", "`state` is shorter, which would not keep the state `Open`; text would work".to_owned()),
                (
                    "colour",
                    "`state` is colour, which lacks the state `Paid`; `ALTER TYPE colour ADD VALUE 'Paid'` adds it"
                        .to_owned(),
                ),
            ] {
                table(database, "bigint", of_type, "bigint", "").await?;
                assert_eq!(said::<OrderState>(database).await?, why);
            }
            database.execute("ALTER TYPE colour ADD VALUE 'Paid'").await?;
            works(database, 7, "7", false).await?;
        }
    }
    database.execute("DROP TABLE flags").await
}

async fn state_column_that_keeps_the_names_works(database: &Database) -> Tested {
    let mut id = 0;
    let types: &[(&str, &str, bool)] = match database.kind() {
        Kind::Sqlite => &[
            ("TEXT", "", true),
            ("varchar(1)", "", true),
            ("", "", true),
            ("BLOB", "", true),
            ("TEXT", "STRICT", true),
            ("ANY", "STRICT", true),
            // No state name of these machines reads as a number.
            ("STRING", "", false),
            ("INTEGER", "", false),
        ],
        Kind::Postgres => &[
            ("text", "", true),
            ("char(12)", "", true),
            ("char(12)", "", false),
            ("char(4)", "", false),
            ("varchar(4)", "", false),
            ("varchar", "", true),
            ("name", "", false),
        ],
    };
    for (of_type, options, is_flag) in types {
        table(database, "bigint", of_type, "bigint", "").await?;
        if !options.is_empty() {
            table(database, "INTEGER", of_type, "INTEGER", options).await?;
        }
        id += 1;
        works(database, id, &id.to_string(), *is_flag)
            .await
            .map_err(|error| format!("{of_type} {options}: {error}"))?;
    }
    Ok(())
}

async fn version_column_that_counts_inexactly_is_refused_at_registration(database: &Database) -> Tested {
    let cases: &[(&str, &str, &str)] = match database.kind() {
        Kind::Sqlite => &[
            ("TEXT", "", "`version` is TEXT, which would store a version as a text; INTEGER would work"),
            ("VARCHAR(9)", "", "`version` is VARCHAR(9), which would store a version as a text; INTEGER would work"),
            ("REAL", "", "`version` is REAL, which would store a version as a float; INTEGER would work"),
            ("DOUBLE", "", "`version` is DOUBLE, which would store a version as a float; INTEGER would work"),
            ("TEXT", "STRICT", "`version` is TEXT, which would store a version as a text; INTEGER would work"),
            ("BLOB", "STRICT", "`version` is BLOB, which takes no version in a STRICT table; INTEGER would work"),
        ],
        Kind::Postgres => &[
            ("text", "", "`version` is text, which does not count versions exactly; bigint would work"),
            ("real", "", "`version` is real, which does not count versions exactly; bigint would work"),
            (
                "double precision",
                "",
                "`version` is double precision, which does not count versions exactly; bigint would work",
            ),
            ("boolean", "", "`version` is boolean, which does not count versions exactly; bigint would work"),
        ],
    };
    for (of_type, options, why) in cases {
        table(database, "INTEGER", "text", of_type, options).await?;
        assert_eq!(said::<FlagState>(database).await?, *why);
    }
    Ok(())
}

async fn version_column_that_counts_exactly_works(database: &Database) -> Tested {
    let types: &[(&str, &str)] = match database.kind() {
        Kind::Sqlite => {
            &[("INTEGER", ""), ("NUMERIC", ""), ("DECIMAL(9)", ""), ("", ""), ("ANY", "STRICT"), ("INT", "STRICT")]
        }
        Kind::Postgres => &[("smallint", ""), ("integer", ""), ("bigint", ""), ("numeric", ""), ("numeric(9)", "")],
    };
    for (id, (of_type, options)) in (1..).zip(types) {
        table(database, "INTEGER", "text", of_type, options).await?;
        works(database, id, &id.to_string(), true).await.map_err(|error| format!("{of_type} {options}: {error}"))?;
    }
    Ok(())
}

async fn id_column_that_changes_ids_is_refused_at_registration(database: &Database) -> Tested {
    let (types, why): (&[&str], _) = match database.kind() {
        Kind::Sqlite => (&["REAL", "DOUBLE"], "which does not tell large ids apart; INTEGER or TEXT would work"),
        Kind::Postgres => (
            &["real", "double precision", "date", "boolean", "inet"],
            "which does not keep an id as it is written; bigint, uuid or text would work",
        ),
    };
    for of_type in types {
        table(database, of_type, "text", "INTEGER", "").await?;
        assert_eq!(said::<FlagState>(database).await?, format!("`id` is {of_type}, {why}"));
    }
    Ok(())
}

async fn id_that_its_column_would_change_is_refused_at_its_commit(database: &Database) -> Tested {
    let types: &[(&str, &str, &str)] = match database.kind() {
        Kind::Sqlite => &[
            ("INTEGER", "007", "the text `007` would become a number in a column of type INTEGER; TEXT would work"),
            ("NUMERIC", "1e3", "the text `1e3` would become a number in a column of type NUMERIC; TEXT would work"),
            ("STRING", " 7", "the text ` 7` would become a number in a column of type STRING; TEXT would work"),
        ],
        Kind::Postgres => &[
            ("integer", "007", "`id` of `flags` cannot hold the subject's id, `007`"),
            ("numeric", "007", "`id` of `flags` cannot hold the subject's id, `007`"),
            ("char(12)", "a ", "`id` of `flags` cannot hold the subject's id, `a `"),
        ],
    };
    for (of_type, id, why) in types {
        table(database, of_type, "text", "INTEGER", "").await?;
        let literal = if of_type.starts_with("char") { "'a'" } else { "7" };
        database.execute(&format!("INSERT INTO flags (id) VALUES ({literal})")).await?;
        let store = database.store().await?;
        let created = FlagMachine::create(Flag { id: Id::from(*id) }).commit_async(&store).await;
        let refused = refused(created)?;
        let Error::Unstorable { why: said, .. } = sink_error(&refused)? else { return Err(refused.to_string().into()) };
        assert!(said.contains(why), "{said}");
        assert_eq!(database.value("SELECT count(*) FROM flags WHERE state IS NOT NULL").await?, 0);
        assert!(matches!(store.resume::<FlagState>(Flag { id: Id::from(*id) }).await, Err(Error::NeverCreated { .. })));
    }
    // The same texts are valid ids in a text column.
    for (number, id) in (0..).zip(["007", "1e3", " 7", "a"]) {
        let of_type = if database.kind() == Kind::Postgres && number == 3 { "char(12)" } else { "text" };
        table(database, of_type, "text", "INTEGER", "").await?;
        works(database, id, &format!("'{id}'"), true).await.map_err(|error| format!("{id}: {error}"))?;
    }
    Ok(())
}

async fn version_past_its_column_is_refused_before_the_statement(database: &Database) -> Tested {
    if database.kind() == Kind::Sqlite {
        // A column of SQLite holds every version that a record can have.
        return Ok(());
    }
    table(database, "bigint", "text", "smallint", "").await?;
    database.execute("INSERT INTO flags (id) VALUES (7)").await?;
    let store: Store = database.store().await?;
    FlagMachine::create(Flag { id: Id::from(7) }).commit_async(&store).await?;
    // Builds only the last of 32,767 records.
    database.tamper();
    database
        .execute(
            "ALTER TABLE tollgate_record DISABLE TRIGGER tollgate_keep;
             UPDATE tollgate_record SET version = 32767, digest = NULL; UPDATE flags SET version = 32767;
             ALTER TABLE tollgate_record ENABLE TRIGGER tollgate_keep",
        )
        .await?;
    let AnyFlag::Down(flag) = database.store().await?.resume::<FlagState>(Flag { id: Id::from(7) }).await? else {
        return Err("it is down".into());
    };
    let refused = refused(flag.hoist().commit_async(&database.store().await?).await)?;
    let said = "its version, 32768, is past 32767, the largest in the row's version column; bigint would work";
    assert!(refused.to_string().contains(said), "{refused}");
    database.execute("DROP TABLE tollgate_record CASCADE").await
}
