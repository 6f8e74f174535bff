//! The names come from the caller of a macro, the derive from the macro.
#![deny(warnings)]

use tollgate::StateMachine;

macro_rules! machine {
    ($name:ident { $($transition:ident: $from:ident -> $to:ident),* }) => {
        #[derive(StateMachine)]
        $(#[transition($transition, from = $from, to = $to)])*
        pub enum $name {
            #[state(initial)]
            Draft,
            #[state(terminal)]
            Done,
        }
    };
}

machine!(ReportState { finish: Draft -> Done });

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let report = ReportMachine::create(1).commit(Vec::new())?;
    assert_eq!(report.finish().commit(Vec::new())?.version(), 2);
    Ok(())
}
