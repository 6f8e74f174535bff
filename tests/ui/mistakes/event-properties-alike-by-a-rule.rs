// Two properties that get the same name from a rule.

use serde::{Deserialize, Serialize};
use tollgate::{Event, Record};

#[derive(Event, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateTable {
    table_name: String,
    #[allow(non_snake_case)]
    tableName: String,
}

fn main() {
    let mut log: Vec<Record> = Vec::new();
    let event = CreateTable { table_name: "town".into(), tableName: "trees".into() };
    let _ = event.occurred().commit(&mut log).unwrap();
}
