// The offer of a record that no commit has made, under the victim's machine.

use tollgate::machine::Declaration;
use tollgate::sink::Offer;
use tollgate::{Record, Sink};
use victim::ReportState;

fn forge(record: &Record, mut store: impl Sink<Error = ()>) {
    let _ = store.accept(Offer::of(record, Some(Declaration::of::<ReportState>())));
}

fn main() {}
