//! The readers of each sink, compared with the records that the sink accepted.

use std::collections::BTreeMap;
use std::path::Path;

use tollgate::uuid::Uuid;
use tollgate::{Event as _, Id, JsonLines, Record, RecordKind, canonical, serde_json};
use tollgate_store::Store;
use tollgate_store_tests::Tested;

use super::given::{AnyBox, BoxState, NEVER, Received, Told, Tree};

/// The records that a sink must return.
#[derive(Default)]
pub(crate) struct Expected {
    accepted: Vec<Record>,
    /// The number of refusals of a guard.
    refusals: usize,
    left: Vec<(Id, Tree)>,
}

impl Expected {
    pub(crate) fn add(&mut self, told: Told) {
        self.accepted.extend(told.accepted);
        self.refusals += usize::from(told.left.is_some());
        self.left.extend(told.left);
    }

    fn by_id(&self) -> BTreeMap<Uuid, &Record> {
        self.accepted.iter().map(|record| (record.id, record)).collect()
    }
}

impl From<&Told> for Expected {
    fn from(told: &Told) -> Self {
        let left: Vec<_> = told.left.iter().cloned().collect();
        Self { accepted: told.accepted.clone(), refusals: left.len(), left }
    }
}

/// Compares the records. Refusals have new ids, so they are only counted; all others are the accepted ones.
fn assert_read(read: Vec<Record>, expected: &Expected, in_order: bool) -> Tested {
    let (refusals, read): (Vec<_>, Vec<_>) = read.into_iter().partition(|record| record.kind == RecordKind::Refusal);
    for refusal in &refusals {
        refusal.check()?;
        let by = refusal.refused_by.as_deref();
        assert!(
            by == Some("data") || by == Some("refuses") && refusal.refusal.as_deref() == Some(NEVER),
            "{refusal:?}"
        );
    }
    let by_guard = refusals.iter().filter(|refusal| refusal.refused_by.as_deref() == Some("refuses"));
    assert_eq!(by_guard.count(), expected.refusals);
    if in_order {
        assert_eq!(read, expected.accepted);
    }
    let by_id: BTreeMap<Uuid, &Record> = read.iter().map(|record| (record.id, record)).collect();
    assert_eq!(by_id, expected.by_id());
    assert_eq!(read.len(), by_id.len(), "no record is returned twice");
    for record in &read {
        // Parsing and writing the line gives the same line, and events are parsed as their type.
        let line = record.canonical();
        assert_eq!(serde_json::from_slice::<Record>(&line)?.canonical(), line);
        if record.kind == RecordKind::Event {
            assert!(Received::from_record(record)?.is_some());
        }
    }
    Ok(())
}

pub(crate) fn in_binary_formats(log: &[Record]) -> Tested {
    for record in log {
        assert_eq!(&rmp_serde::from_slice::<Record>(&rmp_serde::to_vec(record)?)?, record);
    }
    Ok(())
}

pub(crate) fn of_lines(written: &[u8], told: &Told) -> Tested {
    let read = JsonLines::read_from(written).collect::<Result<Vec<_>, _>>()?;
    if let Some((id, body)) = &told.left {
        assert_body(AnyBox::replay(id.clone(), &read)?, body)?;
    }
    assert_read(read, &told.into(), true)
}

pub(crate) fn of_a_file(path: &Path, expected: &Expected) -> Tested {
    assert_read(JsonLines::read(path)?.collect::<Result<_, _>>()?, expected, true)?;
    assert_read(JsonLines::read(path)?.chained().collect::<Result<_, _>>()?, expected, true)?;
    let follow = JsonLines::follow(path)?;
    follow.stop().now();
    assert_read(follow.collect::<Result<_, _>>()?, expected, true)?;
    let log = JsonLines::options().strict(true).open(path)?;
    assert_eq!((log.unreadable().count, log.repaired()), (0, None));
    Ok(())
}

pub(crate) async fn of_a_store(store: &Store, expected: &Expected) -> Tested {
    let page = store.records().all().await?;
    assert!(page.unreadable.is_empty(), "{:?}", page.unreadable);
    assert_read(page.records, expected, false)?;

    let mut streamed = Vec::new();
    let mut stream = store.records().strict().newest_first().stream();
    while let Some(record) = stream.next().await {
        streamed.push(record?);
    }
    assert_read(streamed, expected, false)?;

    let (mut paged, mut query) = (Vec::new(), store.records());
    loop {
        let page = query.page(7).await?;
        paged.extend(page.records);
        match page.next {
            Some(next) => query = store.records().after(&next),
            None => break,
        }
    }
    assert_read(paged, expected, false)?;
    if let Some(sqlite) = store.as_sqlite() {
        assert_read(sqlite.records().iter().collect::<Result<_, _>>()?, expected, false)?;
    }

    for (id, body) in &expected.left {
        let history = store.history::<BoxState>(id.clone()).all().await?;
        let replayed = AnyBox::replay(id.clone(), &history.records)?;
        assert_body(replayed, body)?;
        assert_body(store.resume::<BoxState>(id.clone()).await?, body)?;
        for record in &history.records {
            assert_eq!(store.outcome(record.id).await?.as_ref(), Some(record));
            let has_prev = record.version.is_some_and(|version| version > 1);
            assert_eq!(record.prev.is_some(), has_prev, "the chain");
        }
    }
    Ok(())
}

fn assert_body(any: AnyBox, body: &Tree) -> Tested {
    let AnyBox::Filled(filled) = any else { return Err("it was left filled".into()) };
    let Tree::Read(read) = &filled.data().body else { return Err("it was read back".into()) };
    // The value that `serde_json` makes of the body equals the recorded value.
    assert_eq!(canonical::to_string(read), canonical::to_string(&serde_json::to_value(body)?));
    Ok(())
}
