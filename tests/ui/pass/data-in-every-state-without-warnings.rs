//! Each state has data, and warnings are denied.
#![deny(warnings)]

use tollgate::StateMachine;

#[derive(StateMachine)]
#[transition(fill, from = Open, to = Full)]
pub enum CupState {
    #[state(initial)]
    Open(u8),
    #[state(terminal)]
    Full(u8),
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cup = CupMachine::create("cup", 0).commit(Vec::new())?;
    assert_eq!(*cup.fill(7).commit(Vec::new())?.data(), 7);
    Ok(())
}
