// The steps of a batch one by one, to take a record out of each.

use tollgate::{Record, commit::Steps};

fn records<S: Steps>(steps: &mut S) -> Vec<Record> {
    let mut each = Default::default();
    steps.each(&mut each);
    each.0.into_iter().map(|step| step.record().unwrap()).collect()
}

fn main() {}
