// The trait whose method a commit calls, where the derive finds what it needs.

use tollgate::__private::Advance;

fn main() {}
