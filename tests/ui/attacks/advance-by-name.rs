// The trait whose method a commit calls, by its name.

use tollgate::commit::Advance;

fn main() {}
