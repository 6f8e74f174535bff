// The same, by a struct literal.

use tollgate::Record;
use tollgate::machine::Declaration;
use tollgate::sink::Offer;
use victim::ReportState;

fn forge(record: &Record) -> Offer<'_> {
    Offer { record, declaration: Some(Declaration::of::<ReportState>()) }
}

fn main() {}
