//! A machine without a subject: any type that makes an id names its instances.

use tollgate::uuid::Uuid;
use tollgate::{Id, StateMachine};

use crate::Tested;
use crate::trail::moves;

#[derive(StateMachine)]
#[transition(serve, from = Waiting, to = Served)]
enum TicketState {
    #[state(initial)]
    Waiting,
    #[state(terminal)]
    Served { counter: u8 },
}

#[test]
fn a_bare_id_comes_from_integers_texts_and_uuids() -> Tested {
    let uuid = Uuid::try_parse("00000000-0000-7000-8000-000000000007")?;
    let seven = Id::from(7);
    let mut log = Vec::new();
    let created = [
        TicketMachine::create(7).commit(&mut log)?,
        TicketMachine::create(7_u64).commit(&mut log)?,
        TicketMachine::create(u64::MAX).commit(&mut log)?,
        TicketMachine::create(-7_i8).commit(&mut log)?,
        TicketMachine::create("seven").commit(&mut log)?,
        TicketMachine::create("seven".to_owned()).commit(&mut log)?,
        TicketMachine::create(uuid).commit(&mut log)?,
        TicketMachine::create(Id::from("seven")).commit(&mut log)?,
        TicketMachine::create(&seven).commit(&mut log)?,
    ];
    let mut ids = Vec::new();
    for ticket in created {
        ids.push(Id::clone(&ticket));
        let (id, ..) = ticket.serve(3).commit(&mut log)?.into_parts();
        assert_eq!(Some(&id), ids.last());
    }
    let expected = [
        7.into(),
        7.into(),
        u64::MAX.into(),
        (-7).into(),
        "seven".into(),
        "seven".into(),
        uuid.into(),
        "seven".into(),
        7.into(),
    ];
    assert_eq!(ids, expected);
    let subjects: Vec<_> = log.iter().filter_map(|record| record.subject.as_ref()).collect();
    assert!(subjects.iter().all(|subject| subject.kind == "Ticket"));
    assert_eq!(subjects[9..].iter().map(|subject| subject.id.clone()).collect::<Vec<_>>(), expected);
    assert_eq!(moves(&log)[9..], ["serve: Waiting -> Served"; 9]);
    Ok(())
}

#[test]
fn a_bare_id_is_resumed_and_replayed_from_the_same() -> Tested {
    let mut log = Vec::new();
    let ticket = AnyTicket::resume_named("seven", "Waiting", None, 1)?;
    let ticket = ticket.fire(TicketTransition::Serve { counter: 1 })?.commit(&mut log)?;
    assert_eq!((ticket.as_str(), ticket.version()), (Some("seven"), 2));
    let created = TicketMachine::create("eight").commit(&mut log)?;
    let replayed = AnyTicket::replay("eight", &log[1..])?;
    assert_eq!((&*replayed, replayed.version()), (&*created, 1));
    Ok(())
}
