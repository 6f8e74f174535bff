// A step whose missing actor is declared to be known.

impl tollgate::ActorKnown for tollgate::Missing {}

fn main() {}
