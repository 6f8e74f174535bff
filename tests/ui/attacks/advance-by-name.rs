// The trait whose method a commit calls, by its name.

use tollgate::step::Advance;

fn main() {}
