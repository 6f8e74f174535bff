// A step without the actor that it requires, declared complete.

use tollgate::commit::batch::Complete;

impl<T, M, P> Complete for tollgate::Step<T, M, P, tollgate::commit::NotGiven> {}

fn main() {}
