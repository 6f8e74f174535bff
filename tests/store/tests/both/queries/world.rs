//! A set of records for queries, and a plain copy of them in memory, with which the results are compared.

use tollgate::chrono::{DateTime, TimeDelta, Utc};
use tollgate::{Actor, AsyncSink, Event, Id, Record, StateMachine};
use tollgate_store::Store;

use super::Failure;

/// The first version of a report.
#[derive(Debug, StateMachine)]
#[machine(name = "Paper")]
#[transition(send, from = Draft, to = Checking)]
#[transition(approve, from = Checking, to = Published)]
#[transition(note, from = _, to = _)]
pub(crate) enum PaperState {
    #[state(initial)]
    Draft,
    Checking,
    #[state(terminal)]
    Published,
}

/// The same machine with renamed and additional states and transitions.
#[derive(Debug, StateMachine)]
#[machine(name = "Report", was = "Paper")]
#[transition(submit, from = Draft, to = Review, was = "send")]
#[transition(approve, from = Review, to = Published, requires(actor))]
#[transition(reject, from = Review, to = Draft, guard = is_odd)]
#[transition(note, from = _, to = _)]
pub(crate) enum ReportState {
    #[state(initial)]
    Draft,
    #[state(was = "Checking")]
    Review,
    #[state(terminal)]
    Published,
}

fn is_odd(report: &Id) -> bool {
    report.as_i64().is_some_and(|id| id % 2 == 1)
}

/// Another machine, with a transition and a subject of the same names.
#[derive(Debug, StateMachine)]
#[transition(approve, from = Open | Held, to = Paid)]
#[transition(hold, from = Open, to = Held)]
pub(crate) enum OrderState {
    #[state(initial)]
    Open,
    Held,
    #[state(terminal)]
    Paid,
}

/// An event between the changes.
#[derive(Debug, Event, serde::Serialize, serde::Deserialize)]
#[event(name = "login")]
struct Login {
    from: String,
}

/// All written records, in the order of ids.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) records: Vec<Record>,
    now: DateTime<Utc>,
    chance: u64,
}

/// A sink that copies each record that the store accepts.
struct Copying<'w>(&'w Store, &'w mut Vec<Record>);

impl AsyncSink for Copying<'_> {
    type Error = tollgate_store::Error;

    async fn on_success(&mut self, record: &Record) -> Result<(), Self::Error> {
        self.0.clone().on_success(record).await?;
        self.1.push(record.clone());
        Ok(())
    }

    async fn on_refusal(&mut self, record: &Record) -> Result<(), Self::Error> {
        self.0.clone().on_refusal(record).await?;
        self.1.push(record.clone());
        Ok(())
    }
}

macro_rules! step {
    ($world:ident, $step:expr) => {{
        let step = $step.at($world.now).because("it was time");
        let outcome = match $world.actor() {
            Some(actor) => {
                let outcome = step.by(actor).with("ip", "192.0.2.1").commit_async($world.sink()).await;
                outcome.map_err(|refused| refused.into_machine())
            }
            None => step.commit_async($world.sink()).await.map_err(|refused| refused.into_machine()),
        };
        $world.tick();
        outcome.unwrap_or_else(|same| same)
    }};
}

impl World {
    /// Creates some hundred records of each machine, under former and present names, with refusals and events.
    pub(crate) async fn new(store: Store) -> Result<Self, Failure> {
        Self::of_rounds(store, 8).await
    }

    /// Creates more records in each round; every machine moves or keeps its state.
    pub(crate) async fn of_rounds(store: Store, rounds: u32) -> Result<Self, Failure> {
        let now = "2026-03-01T22:00:00.000000500Z".parse()?;
        let mut world = Self { store, records: Vec::new(), now, chance: 0x2545_f491_4f6c_dd1d };
        world.store.register::<PaperState>().await?;
        world.store.register::<OrderState>().await?;
        for report in 1..=12 {
            world.paper(report).await?;
        }
        world.store.register::<ReportState>().await?;
        for round in 0..rounds {
            for report in 1..=i64::from(30 + 3 * round) {
                world.report(report).await?;
                world.order(report).await?;
            }
            Login { from: "home".to_owned() }.occurred().by("ann").at(world.now).commit_async(world.sink()).await?;
            world.tick();
        }
        world.records.sort_by_key(|record| record.id);
        Ok(world)
    }

    async fn paper(&mut self, report: i64) -> Result<(), Failure> {
        let paper = PaperMachine::create(Id::from(report)).at(self.now).commit_async(self.sink()).await?;
        self.tick();
        if self.chance(3) > 0 {
            let paper = paper.send().at(self.now).by("ann").commit_async(self.sink()).await?;
            self.tick();
            if self.chance(3) == 0 {
                paper.approve().at(self.now).by("bob").commit_async(self.sink()).await?;
                self.tick();
            }
        }
        Ok(())
    }

    async fn report(&mut self, report: i64) -> Result<(), Failure> {
        let world = self;
        let mut any = match world.store.resume::<ReportState>(report.into()).await {
            Ok(any) => any,
            Err(tollgate_store::Error::NeverCreated { .. }) => {
                ReportMachine::create(Id::from(report)).at(world.now).commit_async(world.sink()).await?;
                world.tick();
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        for _ in 0..world.chance(4) {
            let transition = match world.chance(12) {
                0 => ReportTransition::Approve,
                1..4 => ReportTransition::Note,
                4..8 => ReportTransition::Submit,
                _ => ReportTransition::Reject,
            };
            any = match any.fire(transition) {
                Ok(step) => step!(world, step),
                Err(not_allowed) => not_allowed.into_machine(),
            };
        }
        Ok(())
    }

    async fn order(&mut self, order: i64) -> Result<(), Failure> {
        let world = self;
        match world.store.resume::<OrderState>(order.into()).await {
            Ok(AnyOrder::Open(order)) if world.chance(2) == 0 => {
                order.hold().at(world.now).commit_async(world.sink()).await?;
                world.tick();
            }
            Ok(AnyOrder::Open(_) | AnyOrder::Paid(_)) => {}
            Ok(AnyOrder::Held(order)) => {
                order.approve().at(world.now).by("bob").commit_async(world.sink()).await?;
                world.tick();
            }
            Err(tollgate_store::Error::NeverCreated { .. }) => {
                OrderMachine::create(Id::from(order)).by("cleo").at(world.now).commit_async(world.sink()).await?;
                world.tick();
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn sink(&mut self) -> Copying<'_> {
        Copying(&self.store, &mut self.records)
    }

    /// Advances the clock: within a microsecond, within a millisecond, or by hours.
    fn tick(&mut self) {
        let step = match self.chance(6) {
            0 => 0,
            1 => 300,
            2 => 1_000,
            3 => 400_000,
            4 => 3_000_000,
            _ => 5_400_000_000_000,
        };
        self.now += TimeDelta::nanoseconds(step);
    }

    fn actor(&mut self) -> Option<Actor> {
        match self.chance(4) {
            0 => None,
            1 => Some(Actor::service("ann")),
            2 => Some(Actor::user("ann").named("Ann")),
            _ => Some("bob".into()),
        }
    }

    /// Returns a random number below this one.
    fn chance(&mut self, below: u64) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance % below
    }

    /// Returns the records that match, without the digest of the record before, which only the store has.
    pub(crate) fn that(&self, holds: impl Fn(&Record) -> bool) -> Vec<Record> {
        self.records.iter().filter(|record| holds(record)).map(bare).collect()
    }

    /// Returns the changes of a report, in the order of versions.
    pub(crate) fn way(&self, subject: &Id) -> Vec<&Record> {
        let is_its = |record: &&Record| is_report(record) && record.is_change() && subject_of(record) == Some(subject);
        let mut way: Vec<_> = self.records.iter().filter(is_its).collect();
        way.sort_by_key(|record| record.version);
        way
    }
}

/// Returns the record without the digest of the record before.
pub(crate) fn bare(record: &Record) -> Record {
    let mut record = record.clone();
    record.prev = None;
    record
}

pub(crate) fn is_report(record: &Record) -> bool {
    matches!(record.machine.as_deref(), Some("Report" | "Paper"))
}

pub(crate) fn subject_of(record: &Record) -> Option<&Id> {
    record.subject.as_ref().map(|subject| &subject.id)
}

/// Returns the target state by its present name.
pub(crate) fn state_of(record: &Record) -> Option<&str> {
    let state = record.to.as_deref().filter(|_| record.is_change());
    state.map(|state| if state == "Checking" { "Review" } else { state })
}

/// Returns the transition by its present name.
pub(crate) fn transition_of(record: &Record) -> Option<&str> {
    record.transition.as_deref().map(|transition| if transition == "send" { "submit" } else { transition })
}
