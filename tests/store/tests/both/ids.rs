//! Ids of all types: each is read back unchanged, and no two are confused.

use tollgate::Id;
use tollgate::uuid::Uuid;
use tollgate_store_tests::{
    AnyDoor, AnyReport, Database, DoorMachine, DoorState, Parcel, ParcelMachine, ParcelStatus, Report, ReportMachine,
    ReportState, Tested, Ticket, TicketMachine, TicketState, commit, on_both,
};

fn ids() -> Vec<Id> {
    vec![
        Id::from(0),
        Id::from(7),
        Id::from(-7),
        Id::from(i64::MIN),
        Id::from(i64::MAX),
        Id::from(1_u64 << 63),
        Id::from(u64::MAX),
        Id::from(Uuid::nil()),
        Id::from(Uuid::max()),
        Id::from("7"),
        Id::from("-7"),
        Id::from("07"),
        Id::from(" 7"),
        Id::from(""),
        Id::from(" "),
        Id::from("\""),
        Id::from("\"7\""),
        Id::from("18446744073709551616"),
        Id::from("00000000-0000-0000-0000-00000000000A"),
        Id::from("O'Brien; DROP TABLE tollgate_record; --"),
        Id::from("a\\b\nc\td%_"),
        Id::from("größe \u{1f4d5} e\u{301}"),
        Id::from("\u{e9}"),
        Id::from("e\u{301}"),
        Id::from("ORDER-7"),
        Id::from("order-7"),
    ]
}

on_both! {
    each_id_has_a_separate_history_and_is_read_back,
    row_with_smallest_or_largest_integer_is_found,
    rows_are_found_by_uuids,
    text_of_a_uuid_is_that_uuid,
    empty_text_is_an_id,
}

async fn each_id_has_a_separate_history_and_is_read_back(database: &Database) -> Tested {
    let store = database.store().await?;
    for id in ids() {
        let door =
            commit!(database, DoorMachine::create(id.clone()), &store).map_err(|error| format!("{id:?}: {error}"))?;
        let mut step = door.open().by(id.clone());
        let record = step.record_id();
        commit!(database, step, &store).map_err(|error| format!("{id:?}: {error}"))?;
        let record = store.outcome(record).await?.ok_or("it is written")?;
        assert_eq!(record.subject.map(|subject| subject.id), Some(id.clone()));
        assert_eq!(record.actor.map(|actor| actor.id), Some(id));
    }
    let store = database.store().await?;
    for id in ids() {
        let AnyDoor::Ajar(door) = store.resume::<DoorState>(id.clone()).await? else { return Err("it is ajar".into()) };
        assert_eq!((door.version(), &*door), (2, &id));
    }
    let subjects = database.value("SELECT count(DISTINCT subject) AS n FROM tollgate_record").await?;
    assert_eq!(subjects, ids().len());
    Ok(())
}

async fn row_with_smallest_or_largest_integer_is_found(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    for id in [i64::MIN, -1, 0, i64::MAX] {
        let report = ReportMachine::create(database.report(id).await?).commit_async(&store).await?;
        commit!(database, report.submit("bob".into()), &store)?;
        let AnyReport::Review(_) = store.resume::<ReportState>(Report::new(id, "")).await? else {
            return Err("review".into());
        };
    }
    Ok(())
}

async fn rows_are_found_by_uuids(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    for id in [0, 0x0197_0000_0000_7000_8000_0000_0000_0000, u128::MAX] {
        let parcel = ParcelMachine::create(database.parcel(id).await?).commit_async(&store).await?;
        commit!(database, parcel.send(), &store)?;
        let parcel = store.resume::<ParcelStatus>(Parcel { id: Uuid::from_u128(id) }).await?;
        assert_eq!(parcel.version(), 2);
    }
    Ok(())
}

async fn text_of_a_uuid_is_that_uuid(database: &Database) -> Tested {
    let store = database.store().await?;
    let uuid = Uuid::from_u128(7);
    DoorMachine::create(Id::from(uuid)).commit_async(&store).await?;
    let again = store.resume::<DoorState>(Id::from(uuid.to_string())).await?;
    assert_eq!(again.version(), 1);
    Ok(())
}

async fn empty_text_is_an_id(database: &Database) -> Tested {
    let store = database.store().await?;
    TicketMachine::create(Ticket::new("")).commit_async(&store).await?;
    assert_eq!(store.resume::<TicketState>(Ticket::new("")).await?.version(), 1);
    Ok(())
}
