// The declaration of the victim's machine with another table, by a struct literal.

use tollgate::machine::Declaration;
use victim::ReportState;

const FORGED: Declaration = Declaration { chart: ReportState::CHART, table: None };

fn main() {}
