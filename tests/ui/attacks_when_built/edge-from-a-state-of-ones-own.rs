// An edge from a foreign state into a state of the victim.

use tollgate::__private::{Initial, TrackedKey, Position, Tracked, Typed, create, step};
use tollgate::{commit::AlongEdge, commit::NewState, State, StateMachine, Step};
use victim::{Report, ReportState, report_state};

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

type Leap = AlongEdge<report_state::Published, 1>;

fn main() {
    let Ok(own) = create::<Own>(Report::new(7, ""), ()).commit(tollgate::NoAudit) else { return };
    let step: Step<Leap, Grab, NewState<()>> = step(own.0, Grab, NewState(()));
    println!("{}", step.commit(tollgate::NoAudit).is_ok());
}
