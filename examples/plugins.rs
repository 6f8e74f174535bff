//! A hub with three plugins: usage analytics, a live alert on refused logins, and forwarding in the background.

#![allow(clippy::print_stdout, reason = "an example prints to its user")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::error::Error;
use std::fmt;
use std::sync::mpsc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tollgate::chrono::{DateTime, TimeDelta, Utc};
use tollgate::events::{Login, Logout};
use tollgate::hub::RegistrationError;
use tollgate::observer::{Background, ObserverError, WhenFull};
use tollgate::{Event, Hub, Record, Sink, StateMachine, sink};

/// A login was refused. The actor has the name that was given.
///
/// Observers are not notified of refusals. A refused login is recorded as an event, so they receive it.
#[derive(Debug, Event, Serialize, Deserialize)]
#[event(requires(actor))]
struct LoginRefused {
    /// The address that it came from.
    ip: String,
}

/// A loan of the library.
#[derive(StateMachine)]
#[transition(renew, from = Lent, to = _, requires(actor))]
#[transition(give_back, from = Lent, to = Returned, requires(actor))]
enum LoanState {
    #[state(initial)]
    Lent,
    #[state(terminal)]
    Returned,
}

/// Counts how often each actor did each thing. It displays as a row for each thing.
#[derive(Default)]
struct Usage {
    counts: BTreeMap<(String, String), usize>,
}

impl Usage {
    fn install<'h>(&'h mut self, hub: &mut Hub<'h>) {
        hub.on_any(|record: &Record| {
            let what = match (&record.machine, &record.transition, &record.event) {
                (Some(machine), Some(transition), _) => format!("{machine}: {transition}"),
                (_, _, Some(event)) => event.to_string(),
                _ => return,
            };
            let actor = record.actor.as_ref().map_or_else(|| "(no actor)".to_owned(), |actor| actor.id.to_string());
            *self.counts.entry((what, actor)).or_default() += 1;
        })
        .named("usage");
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let things: BTreeSet<&String> = self.counts.keys().map(|(what, _)| what).collect();
        let actors: BTreeSet<&String> = self.counts.keys().map(|(_, actor)| actor).collect();
        let width = things.iter().map(|what| what.len()).max().unwrap_or_default();
        write!(formatter, "  {:width$}", "")?;
        actors.iter().try_for_each(|actor| write!(formatter, "  {actor:>5}"))?;
        writeln!(formatter, "  {:>5}", "all")?;
        for what in things {
            write!(formatter, "  {what:width$}")?;
            let counts = actors.iter().map(|actor| self.counts.get(&(what.clone(), (*actor).clone())).copied());
            let counts: Vec<usize> = counts.map(Option::unwrap_or_default).collect();
            counts.iter().try_for_each(|count| write!(formatter, "  {count:>5}"))?;
            writeln!(formatter, "  {:>5}", counts.iter().sum::<usize>())?;
        }
        Ok(())
    }
}

/// Raises an alarm at the third refused login of one name within a minute, by the times of the records.
fn install_alarm<'h>(hub: &mut Hub<'h>, mut raise: impl FnMut(String) + Send + 'h) -> Result<(), RegistrationError> {
    let mut refused: BTreeMap<String, VecDeque<DateTime<Utc>>> = BTreeMap::new();
    hub.on::<LoginRefused>(move |event, record| {
        let who = record.actor.as_ref().map(|actor| actor.id.to_string()).ok_or("a login without an actor")?;
        let times = refused.entry(who.clone()).or_default();
        times.retain(|at| record.at - at < TimeDelta::minutes(1));
        times.push_back(record.at);
        if times.len() == 3 {
            raise(format!("{}: the third refused login of `{who}` within a minute, from {}", record.at, event.ip));
        }
        Ok::<(), &str>(())
    })?
    .named("alarm")
    .first();
    Ok(())
}

/// The events of the library, a step every few seconds.
fn morning(mut sink: impl Sink<Error: Error + 'static>) -> Result<(), Box<dyn Error>> {
    let opens: DateTime<Utc> = "2026-05-01T09:30:00Z".parse()?;
    let at = |seconds| opens + TimeDelta::seconds(seconds);
    let refuse = |ip: &str| LoginRefused { ip: ip.to_owned() }.occurred();

    Login.occurred().by("ann").at(at(0)).commit(&mut sink)?;
    refuse("192.0.2.7").by("bob").at(at(5)).commit(&mut sink)?;
    let loan = LoanMachine::create("Moby Dick").by("ann").at(at(10)).commit(&mut sink)?;
    refuse("192.0.2.7").by("bob").at(at(40)).commit(&mut sink)?;
    let loan = loan.renew().by("ann").at(at(50)).commit(&mut sink)?;
    // A minute after the first: only two of these three are within one.
    refuse("192.0.2.7").by("bob").at(at(65)).commit(&mut sink)?;
    let loan = loan.renew().by("ann").at(at(70)).commit(&mut sink)?;
    refuse("198.51.100.3").by("bob").at(at(90)).commit(&mut sink)?;
    Login.occurred().by("bob").at(at(95)).commit(&mut sink)?;
    let _ = loan.give_back().by("bob").at(at(100)).commit(&mut sink)?;
    Logout.occurred().by("ann").at(at(120)).commit(&mut sink)?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut usage = Usage::default();
    let mut hub = Hub::new();
    hub.on_failure(|failure| println!("  {failure}"));
    hub.register::<Login>()?;
    hub.register::<Logout>()?;
    hub.register_machine::<LoanState>()?;
    usage.install(&mut hub);
    install_alarm(&mut hub, |alarm| println!("  {alarm}"))?;

    let (line, sent) = mpsc::channel();
    let forward =
        move |record: &Record| -> Result<(), ObserverError> { Ok(line.send(serde_json::to_string(record)?)?) };
    let forwarding = Background::bounded(64, WhenFull::Wait).named("forwarding").spawn(forward)?;
    hub.on_any(forwarding.clone()).last();

    println!("Alarms, as they are raised:");
    let mut log: Vec<Record> = Vec::new();
    morning(sink::adapt(&mut log).observed_by(hub))?;

    let closed = forwarding.close(Duration::from_secs(10));
    println!("\nHow often each actor did each thing:\n{usage}");
    println!("Records: {} in the log, {} forwarded in the background", log.len(), closed.delivered);
    let lines = sent.iter().map(|line| serde_json::from_str(&line));
    assert_eq!(lines.collect::<Result<Vec<Record>, _>>()?, log, "they are forwarded in their order");
    Ok(())
}
