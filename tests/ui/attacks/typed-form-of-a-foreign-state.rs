// A foreign typed form for a state of the victim, to receive its key.

use tollgate::__private::{TrackedKey, Tracked, Typed};
use victim::report_state::Draft;

struct Grab(Tracked<Draft>, TrackedKey<Draft>);

impl Typed for Grab {
    type State = Draft;

    fn __wrap(_: Tracked<Draft>) -> Self {
        unreachable!()
    }

    fn __view(&self) -> &Tracked<Draft> {
        &self.0
    }

    fn __take_tracked(self, _: TrackedKey<Draft>) -> Tracked<Draft> {
        self.0
    }
}

fn main() {}
