//! The chain of causes of a store's errors: no text occurs twice, and a conflict is found through any box.

use std::error::Error as StdError;
use std::io;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use tollgate::uuid::Uuid;
use tollgate_store::{Conflict, Error, MayConflict, Store, retry};
use tollgate_store_tests::{
    AnyTicket, Database, Report, ReportState, Tested, Ticket, TicketState, TicketTransition, on_both, texts_once,
};

use crate::{open, refused, sink_error};

on_both! {
    conflict_names_each_cause_once,
    conflict_in_a_box_of_a_commit_error_is_found_and_retried,
    error_without_a_cause_has_one_text,
}

async fn conflict_names_each_cause_once(database: &Database) -> Tested {
    let store = database.store().await?;
    let ticket = open(&store, "a").await?;
    let stale = store.resume::<TicketState>(Ticket::new("a")).await?;
    ticket.take().commit_async(&store).await?;
    let refused = refused(stale.fire(TicketTransition::Take)?.commit_async(&store).await)?;
    let error = sink_error(&refused)?;
    let cause = "another commit moved Ticket of Ticket a first";
    assert_eq!(texts_once(error), [error.to_string(), cause.to_owned()]);
    assert_eq!(
        texts_once(&refused),
        [format!("`take` of Ticket a from `Open`: the sink refused: {error}"), cause.to_owned()]
    );
    Ok(())
}

async fn conflict_in_a_box_of_a_commit_error_is_found_and_retried(database: &Database) -> Tested {
    let store = database.store().await?;
    let ticket = open(&store, "a").await?;
    let stale = store.resume::<TicketState>(Ticket::new("a")).await?;
    let taken = ticket.take().commit_async(&store).await?;
    assert_eq!(taken.version(), 2);
    let boxed: Box<dyn StdError + Send + Sync> =
        refused(stale.fire(TicketTransition::Close)?.commit_async(&store).await)?.into();
    let conflict: &Conflict = boxed.conflict().ok_or("it is a conflict")?;
    assert_eq!((conflict.expected.version, conflict.found.version), (1, 2));

    let tries = AtomicU32::new(0);
    let closed = retry(2, async || -> Result<AnyTicket, Box<dyn StdError + Send + Sync>> {
        let is_first = tries.fetch_add(1, Relaxed) == 0;
        let read = store.resume::<TicketState>(Ticket::new("a")).await?;
        let version = if is_first { 1 } else { read.version() };
        let ticket = AnyTicket::resume(Ticket::new("a"), read.into_parts().1, version);
        let step = ticket.fire(TicketTransition::Close).map_err(|not_allowed| not_allowed.to_string())?;
        Ok(step.commit_async(&store).await?)
    });
    let closed = closed.await.map_err(|error| error.to_string())?;
    assert_eq!(closed.version(), 3);
    assert_eq!(tries.into_inner(), 2);
    Ok(())
}

async fn error_without_a_cause_has_one_text(database: &Database) -> Tested {
    let store = database.with_tables().await?;
    let error = refused(store.resume::<ReportState>(Report::new(1, "")).await)?;
    assert_eq!(texts_once(&error), [error.to_string()]);
    Ok(())
}

#[test]
fn error_of_a_driver_names_its_cause_once() -> Tested {
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let missing = format!("sqlite://{}/none/store.db", folder.path().display());
    let error = refused(runtime.block_on(Store::open(&missing)))?;
    assert!(matches!(&error, Error::Database { cause, .. } if error.to_string().contains(&cause.to_string())));
    assert_eq!(texts_once(&error), [error.to_string()]);
    let error = refused(runtime.block_on(Store::open("postgres://nobody@127.0.0.1:1/none")))?;
    assert!(matches!(&error, Error::Database { cause, .. } if error.to_string().contains(&cause.to_string())));
    assert_eq!(texts_once(&error), [error.to_string()]);
    let lost = io::Error::other("the connection is gone");
    let error = Error::Unknown { record: Uuid::nil(), cause: lost.into() };
    assert_eq!(texts_once(&error), [error.to_string()]);
    assert!(error.to_string().contains("the connection is gone"), "{error}");
    Ok(())
}
