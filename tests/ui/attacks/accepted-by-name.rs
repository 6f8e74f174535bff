// A sink's acceptance, by its name.

use tollgate::machine::Accepted;
use tollgate::__private::Accepted as Exported;

fn main() {}
