// The same for several, by the constructor of a batch.

use tollgate::Record;
use tollgate::machine::Declaration;
use tollgate::sink::Offers;
use victim::ReportState;

fn forge(records: &[Record]) {
    let _ = Offers::of(records, &[Some(Declaration::of::<ReportState>())]);
}

fn main() {}
