// The declaration of the victim's machine with another table, by an update.

use tollgate::machine::Declaration;
use tollgate::Table;
use victim::ReportState;

const ELSEWHERE: Table = Table { name: "reports", id: "id", state: "state", version: None };
const FORGED: Declaration = Declaration { table: Some(ELSEWHERE), ..*Declaration::of::<ReportState>() };

fn main() {}
