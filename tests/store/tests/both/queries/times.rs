//! The subjects in a state, the time that they stay in it, and counts of transitions.

use std::collections::BTreeMap;
use std::time::Duration;

use tollgate::chrono::{DateTime, NaiveDate, Utc};
use tollgate::{Id, Record};
use tollgate_store::{InState, Stay};

use super::world::{ReportState, World, is_report, state_of, transition_of};
use super::{Failure, Place, on_each};

on_each! {
    subjects_in_a_state_are_those_whose_last_record_leads_there
    stay_in_a_state_lasts_from_entry_to_exit
    times_of_all_subjects_are_the_sum_of_each
    transitions_are_counted_by_day
}

/// Computes the stays of a history from the plain copy: state, start and end.
fn walked(way: &[&Record]) -> Vec<(String, DateTime<Utc>, Option<DateTime<Utc>>)> {
    let mut stays: Vec<(String, DateTime<Utc>, Option<DateTime<Utc>>)> = Vec::new();
    for record in way {
        let state = state_of(record).unwrap_or_default();
        if stays.last().is_some_and(|stay| stay.0 == state) {
            continue;
        }
        if let Some(last) = stays.last_mut() {
            last.2 = Some(record.at);
        }
        stays.push((state.to_owned(), record.at, None));
    }
    stays
}

fn subjects() -> impl Iterator<Item = Id> {
    (1..=60).map(Id::from)
}

async fn subjects_in_a_state_are_those_whose_last_record_leads_there(place: Place) -> Result<(), Failure> {
    let world = World::new(place.open().await?).await?;
    for (asked, state) in [("Draft", "Draft"), ("Review", "Review"), ("Checking", "Review"), ("Published", "Published")]
    {
        let mut expected = Vec::new();
        for subject in subjects() {
            let way = world.way(&subject);
            let (Some(first), Some(last), Some(stay)) = (way.first(), way.last(), walked(&way).pop()) else { continue };
            if state_of(last) == Some(state) {
                expected.push((first.id, subject, stay.1, last.version.unwrap_or_default()));
            }
        }
        expected.sort();
        assert!(!expected.is_empty(), "{state}");
        let query = world.store.subjects_in::<ReportState>(asked);
        let found = query.all().await?.subjects;
        let plain = |found: &InState| (found.subject.clone(), found.since, found.version);
        let expected: Vec<_> =
            expected.into_iter().map(|(_, subject, since, version)| (subject, since, version)).collect();
        assert_eq!(found.iter().map(plain).collect::<Vec<_>>(), expected, "{asked}");
        assert_eq!(query.count().await?, found.len() as u64);
        for limit in [1, 2, 100] {
            let (mut paged, mut rest) = (Vec::new(), query.clone());
            loop {
                let page = rest.page(limit).await?;
                paged.extend(page.subjects);
                let Some(next) = page.next else { break };
                rest = rest.after(&next);
            }
            assert_eq!(paged, found);
        }
        let mut stream = query.stream();
        assert_eq!(stream.next().await.transpose()?.as_ref(), found.first());
    }
    Ok(())
}

async fn stay_in_a_state_lasts_from_entry_to_exit(place: Place) -> Result<(), Failure> {
    let world = World::new(place.open().await?).await?;
    let mut stays_of_all = 0;
    for subject in subjects() {
        let stays = world.store.stays::<ReportState>(subject.clone()).await?;
        let plain: Vec<_> = stays.iter().map(|stay| (stay.state.to_string(), stay.since, stay.until)).collect();
        assert_eq!(plain, walked(&world.way(&subject)), "{subject}");
        assert!(stays.first().is_none_or(|first| first.entered_by == "create"));
        for pair in stays.windows(2) {
            assert_eq!(pair[0].left_by.as_ref(), Some(&pair[1].entered_by));
        }
        stays_of_all += stays.len();
    }
    assert!(stays_of_all > 60, "{stays_of_all}");
    Ok(())
}

async fn times_of_all_subjects_are_the_sum_of_each(place: Place) -> Result<(), Failure> {
    let world = World::new(place.open().await?).await?;
    let mut stays: Vec<Stay> = Vec::new();
    for subject in subjects() {
        stays.extend(world.store.stays::<ReportState>(subject).await?);
    }
    let middle = world.records[world.records.len() / 2].at;
    let query = world.store.time_in_states::<ReportState>();
    for (times, is_asked) in [
        (query.all().await?, (|_, _| true) as fn(DateTime<Utc>, DateTime<Utc>) -> bool),
        (query.clone().since(middle).all().await?, |since, middle| since >= middle),
        (query.until(middle).all().await?, |since, middle| since < middle),
    ] {
        assert_eq!(times.iter().map(|time| &*time.state).collect::<Vec<_>>(), ["Draft", "Review", "Published"]);
        for time in times {
            let of_state = stays.iter().filter(|stay| stay.state == time.state && is_asked(stay.since, middle));
            let (ended, open): (Vec<&Stay>, Vec<&Stay>) = of_state.partition(|stay| stay.until.is_some());
            let lasted = |stay: &&Stay| stay.lasted(DateTime::UNIX_EPOCH);
            assert_eq!((time.ended, time.open), (ended.len() as u64, open.len() as u64), "{}", time.state);
            assert_eq!(time.total, ended.iter().map(lasted).sum::<Duration>(), "{}", time.state);
            assert_eq!(time.longest, ended.iter().map(lasted).max().unwrap_or_default());
            assert_eq!(time.mean().is_some(), time.ended > 0);
            assert!(time.mean().is_none_or(|mean| mean <= time.longest));
        }
    }
    Ok(())
}

async fn transitions_are_counted_by_day(place: Place) -> Result<(), Failure> {
    let world = World::new(place.open().await?).await?;
    let (since, until) = (world.records[50].at, world.records[150].at);
    let query = world.store.counts::<ReportState>();
    for (counts, range) in
        [(query.all().await?, None), (query.since(since).until(until).all().await?, Some(since..until))]
    {
        let mut expected: BTreeMap<(NaiveDate, &str), u64> = BTreeMap::new();
        let is_asked = |record: &&Record| {
            is_report(record) && record.is_change() && range.as_ref().is_none_or(|range| range.contains(&record.at))
        };
        for record in world.records.iter().filter(is_asked) {
            *expected.entry((record.at.date_naive(), transition_of(record).unwrap_or_default())).or_default() += 1;
        }
        let found: Vec<_> = counts.iter().map(|count| ((count.day, &*count.transition), count.count)).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        assert!(counts.iter().map(|count| count.day).collect::<std::collections::HashSet<_>>().len() > 1);
    }
    Ok(())
}
