// The trait whose method a commit calls, by a bound that implies it.

use tollgate::{commit::NewState, Step};

fn leap<T, M>(machine: M) -> M
where
    Step<T, M, NewState<()>>: std::fmt::Debug,
{
    machine.__enter(NewState(()), None)
}

fn main() {}
