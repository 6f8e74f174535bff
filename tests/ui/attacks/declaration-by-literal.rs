// The declaration of somebody else's machine with a table of one's own, by a struct literal.

use tollgate::machine::Declaration;
use victim::ReportState;

const FORGED: Declaration = Declaration { chart: ReportState::CHART, table: None };

fn main() {}
