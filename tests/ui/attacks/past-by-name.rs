// What a machine knows of its records, by its name.

use tollgate::machine::Past;
use tollgate::__private::Past as Exported;

fn main() {}
