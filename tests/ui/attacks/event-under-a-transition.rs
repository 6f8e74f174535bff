// A commit of an event under the marker of a transition.

use tollgate::events::Login;
use tollgate::{About, Along, Record, Step};
use victim::report_state;

fn forge(step: Step<Along<report_state::Review, 0>, Login, About>) {
    let _ = step.commit(&mut Vec::<Record>::new());
}

fn main() {}
