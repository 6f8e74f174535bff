// The steps of a batch one by one, to take a record out of each.

use tollgate::{Record, commit::Steps};

fn records<S: Steps>(steps: &mut S) -> Vec<Record> {
    let mut list = Default::default();
    steps.list(&mut list);
    list.0.into_iter().map(|step| step.record().unwrap()).collect()
}

fn main() {}
