// The arrival of several steps, with any value that a caller can make.

use tollgate::commit::Steps;

fn leap<S: Steps>(steps: S) -> S::To {
    steps.enter(&mut Vec::new().into_iter())
}

fn main() {}
