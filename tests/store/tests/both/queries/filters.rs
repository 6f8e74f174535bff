//! Each filter, and each combination of filters, compared with the plain copy of the records.

use tollgate::chrono::{DateTime, Utc};
use tollgate::{Actor, Id, Record, RecordKind};
use tollgate_store::Records;

use super::world::{OrderState, ReportState, World, bare, is_report, state_of, subject_of, transition_of};
use super::{Failure, Place, on_each};

on_each! {
    some_filter_combinations_match_the_plain_copy
    history_is_ordered_by_version
    query_without_matches_returns_nothing
    refusals_and_events_are_found
}

on_each! {
    long;
    all_filter_combinations_match_the_plain_copy
}

/// A filter: its name, the query, and the same condition on a record.
type Filter = (&'static str, fn(Records) -> Records, fn(&Record) -> bool);

/// The first time, and the time before which records are found.
type Span = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

const WHO: [Filter; 4] = [
    ("anyone", |records| records, |_| true),
    ("user ann", |records| records.by("ann"), |record| is_by(record, &Actor::user("ann"))),
    ("service ann", |records| records.by(Actor::service("ann")), |record| is_by(record, &Actor::service("ann"))),
    ("nobody known", |records| records.by(7), |_| false),
];

const WHAT: [Filter; 12] = [
    ("everything", |records| records, |_| true),
    ("reports", |records| records.machine::<ReportState>(), is_report),
    ("orders", |records| records.machine::<OrderState>(), |record| record.machine.as_deref() == Some("Order")),
    (
        "submit",
        |records| records.transition("submit").machine::<ReportState>(),
        |record| is_report(record) && transition_of(record) == Some("submit"),
    ),
    (
        "by a former name",
        |records| records.machine::<ReportState>().transition("send"),
        |record| is_report(record) && transition_of(record) == Some("submit"),
    ),
    (
        "creations",
        |records| records.machine::<ReportState>().transition("create"),
        |record| is_report(record) && transition_of(record) == Some("create"),
    ),
    (
        "refused or not",
        |records| records.machine::<ReportState>().transition("reject"),
        |record| is_report(record) && transition_of(record) == Some("reject"),
    ),
    (
        "into a state",
        |records| records.machine::<ReportState>().state("Review"),
        |record| is_report(record) && state_of(record) == Some("Review"),
    ),
    (
        "into a state by a former name",
        |records| records.machine::<ReportState>().state("Checking"),
        |record| is_report(record) && state_of(record) == Some("Review"),
    ),
    (
        "into a state by a transition",
        |records| records.machine::<ReportState>().state("Review").transition("note"),
        |record| is_report(record) && state_of(record) == Some("Review") && transition_of(record) == Some("note"),
    ),
    (
        "of a subject",
        |records| records.of::<ReportState>(5),
        |record| is_report(record) && record.is_change() && subject_of(record) == Some(&Id::from(5)),
    ),
    (
        "of a subject, into a state",
        |records| records.of::<ReportState>(7).state("Draft").machine::<ReportState>(),
        |record| {
            let is_its = is_report(record) && subject_of(record) == Some(&Id::from(7));
            is_its && state_of(record) == Some("Draft")
        },
    ),
];

fn is_by(record: &Record, actor: &Actor) -> bool {
    record.actor.as_ref().is_some_and(|by| by.kind == actor.kind && by.id == actor.id)
}

async fn some_filter_combinations_match_the_plain_copy(place: Place) -> Result<(), Failure> {
    // Every seventh combination contains each filter of each kind, since no kind has seven filters.
    some_filters(World::new(place.open().await?).await?, 7, 28).await
}

async fn all_filter_combinations_match_the_plain_copy(place: Place) -> Result<(), Failure> {
    let world = World::of_rounds(place.open().await?, 24).await?;
    assert!(world.records.len() > 1000, "{}", world.records.len());
    some_filters(world, 1, 200).await
}

/// Tests one of every `every` combinations of filters; more than `expected_any` of them must find a record.
async fn some_filters(world: World, every: usize, expected_any: usize) -> Result<(), Failure> {
    let (middle, late) = (world.records[world.records.len() / 3].at, world.records[world.records.len() * 2 / 3].at);
    let ranges: [Span; 5] = [
        (None, None),
        (Some(middle), None),
        (Some(middle), Some(late)),
        (Some("2026-03-02T00:00:00Z".parse()?), Some("2026-03-05T00:00:00Z".parse()?)),
        (Some(DateTime::<Utc>::MIN_UTC), Some(DateTime::<Utc>::MAX_UTC)),
    ];
    let kinds = [None, Some(RecordKind::Creation), Some(RecordKind::Transition), Some(RecordKind::Refusal)];
    let (mut found_any, mut combination) = (0, 0);
    for (who, by, is_theirs) in WHO {
        for (what, narrow, is_it) in WHAT {
            for (since, until) in ranges {
                for kind in kinds {
                    combination += 1;
                    if combination % every != 0 {
                        continue;
                    }
                    let is_change_only = what.contains("state") || what.contains("subject");
                    if is_change_only && kind == Some(RecordKind::Refusal) {
                        continue;
                    }
                    let mut query = narrow(by(world.store.records()));
                    query = since.into_iter().fold(query, Records::since);
                    query = until.into_iter().fold(query, Records::until);
                    query = kind.into_iter().fold(query, Records::kind);
                    let expected = world.that(|record| {
                        is_it(record)
                            && is_theirs(record)
                            && since.is_none_or(|since| record.at >= since)
                            && until.is_none_or(|until| record.at < until)
                            && kind.is_none_or(|kind| record.kind == kind)
                    });
                    found_any += usize::from(!expected.is_empty());
                    let what = format!("{what} by {who}, {kind:?}, {since:?} to {until:?}");
                    holds(&query, expected, &what).await?;
                }
            }
        }
    }
    assert!(found_any > expected_any, "{found_any}");
    Ok(())
}

/// Asserts the results in both orders, the count, and pages.
async fn holds(query: &Records, mut expected: Vec<Record>, what: &str) -> Result<(), Failure> {
    let found: Vec<Record> = query.all().await?.records.iter().map(bare).collect();
    assert_eq!(found, expected, "{what}");
    assert_eq!(query.count().await?, expected.len() as u64, "{what}");
    expected.reverse();
    let limit = u32::try_from(expected.len() / 2 + 1)?;
    let mut newest = query.clone().newest_first();
    let mut found = Vec::new();
    loop {
        let page = newest.page(limit).await?;
        found.extend(page.records.iter().map(bare));
        let Some(next) = page.next else { break };
        newest = newest.after(&next);
    }
    assert_eq!(found, expected, "{what}, newest first");
    Ok(())
}

async fn history_is_ordered_by_version(place: Place) -> Result<(), Failure> {
    let world = World::new(place.open().await?).await?;
    for subject in 1..=30 {
        let history = world.store.history::<ReportState>(subject).all().await?.records;
        let versions: Vec<u64> = history.iter().filter_map(|record| record.version).collect();
        assert_eq!(versions, (1..=history.len() as u64).collect::<Vec<_>>());
        let expected: Vec<Record> = world.way(&subject.into()).into_iter().map(bare).collect();
        assert_eq!(history.iter().map(bare).collect::<Vec<_>>(), expected);
        assert!(history[1..].iter().all(|record| record.prev.is_some()), "each has the digest of the record before");
    }
    Ok(())
}

async fn query_without_matches_returns_nothing(place: Place) -> Result<(), Failure> {
    let store = place.open().await?;
    for query in [
        store.records(),
        store.records().by("ann"),
        store.records().machine::<ReportState>().state("Review"),
        store.history::<ReportState>(7),
        store.records().kind(RecordKind::Event),
    ] {
        assert_eq!((query.all().await?.records, query.count().await?), (Vec::new(), 0));
        assert_eq!(query.page(5).await?.next, None);
        assert!(query.stream().next().await.is_none());
    }
    assert!(store.subjects_in::<ReportState>("Review").all().await?.subjects.is_empty());
    assert_eq!(store.subjects_in::<ReportState>("Review").count().await?, 0);
    assert!(store.stays::<ReportState>(7).await?.is_empty());
    assert!(store.counts::<ReportState>().all().await?.is_empty());
    assert!(store.time_in_states::<ReportState>().all().await?.iter().all(|state| state.open + state.ended == 0));
    Ok(())
}

async fn refusals_and_events_are_found(place: Place) -> Result<(), Failure> {
    let world = World::new(place.open().await?).await?;
    let store = &world.store;
    let events = store.records().kind(RecordKind::Event).all().await?.records;
    assert_eq!(events, world.that(|record| record.kind == RecordKind::Event));
    assert_eq!(events.len(), 8);
    assert_eq!(events[0].event.as_deref(), Some("login"));
    let of_ann = store.records().kind(RecordKind::Event).by("ann").count().await?;
    assert_eq!(of_ann, 8);
    let refusals = store.records().kind(RecordKind::Refusal).all().await?.records;
    assert_eq!(refusals, world.that(|record| record.kind == RecordKind::Refusal));
    let refused =
        refusals.iter().find(|record| record.refused_by.as_deref() == Some("is_odd")).ok_or("one was even")?;
    let subject = subject_of(refused).ok_or("it is of a report")?;
    let of_subject = store.records().of::<ReportState>(subject.clone()).kind(RecordKind::Refusal);
    let expected = world.that(|record| record.kind == RecordKind::Refusal && record.subject == refused.subject);
    holds(&of_subject, expected, "the refusals of a subject").await
}
