//! Names that are none, and what cannot be asked.

use tollgate::RecordKind;

use super::world::{PaperState, ReportState, World};
use super::{Failure, Place, on_each};

on_each! {
    a_name_that_is_none_is_told_with_what_was_meant
    what_no_record_can_be_is_told
    a_program_with_the_former_chart_finds_the_present_names
    what_another_program_registers_later_is_found
}

async fn a_name_that_is_none_is_told_with_what_was_meant(place: Place) -> Result<(), Failure> {
    let store = place.open().await?;
    let reports = store.records().machine::<ReportState>();
    for (outcome, text) in [
        (
            reports.clone().state("Reveiw").page(1).await.map(drop),
            "`Reveiw` is not a state of Report, whose states are `Draft`, `Review`, `Published`; did you mean `Review`?",
        ),
        (
            reports.clone().transition("aprove").count().await.map(drop),
            "`aprove` is not a transition of Report, whose transitions are `create`, `submit`, `approve`, `reject`, `note`; \
             did you mean `approve`?",
        ),
        (
            reports.transition("Teleport").all().await.map(drop),
            "`Teleport` is not a transition of Report, whose transitions are `create`, `submit`, `approve`, `reject`, `note`",
        ),
        (
            store.subjects_in::<ReportState>("draft").all().await.map(drop),
            "`draft` is not a state of Report, whose states are `Draft`, `Review`, `Published`; did you mean `Draft`?",
        ),
    ] {
        assert_eq!(outcome.expect_err(text).to_string(), text);
    }
    Ok(())
}

async fn what_no_record_can_be_is_told(place: Place) -> Result<(), Failure> {
    let store = place.open().await?;
    let reports = store.records().machine::<ReportState>();
    for (query, text) in [
        (
            store.records().transition("approve"),
            "`approve` is a transition of which machine? `.machine::<..>()` says it",
        ),
        (store.records().state("Review"), "`Review` is a state of which machine? `.machine::<..>()` says it"),
        (
            reports.clone().state("Review").kind(RecordKind::Refusal),
            "no refusal reaches `Review`; refusals are found by machine, subject and transition",
        ),
        (reports.kind(RecordKind::Event), "events are of no machine; without Report they are found"),
    ] {
        assert_eq!(query.page(1).await.expect_err(text).to_string(), text);
    }
    Ok(())
}

async fn a_program_with_the_former_chart_finds_the_present_names(place: Place) -> Result<(), Failure> {
    let world = World::new(place.open().await?).await?;
    let papers = world.store.records().machine::<PaperState>();
    // Its own chart knows nothing of the new name, but the database does.
    let present = papers.clone().state("Review").count().await?;
    let former = papers.clone().state("Checking").count().await?;
    let both = world.store.records().machine::<ReportState>().state("Review").count().await?;
    assert!(present > 0 && former > 0);
    assert_eq!(present + former, both);
    assert_eq!(papers.count().await?, world.store.records().machine::<ReportState>().count().await?);
    Ok(())
}

async fn what_another_program_registers_later_is_found(place: Place) -> Result<(), Failure> {
    let reader = place.open().await?;
    let papers = reader.records().machine::<ReportState>();
    assert_eq!(papers.count().await?, 0);
    let writer = place.open().await?;
    writer.register::<PaperState>().await?;
    assert_eq!(papers.count().await?, 0, "the reader has seen the first chart");
    let world = World::new(writer).await?;
    assert_eq!(papers.count().await?, world.that(super::world::is_report).len() as u64);
    Ok(())
}
