//! Pages of any size have each record once, also during concurrent writes.

use std::collections::HashSet;

use tollgate::{Id, Record};
use tollgate_store::{Cursor, Records};

use super::world::{OrderMachine, ReportState, World};
use super::{Failure, Place, on_each};

on_each! {
    pages_of_every_size_join_up
    pages_during_writes_have_each_earlier_record_once
    stream_returns_the_records_of_the_pages
    cursor_of_another_order_is_refused
}

/// Returns all pages of this size; each cursor is converted to text and back.
async fn paged(mut query: Records, limit: u32) -> Result<Vec<Record>, Failure> {
    let mut records = Vec::new();
    loop {
        let page = query.page(limit).await?;
        assert!(page.records.len() <= limit as usize);
        records.extend(page.records);
        let Some(next) = page.next else { return Ok(records) };
        let cursor: Cursor = next.to_string().parse()?;
        let cursor: Cursor = serde_json::from_str(&serde_json::to_string(&cursor)?)?;
        query = query.after(&cursor);
    }
}

async fn pages_of_every_size_join_up(place: Place) -> Result<(), Failure> {
    let world = World::new(place.open().await?).await?;
    let store = &world.store;
    let limits = [1, 2, 3, 7, 100, u32::try_from(world.records.len())?, u32::MAX];
    for query in [
        store.records().by("ann"),
        store.records().machine::<ReportState>().since(world.records[100].at).until(world.records[200].at),
        store.records().machine::<ReportState>().state("Review"),
        store.history::<ReportState>(3),
    ] {
        for query in [query.clone(), query.newest_first()] {
            let all = query.all().await?.records;
            for limit in limits {
                assert_eq!(paged(query.clone(), limit).await?, all, "pages of {limit}");
            }
        }
    }
    assert!(store.records().page(0).await.is_err());
    Ok(())
}

async fn pages_during_writes_have_each_earlier_record_once(place: Place) -> Result<(), Failure> {
    let store = place.open().await?;
    for order in 0..200 {
        OrderMachine::create(Id::from(order)).commit_async(&store).await?;
    }
    let before: Vec<Record> = store.records().all().await?.records;
    let writer = tokio::spawn({
        let store = store.clone();
        async move {
            for order in 200..400 {
                OrderMachine::create(Id::from(order))
                    .commit_async(&store)
                    .await
                    .map_err(|refused| refused.to_string())?;
            }
            Ok::<_, String>(())
        }
    });
    let (oldest, newest) = tokio::try_join!(paged(store.records(), 3), paged(store.records().newest_first(), 3))?;
    writer.await??;
    for found in [oldest, newest] {
        let ids: HashSet<_> = found.iter().map(|record| record.id).collect();
        assert_eq!(ids.len(), found.len(), "no record is returned twice");
        assert!(before.iter().all(|record| ids.contains(&record.id)), "each earlier record is returned");
    }
    Ok(())
}

async fn stream_returns_the_records_of_the_pages(place: Place) -> Result<(), Failure> {
    let world = World::new(place.open().await?).await?;
    let store = &world.store;
    let all = store.records().all().await?.records;
    let mut stream = store.records().stream();
    let mut streamed = Vec::new();
    while let Some(record) = stream.next().await {
        streamed.push(record?);
    }
    assert_eq!(streamed, all);
    assert!(stream.next().await.is_none());
    let first = store.records().page(10).await?.next.ok_or("there are more than ten")?;
    let mut rest = store.records().after(&first).stream();
    assert_eq!(rest.next().await.transpose()?.as_ref(), all.get(10));
    if let Some(sqlite) = store.as_sqlite() {
        let records: Vec<Record> = sqlite.records().iter().collect::<Result<_, _>>()?;
        assert_eq!(records, all);
        assert_eq!(sqlite.records().page_blocking(10)?, store.records().page(10).await?);
        assert_eq!(sqlite.records().count_blocking()?, all.len() as u64);
        let reports: Vec<_> = sqlite.subjects_in::<ReportState>("Review").iter().collect::<Result<_, _>>()?;
        assert_eq!(reports, store.subjects_in::<ReportState>("Review").all().await?.subjects);
    }
    Ok(())
}

async fn cursor_of_another_order_is_refused(place: Place) -> Result<(), Failure> {
    let world = World::new(place.open().await?).await?;
    let store = &world.store;
    let of_time = store.records().page(1).await?.next.ok_or("there are more")?;
    for query in [store.history::<ReportState>(3), store.records().newest_first()] {
        let error = query.after(&of_time).page(1).await.expect_err("it is of another order");
        let text = format!("the cursor `{of_time}` is of a query in another order; start this query without a cursor");
        assert_eq!(error.to_string(), text);
    }
    Ok(())
}
