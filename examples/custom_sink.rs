//! A sink in five lines: one prints, another counts. A transition happens when its sink has accepted the record.

#![allow(clippy::print_stdout, reason = "an example prints to its user")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;

use tollgate::{Record, Sink, StateMachine, sink};

/// A door. Its subject is a bare id, because the machine names no other.
#[derive(StateMachine)]
#[transition(open, from = Shut, to = Open, requires(actor))]
#[transition(shut, from = Open, to = Shut)]
enum DoorState {
    #[state(initial)]
    Shut,
    Open,
}

/// Prints each record.
struct Printer;

impl Sink for Printer {
    type Error = Infallible;
    fn on_success(&mut self, record: &Record) -> Result<(), Infallible> {
        println!("  {}", line(record));
        Ok(())
    }
}

/// Counts how often each state was reached.
#[derive(Default)]
struct Tally(BTreeMap<String, usize>);

impl Sink for Tally {
    type Error = Infallible;
    fn on_success(&mut self, record: &Record) -> Result<(), Infallible> {
        *self.0.entry(record.to.clone().unwrap_or_default().into_owned()).or_default() += 1;
        Ok(())
    }
}

fn line(record: &Record) -> String {
    let version = record.version.unwrap_or_default();
    let [transition, from, to] = [&record.transition, &record.from, &record.to].map(|name| name.as_deref());
    let move_ = format!("{} -> {}", from.unwrap_or("(new)"), to.unwrap_or_default());
    let actor = record.actor.as_ref().map(|actor| format!("by {actor}")).unwrap_or_default();
    format!("{version}  {:<6}  {move_:<13}  {actor}", transition.unwrap_or_default()).trim_end().to_owned()
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("Records that the printer accepts:");
    let door = DoorMachine::create("front door").commit(Printer)?;
    let door = door.open().by("ann").commit(Printer)?;
    // Adaptors work with every sink: this one adds the actor to steps that have none.
    let door = door.shut().commit(sink::adapt(Printer).by("the wind"))?;

    println!("States that the tally counted on another day:");
    let mut tally = Tally::default();
    let mut shut = door;
    for visitor in ["bob", "eve", "kim"] {
        shut = shut.open().by(visitor).commit(&mut tally)?.shut().commit(&mut tally)?;
    }
    for (state, count) in &tally.0 {
        println!("  {state:<4}  {count}");
    }
    println!("The door has version {}.", shut.version());
    Ok(())
}
