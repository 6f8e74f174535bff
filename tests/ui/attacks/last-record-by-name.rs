// What a machine knows of its records, by its name.

use tollgate::machine::LastRecord;
use tollgate::__private::LastRecord as Exported;

fn main() {}
