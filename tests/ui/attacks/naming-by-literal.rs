// Another name for the victim's subject, by a struct literal.

use tollgate::__private::Naming;
use victim::Report;

const FORGED: Naming<Report> = Naming { kind: "Report", id: |_| 1.into(), table: None };

fn main() {}
