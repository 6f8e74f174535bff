// The trait whose method a commit calls, by a bound that implies it.

use tollgate::{commit::Moves, Step};

fn leap<T, M>(machine: M) -> M
where
    Step<T, M, Moves<()>>: std::fmt::Debug,
{
    machine.__arrive(Moves(()), None)
}

fn main() {}
