// A tracked value, by a struct literal.

use std::marker::PhantomData;

use tollgate::__private::Tracked;
use victim::{Report, report_state};

fn forge(subject: Report) -> Tracked<report_state::Published> {
    Tracked { subject, data: (), last_record: unreachable!(), state: PhantomData }
}

fn main() {}
