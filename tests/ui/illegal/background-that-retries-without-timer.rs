// A worker that is a future cannot sleep between two attempts without the timer of the caller's runtime.

use std::future::ready;

use tollgate::Record;
use tollgate::observer::{Background, Retry, WhenFull};

fn main() {
    let builder = Background::bounded(8, WhenFull::Wait).retry(Retry::attempts(3));
    let _ = builder.pair(|_: &Record| ready(()));
}
