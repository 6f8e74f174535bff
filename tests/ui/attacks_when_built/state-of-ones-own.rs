// A foreign state of the victim's machine, without a position, to create a subject in.

use tollgate::__private::{Initial, Position, create};
use tollgate::{State, StateMachine};
use victim::{Report, ReportMachine, ReportState};

struct Own;

impl State for Own {
    type Machine = ReportState;
    type Data = ();
    type Typed = ReportMachine<Own>;
    const INDEX: Position<Self, <ReportState as StateMachine>::DeclarationToken> = unreachable!();

    fn value((): ()) -> ReportState {
        ReportState::Published
    }
}

impl Initial for Own {}

fn main() {
    let own = create::<Own>(Report::new(7, ""), ()).commit(tollgate::NoAudit);
    println!("{}", own.is_ok());
}
