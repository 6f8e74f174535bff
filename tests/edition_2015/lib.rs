//! Machines, a subject and an event in edition 2015: at the root, in a module and in a function.

#![deny(warnings, missing_docs)]

extern crate tollgate;

use tollgate::serde::{Deserialize, Serialize};
use tollgate::{Actor, Event, StateMachine, Subject};

/// A report.
#[derive(Debug, Clone, PartialEq, Subject)]
pub struct Report {
    /// The number.
    #[subject(id)]
    pub id: u64,
    /// The title.
    pub title: String,
}

fn has_title(report: &Report) -> Result<(), &'static str> {
    if report.title.is_empty() {
        Err("it has no title")
    } else {
        Ok(())
    }
}

/// The states of a report.
#[derive(Debug, PartialEq, StateMachine)]
#[machine(subject = Report)]
#[transition(submit, from = Draft, to = Review, guard = has_title)]
#[transition(approve, from = Review, to = Published, permission = ::rules::may_approve)]
#[transition(reject, from = Review, to = Draft, requires(actor, reason))]
#[transition(comment, from = _, to = _)]
pub enum ReportState {
    /// A draft.
    #[state(initial)]
    Draft,
    /// In review.
    #[state(record)]
    Review {
        /// The reviewer.
        reviewer: String,
        /// The place in a list, of a type that is named from the root of the crate.
        place: Option<::rules::Place>,
    },
    /// Published.
    #[state(terminal)]
    Published,
}

/// A page was seen.
#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
#[serde(crate = "tollgate::serde")]
#[event(requires(actor))]
pub struct Seen {
    /// The page.
    pub page: u32,
}

/// A lamp, whose names are words that became keywords in later editions. `gen` became one in 2024.
#[derive(Debug, Clone, PartialEq, Subject)]
pub struct Lamp {
    /// The number.
    #[subject(id)]
    pub r#async: u64,
    /// The room.
    pub gen: u8,
}

/// The states of a lamp.
#[derive(Debug, Clone, PartialEq, StateMachine)]
#[machine(subject = Lamp)]
#[transition(r#try, from = Off, to = On)]
#[transition(gen, from = Off | On, to = Gone)]
#[transition(r#await, from = Gone, to = Dyn)]
pub enum LampState {
    /// Off.
    #[state(initial)]
    Off,
    /// On.
    On {
        /// The number of watts.
        gen: u8,
        /// The colour.
        r#async: u8,
        /// The place.
        r#dyn: Option<u8>,
    },
    /// Broken.
    Gone(u8),
    /// Replaced.
    #[state(terminal)]
    Dyn {
        /// The number of the next lamp.
        #[deprecated]
        gen: u8,
    },
}

/// Rules, and a machine in a module. In this edition its paths begin at the root.
pub mod rules {
    use tollgate::serde::{Deserialize, Serialize};
    use tollgate::StateMachine;

    use super::{Actor, Report};

    /// A place in a list.
    #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
    #[serde(crate = "tollgate::serde")]
    pub struct Place(pub u8);

    /// Whether the actor has a number.
    pub fn may_approve(_: &Report, actor: &Actor) -> bool {
        actor.id.as_u64().is_some()
    }

    /// The states of a door.
    #[derive(Debug, PartialEq, StateMachine)]
    #[transition(open, from = Shut, to = Ajar)]
    pub enum DoorState {
        /// Shut.
        #[state(initial)]
        Shut,
        /// Ajar.
        #[state(terminal)]
        Ajar,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use tollgate::Record;

    use super::rules::*;
    use super::*;

    type Tested = Result<(), Box<dyn Error>>;

    #[test]
    fn machine_in_edition_2015_is_committed_and_replayed() -> Tested {
        let report = Report { id: 7, title: "Street trees".into() };
        let mut log: Vec<Record> = Vec::new();
        let live = ReportMachine::create(report.clone()).by("ann").commit(&mut log)?;
        let live = live.submit("bob".into(), Some(Place(3))).commit(&mut log)?.comment().commit(&mut log)?;
        Seen { page: 1 }.occurred().by("ann").about(&live).commit(&mut log)?;
        let any = AnyReport::replay(report.clone(), &log)?;
        assert_eq!(any.into_parts().1, ReportState::Review { reviewer: "bob".into(), place: Some(Place(3)) });
        let refused = live.approve().by("bob").commit(&mut log).expect_err("bob is not a number");
        let live = refused.into_step().by(8).commit(&mut log)?;
        assert_eq!((live.version(), log.len(), Seen::from_record(&log[3])?), (4, 5, Some(Seen { page: 1 })));
        let command: ReportTransition = tollgate::serde_json::from_str("\"comment\"")?;
        AnyReport::from(live).fire(command).expect_err("it is published");
        Ok(())
    }

    #[test]
    fn words_that_became_keywords_in_edition_2015_are_names() -> Tested {
        let lamp = LampMachine::create(Lamp { async: 3, gen: 1 }).commit(tollgate::NoAudit)?;
        let lit = lamp.try(60, 2, None).commit(tollgate::NoAudit)?;
        assert_eq!(*lit.data(), LampOnData { gen: 60, async: 2, dyn: None });
        assert_eq!(format!("{:?}", lit.data()), "LampOnData { gen: 60, async: 2, dyn: None }");
        let command: LampTransition = tollgate::serde_json::from_str("{\"gen\":4}")?;
        let any = AnyLamp::from(lit).fire(command)?.commit(tollgate::NoAudit)?;
        assert_eq!(any.into_parts().1, LampState::Gone(4));
        Ok(())
    }

    #[test]
    fn machine_in_a_module_and_in_a_function_of_edition_2015_is_committed() -> Tested {
        #[derive(StateMachine)]
        #[transition(switch, from = Off, to = On)]
        enum LampState {
            #[state(initial)]
            Off,
            #[state(terminal)]
            On,
        }

        let mut log: Vec<Record> = Vec::new();
        DoorMachine::create(1).commit(&mut log)?.open().commit(&mut log)?;
        LampMachine::create(1).commit(&mut log)?.switch().commit(&mut log)?;
        assert_eq!(AnyDoor::replay(1, &log)?.version(), 2);
        assert_eq!(AnyLamp::replay(1, &log)?.version(), 2);
        Ok(())
    }
}
