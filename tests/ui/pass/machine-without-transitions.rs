// A machine whose subjects end in their initial state.
#![deny(warnings)]

use tollgate::StateMachine;

#[derive(StateMachine)]
enum NoteState {
    #[state(initial, terminal)]
    Written,
}

fn main() {
    let note = NoteMachine::create("n-1").commit(tollgate::NoAudit).unwrap();
    assert!(AnyNote::from(note).allowed().is_empty());
}
