// A property of another type.

use tollgate::events::UpsertRows;

fn main() {
    let _ = UpsertRows { database: "town".into(), table: "trees".into(), num_rows: "three" };
}
