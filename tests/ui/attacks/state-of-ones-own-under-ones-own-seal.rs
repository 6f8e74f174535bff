// A foreign state of the victim's machine, under a foreign seal.

use tollgate::State;
use tollgate::__private::Position;
use victim::{ReportMachine, ReportState};

struct Own;

impl State for Own {
    type Machine = ReportState;
    type Data = ();
    type Typed = ReportMachine<Own>;
    const INDEX: Position<Self, ()> = Position::new(2, &());
}

fn main() {}
