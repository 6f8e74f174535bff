//! The cost of a hub in a commit to which no subscriber subscribes.

#![allow(clippy::print_stdout, reason = "tables are printed")]

use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, Instant};

use tollgate::events::{
    AlterTable, CreateTable, CreateToken, DeleteRow, DropTable, InsertRows, Login, Logout, RenameTable, UpdateRow,
    UpsertRows,
};
use tollgate::hub::RegistrationError;
use tollgate::{Event, Hub, Record, Sink, StateMachine, sink};
use tollgate_benches::ratios::{self, Table, row};

#[derive(StateMachine)]
#[transition(open, from = Shut, to = Ajar)]
#[transition(shut, from = Ajar, to = Shut)]
enum DoorState {
    #[state(initial)]
    Shut,
    Ajar,
}

/// Accepts everything and keeps nothing, so that the rows do not contain the cost of a sink.
struct Count(u64);

impl Sink for Count {
    type Error = Infallible;

    #[inline]
    fn on_success(&mut self, record: &Record) -> Result<(), Infallible> {
        black_box(record);
        self.0 += 1;
        Ok(())
    }
}

/// A hub that knows all of the vocabulary and the machine, with a subscriber for each event but one.
fn hub() -> Result<Hub<'static>, RegistrationError> {
    let mut hub = Hub::new();
    hub.register::<Login>()?;
    hub.register_machine::<DoorState>()?;
    hub.on::<Logout>(|event, _| {
        black_box(event);
    })?;
    hub.on::<CreateToken>(|event, _| drop(black_box(event)))?;
    hub.on::<CreateTable>(|event, _| drop(black_box(event)))?;
    hub.on::<DropTable>(|event, _| drop(black_box(event)))?;
    hub.on::<AlterTable>(|event, _| drop(black_box(event)))?;
    hub.on::<RenameTable>(|event, _| drop(black_box(event)))?;
    hub.on::<InsertRows>(|event, _| drop(black_box(event)))?;
    hub.on::<UpsertRows>(|event, _| drop(black_box(event)))?;
    hub.on::<UpdateRow>(|event, _| drop(black_box(event)))?;
    hub.on::<DeleteRow>(|event, _| drop(black_box(event)))?;
    Ok(hub)
}

fn quiet_hub() -> Hub<'static> {
    hub().expect("the names of the vocabulary differ")
}

fn transitions(cycles: u64, mut sink: impl Sink<Error = Infallible>) -> Duration {
    let mut door = DoorMachine::create("front").commit(&mut sink).expect("nothing refuses");
    let started = Instant::now();
    for _ in 0..cycles {
        let open = black_box(door).open().commit(&mut sink).expect("nothing refuses");
        door = black_box(open).shut().commit(&mut sink).expect("nothing refuses");
    }
    let elapsed = started.elapsed();
    assert_eq!(door.version(), 1 + 2 * cycles);
    elapsed
}

fn events(turns: u64, mut sink: impl Sink<Error = Infallible>) -> Duration {
    let started = Instant::now();
    for _ in 0..turns {
        black_box(Login.occurred().commit(&mut sink).expect("nothing refuses"));
    }
    started.elapsed()
}

const TRANSITIONS: Table = Table {
    title: "a cycle of two transitions, into a sink that keeps nothing",
    part: "a transition",
    parts: 2,
    turns: 2_048,
    rows: &[
        row("no observer", |turns| transitions(turns, Count(0))),
        row("an observer that does nothing", |turns| {
            transitions(turns, sink::adapt(Count(0)).observed_by(|_: &Record| ()))
        }),
        row("a hub, no subscriber for the machine", |turns| {
            transitions(turns, sink::adapt(Count(0)).observed_by(quiet_hub()))
        }),
        row("a hub that does not know the machine", |turns| {
            transitions(turns, sink::adapt(Count(0)).observed_by(Hub::new()))
        }),
    ],
};

const EVENTS: Table = Table {
    title: "an event without properties, into a sink that keeps nothing",
    part: "an event",
    parts: 1,
    turns: 4_096,
    rows: &[
        row("no observer", |turns| events(turns, Count(0))),
        row("an observer that does nothing", |turns| events(turns, sink::adapt(Count(0)).observed_by(|_: &Record| ()))),
        row("a hub, no subscriber for the event", |turns| {
            events(turns, sink::adapt(Count(0)).observed_by(quiet_hub()))
        }),
    ],
};

fn main() {
    if let Some(rounds) = ratios::rounds(41, 401) {
        ratios::print(&TRANSITIONS, rounds);
        ratios::print(&EVENTS, rounds);
    }
}
