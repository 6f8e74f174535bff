//! An observer behind a queue: what it is told, in which order, and what is known when it ends.

use std::sync::mpsc;
use std::time::Duration;

use tollgate::observer::{Background, WhenFull};
use tollgate::uuid::Uuid;
use tollgate::{Record, Sink};

use crate::Tested;
use crate::report::in_review;

/// Long enough for any worker that works; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// So many comments on a report, committed into this sink; their ids in the order of commit.
fn comment(
    times: usize,
    mut sink: impl Sink<Error: std::error::Error + 'static>,
) -> Result<Vec<Uuid>, Box<dyn std::error::Error>> {
    let (mut report, _) = in_review();
    let mut ids = Vec::new();
    for _ in 0..times {
        let mut step = report.comment().because("x");
        ids.push(step.record_id());
        report = step.commit(&mut sink)?;
    }
    Ok(ids)
}

#[test]
fn every_record_is_delivered_in_order_where_it_waits_for_room() -> Tested {
    let (heard, hears) = mpsc::channel();
    let background = Background::bounded(3, WhenFull::Wait).spawn(move |record: &Record| heard.send(record.id))?;
    let ids = comment(1000, Vec::new().observed_by(background.clone()))?;
    let closed = background.close(PATIENCE);
    assert_eq!((closed.delivered, closed.dropped, closed.left.len(), closed.unfinished), (1000, 0, 0, None));
    assert_eq!(hears.iter().collect::<Vec<_>>(), ids);
    Ok(())
}
