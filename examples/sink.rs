//! A sink in five lines, a sink that refuses, and a second try with the same record id.

#![allow(clippy::print_stdout, reason = "an example talks to whoever runs it")]

use std::convert::Infallible;
use std::error::Error;

use tollgate::{Cause, Record, Sink, StateMachine, sink};

/// A door. Its subject is a bare id, because the machine names no other.
#[derive(StateMachine)]
#[transition(open, from = Shut, to = Open, requires(actor))]
#[transition(shut, from = Open, to = Shut)]
enum DoorState {
    #[state(initial)]
    Shut,
    Open,
}

/// Prints each record. What it accepts has happened.
struct Printer;

impl Sink for Printer {
    type Error = Infallible;
    fn on_success(&mut self, record: &Record) -> Result<(), Infallible> {
        println!("  {} {:?}", record.id, record.transition);
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("The printer accepts:");
    let door = DoorMachine::create("front door").commit(Printer)?;

    println!("The night watch refuses, and the door stays shut:");
    let mut offered = None;
    let night_watch = sink::from_fn(|record: &Record| {
        offered = Some(record.id);
        Err("no door is opened after ten")
    });
    let Err(refused) = door.open().by("ann").because("deliveries").commit(night_watch) else {
        return Err("the night watch lets nobody in".into());
    };
    println!("  {refused}");
    assert!(matches!(refused.cause(), Cause::Sink(_)));

    println!("In the morning the same step is tried again, with the same record id:");
    let mut step = refused.into_step();
    assert_eq!(Some(step.record_id()), offered);
    let door = step.commit(Printer)?;
    println!("  the door has version {}", door.version());
    Ok(())
}
