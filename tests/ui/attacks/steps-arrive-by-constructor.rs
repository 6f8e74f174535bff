// What several steps arrive with, by the function that the runtime has.

use tollgate::commit::Steps;
use tollgate::commit::batch::Arrivals;

fn leap<S: Steps>(steps: S) -> S::To {
    steps.arrive(&mut Arrivals::unrecorded())
}

fn main() {}
