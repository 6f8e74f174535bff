// A commit of an event under the marker of a transition.

use tollgate::events::Login;
use tollgate::{commit::About, commit::AlongEdge, Record, Step};
use victim::report_state;

fn forge(step: Step<AlongEdge<report_state::Review, 0>, Login, About>) {
    let _ = step.commit(&mut Vec::<Record>::new());
}

fn main() {}
