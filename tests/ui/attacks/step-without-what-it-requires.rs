// A step whose missing actor is declared to be known.

impl tollgate::commit::ActorKnown for tollgate::commit::NotGiven {}

fn main() {}
