//! Renamed machines and states.

use tollgate::{Id, StateMachine};
use tollgate_store::{Error, Sqlite};

use crate::Tested;
use crate::machines::{Database, LampMachine};

mod before {
    use tollgate::{StateMachine, Subject};

    #[derive(Debug, Clone, Subject)]
    #[subject(table = "reports", state = "state", version = "version")]
    pub(super) struct Report {
        #[subject(id)]
        pub(super) id: i64,
    }

    #[derive(Debug, StateMachine)]
    #[machine(subject = Report, name = "Paper")]
    #[transition(publish, from = Draft, to = Published)]
    #[transition(shelve, from = Draft, to = Shelved)]
    pub(super) enum ReportState {
        #[state(initial)]
        Draft,
        #[state(terminal)]
        Published,
        #[state(terminal)]
        Shelved,
    }
}

mod after {
    use tollgate::StateMachine;

    use super::before::Report;

    #[derive(Debug, StateMachine)]
    #[machine(subject = Report, name = "Article", was = "Paper")]
    #[transition(publish, from = Sketch, to = Published)]
    pub(super) enum ReportState {
        #[state(initial, was = "Draft")]
        Sketch,
        #[state(terminal)]
        Published,
    }
}

#[test]
fn renamed_machine_continues_from_a_renamed_state() -> Tested {
    let database = Database::new();
    before::ReportMachine::create(before::Report { id: database.report(1).id }).commit(&database.store)?;
    let after::AnyReport::Sketch(report) = database.store.resume::<after::ReportState>(before::Report { id: 1 })?
    else {
        panic!("it was not published");
    };
    report.publish().commit(&database.store)?;
    assert_eq!(database.row(1), (Some("Published".into()), Some(2)));
    assert_eq!(database.count("SELECT count(*) FROM tollgate_machine"), 1);
    assert_eq!(database.count("SELECT count(DISTINCT machine) FROM tollgate_history"), 2);
    Ok(())
}

#[test]
fn chart_without_a_state_in_use_is_refused_and_names_its_subjects() -> Tested {
    let database = Database::new();
    for id in 1..=8 {
        let report = before::ReportMachine::create(before::Report { id: database.report(id).id });
        let report = report.commit(&database.store)?;
        if id > 1 {
            report.shelve().commit(&database.store)?;
        }
    }
    // With a store that has not read the chart yet, and with one that has.
    for store in [Sqlite::open(database.path())?, database.store.clone()] {
        let refused = store.register::<after::ReportState>().expect_err("seven are shelved");
        let Error::StatesInUse(in_use) = &refused else { panic!("{refused}") };
        let (state, count, named) = &in_use.states[0];
        assert_eq!((in_use.machine, state.as_str(), *count, named.len()), ("Article", "Shelved", 7, 5));
    }
    assert_eq!(database.count("SELECT count(*) FROM tollgate_chart"), 1, "the refused chart is not stored");
    Ok(())
}

#[test]
fn rename_to_another_machine_on_record_is_refused() -> Tested {
    #[derive(Debug, StateMachine)]
    #[machine(name = "Light", was = "Lamp")]
    #[transition(burn, from = Whole, to = Burnt)]
    enum LightState {
        #[state(initial, was = "Off")]
        Whole,
        #[state(terminal, was = "On")]
        Burnt,
    }
    mod own {
        #[derive(Debug, tollgate::StateMachine)]
        #[machine(name = "Light")]
        #[transition(burn, from = Whole, to = Burnt)]
        pub(super) enum LightState {
            #[state(initial)]
            Whole,
            #[state(terminal)]
            Burnt,
        }
    }
    let database = Database::new();
    LampMachine::create(Id::from(1)).commit(&database.store)?;
    own::LightMachine::create(Id::from(1)).commit(&database.store)?;
    let refused = database.store.register::<LightState>().expect_err("there are two");
    assert!(matches!(&refused, Error::TwoMachines { name: "Light", former } if former == "Lamp"), "{refused}");
    let _ = (LightState::CHART, LightState::Burnt, own::LightState::Burnt);
    Ok(())
}

#[test]
fn a_registered_machine_needs_no_write_lock_when_it_is_opened_again() -> Tested {
    let database = Database::new();
    LampMachine::create(Id::from(1)).commit(&database.store)?;
    let user = database.user();
    user.execute_batch("BEGIN IMMEDIATE")?;
    let other = Sqlite::open(database.path())?;
    other.register::<crate::machines::LampState>()?;
    other.resume::<crate::machines::LampState>(Id::from(1))?;
    Ok(())
}
