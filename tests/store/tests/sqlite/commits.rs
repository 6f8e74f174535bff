//! A commit writes the record and moves the row, or does neither.

use tollgate::Id;
use tollgate_store::Store;

use crate::Tested;
use crate::machines::{AnyLamp, AnyReport, Database, LampMachine, LampState, ReportMachine, ReportState};

#[test]
fn the_row_and_its_history_go_together() -> Tested {
    let database = Database::new();
    let report = ReportMachine::create(database.report(7)).by("ann").commit(&database.store)?;
    assert_eq!(database.row(7), (Some("Draft".into()), Some(1)));
    let report = report.submit("bob".into()).commit(&database.store)?;
    assert_eq!(database.row(7), (Some("Review".into()), Some(2)));
    let AnyReport::Review(report) = database.store.resume::<ReportState>(report.into_parts().0)? else {
        panic!("it is in review");
    };
    assert_eq!(report.data().reviewer, "bob");
    report.approve().by("bob").commit(&database.store)?;
    assert_eq!(database.row(7), (Some("Published".into()), Some(3)));
    assert_eq!(database.count("SELECT count(*) FROM tollgate_history WHERE subject = '7'"), 3);
    Ok(())
}

#[tokio::test]
async fn without_a_table_the_history_alone_says_where_it_is() -> Tested {
    let store = Store::open("sqlite::memory:").await?;
    let lamp = LampMachine::create(Id::from("desk")).commit_async(&store).await?;
    lamp.turn().commit_async(&store).await?;
    let AnyLamp::On(lamp) = store.resume::<LampState>(Id::from("desk")).await? else { panic!("it is on") };
    assert_eq!(lamp.version(), 2);
    Ok(())
}

#[test]
fn what_is_done_in_a_transaction_of_the_users_is_done_when_that_commits() -> Tested {
    let database = Database::new();
    let store = Store::from(database.store.clone());
    let mut user = database.user();
    let report = database.report(7);
    let mut transaction = user.transaction()?;
    ReportMachine::create(report).commit(&mut store.within(&mut transaction))?;
    assert_eq!(database.row(7), (None, None));
    transaction.commit()?;
    assert_eq!(database.row(7), (Some("Draft".into()), Some(1)));
    Ok(())
}
