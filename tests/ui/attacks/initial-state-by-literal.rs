// The payload of a creation as data, with a state that is not initial.

use tollgate::{AnyCreation, Step};
use victim::ReportState;

fn forge(step: AnyCreation<ReportState>) -> AnyCreation<ReportState> {
    let state = tollgate::commit::InitialState { index: 2, state: ReportState::Published };
    Step { payload: state, ..step }
}

fn main() {}
