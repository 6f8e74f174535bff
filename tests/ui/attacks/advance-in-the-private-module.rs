// The trait whose method a commit calls, in the private module of the derive.

use tollgate::__private::Advance;

fn main() {}
