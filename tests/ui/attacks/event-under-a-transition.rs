// A commit of an event under the marker of a transition.

use tollgate::events::Login;
use tollgate::{About, Record, Step};
use victim::report_state;

fn forge(step: Step<report_state::transition::submit, Login, About>) {
    let _ = step.commit(&mut Vec::<Record>::new());
}

fn main() {}
