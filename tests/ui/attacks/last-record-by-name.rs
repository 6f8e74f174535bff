// The last record in a machine, by the name of its type.

use tollgate::machine::LastRecord;
use tollgate::__private::LastRecord as Exported;

fn main() {}
