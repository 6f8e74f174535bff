// A foreign state and typed form of the victim's machine, to receive the tracked value.

use tollgate::__private::{Initial, TrackedKey, Position, Tracked, Typed, create};
use tollgate::{State, StateMachine};
use victim::{AnyReport, Report, ReportState};

struct Own;

impl State for Own {
    type Machine = ReportState;
    type Data = ();
    type Typed = Grab;
    const INDEX: Position<Self, <ReportState as StateMachine>::DeclarationToken> = unreachable!();

    fn value((): ()) -> ReportState {
        ReportState::Published
    }
}

struct Grab(Tracked<Own>);

impl Typed for Grab {
    type State = Own;

    fn __wrap(tracked: Tracked<Own>) -> Self {
        Grab(tracked)
    }

    fn __view(&self) -> &Tracked<Own> {
        &self.0
    }

    fn __take_tracked(self, _: TrackedKey<Own>) -> Tracked<Own> {
        self.0
    }
}

impl Initial for Own {}

fn main() {
    let Ok(own) = create::<Own>(Report::new(7, ""), ()).commit(tollgate::NoAudit) else { return };
    let published: AnyReport = own.0.into_any();
    println!("{}", published.version());
}
